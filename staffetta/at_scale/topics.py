"""Topics, users and ACLs of the broker: applied, and checked against what is there.

Nobody may do anything that is not listed here: the broker denies by default. A consumer that may
not read gets no error, only no records, so that the check looks at the ACLs themselves.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ConfigResource,
    ConfigResourceType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka.admin import ACLResourcePatternType as PatternType

from shared.contracts.envelope import STATISTICS, may_read
from shared.runtime.kafka.broker import Broker
from staffetta.four import FOUR

# Rows stay in the outbox; the topic keeps a month, in which any receiver is back. Contributions
# carry a month's date as their time, so that retention by time would take them at once.
_MONTH_MS = str(31 * 24 * 3600 * 1000)
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Rule:
    """A user may do one operation on one resource; or may not, or on all with such a beginning, or
    from one host only, which none of ours says."""

    user: str
    operation: ACLOperation
    kind: ResourceType
    name: str
    permission: ACLPermissionType = ACLPermissionType.ALLOW
    pattern: PatternType = PatternType.LITERAL
    host: str = "*"


def wanted_topics(replicas: int) -> dict[str, dict[str, Any]]:
    """Each topic with its lanes as partitions; a write counts when all but one replica have it."""
    return {
        topic: {
            "num_partitions": lanes,
            "replication_factor": replicas,
            "configs": {
                "min.insync.replicas": str(max(1, replicas - 1)),
                "retention.ms": "-1" if topic == STATISTICS else _MONTH_MS,
                "cleanup.policy": "delete",
                "message.timestamp.type": "CreateTime",
            },
        }
        for part in FOUR
        for topic, lanes in part.service.topics.items()
    }


def wanted_rules() -> set[Rule]:
    """Each service writes its own topics, reads what it hears, and has its own group. It reads its
    own topics too: after a restore the broker may know more of it than it does itself."""
    read, write, describe = ACLOperation.READ, ACLOperation.WRITE, ACLOperation.DESCRIBE
    rules: set[Rule] = set()
    for part in FOUR:
        for topic in part.service.topics:
            rules |= {
                Rule(part.name, does, ResourceType.TOPIC, topic) for does in (write, read, describe)
            }
        for _sender, topic in part.hears:
            if may_read(part.name, topic):
                rules |= {
                    Rule(part.name, does, ResourceType.TOPIC, topic) for does in (read, describe)
                }
        rules.add(Rule(part.name, read, ResourceType.GROUP, f"staffetta.{part.name}"))
    return rules


def apply(
    broker: Broker, replicas: int = 1, passwords: Mapping[str, str] | None = None
) -> list[str]:
    """Create the topics, users and ACLs that are missing, set what is set otherwise, and take away
    the ACLs that nobody wants. Returns what is still not as it should be, a line each: lanes are
    for ever, and users can be made only where their `passwords` are given."""
    with _admin(broker) as admin:
        _apply_topics(admin, replicas)
        _apply_users(admin, passwords or {})
        rules = _rules(admin)
        if new := wanted_rules() - rules:
            admin.create_acls([_acl(rule) for rule in sorted(new, key=str)])
        if old := rules - wanted_rules():
            admin.delete_acls([_filter(rule) for rule in sorted(old, key=str)])
        _wait_for_rules(admin)
        return _differences(admin, replicas)


def _wait_for_rules(admin: Any) -> None:
    """The controller has taken the rules; the broker knows them a moment later. Who came in before
    would be refused, and a refused producer does not try again. What is not so by then is told."""
    ends = time.monotonic() + _PATIENCE_SECONDS
    while _rules(admin) != wanted_rules() and time.monotonic() < ends:
        time.sleep(0.1)


def differences(broker: Broker, replicas: int = 1) -> list[str]:
    """What is not as it should be, a line each."""
    with _admin(broker) as admin:
        return _differences(admin, replicas)


@contextmanager
def _admin(broker: Broker) -> Iterator[Any]:
    admin = KafkaAdminClient(**broker.options())
    try:
        yield admin
    finally:
        admin.close()


def _apply_topics(admin: Any, replicas: int) -> None:
    there, wanted = set(admin.list_topics()), wanted_topics(replicas)
    if missing := {name: how for name, how in wanted.items() if name not in there}:
        admin.create_topics(missing, wait_for_metadata=True)
    otherwise = [
        ConfigResource(ConfigResourceType.TOPIC, name, how["configs"])
        for name, how in wanted.items()
        if name in there and not how["configs"].items() <= _configs(admin, name).items()
    ]
    if otherwise:
        admin.alter_configs(otherwise)


def _apply_users(admin: Any, passwords: Mapping[str, str]) -> None:
    there = admin.describe_user_scram_credentials()
    new = [
        UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, password)
        for user, password in passwords.items()
        if user not in there
    ]
    if new:
        admin.alter_user_scram_credentials(new)


def _differences(admin: Any, replicas: int) -> list[str]:
    rules, users = _rules(admin), admin.describe_user_scram_credentials()
    found = list(_topic_differences(admin, replicas))
    found += [f"missing: the user {part.name}" for part in FOUR if part.name not in users]
    found += [f"missing: {_words(rule)}" for rule in sorted(wanted_rules() - rules, key=str)]
    found += [f"too much: {_words(rule)}" for rule in sorted(rules - wanted_rules(), key=str)]
    return found


def _topic_differences(admin: Any, replicas: int) -> Iterable[str]:
    there = {topic["name"]: topic for topic in admin.describe_topics()}
    for name, how in wanted_topics(replicas).items():
        if name not in there:
            yield f"{name}: not there"
            continue
        lanes = there[name]["partitions"]
        if len(lanes) != how["num_partitions"]:
            yield f"{name}: {len(lanes)} partitions instead of {how['num_partitions']} lanes"
        fewest = min(len(lane["replica_nodes"]) for lane in lanes)
        if fewest != how["replication_factor"]:
            yield f"{name}: {fewest} replicas instead of {how['replication_factor']}"
        configured = _configs(admin, name)
        for option, value in how["configs"].items():
            if configured.get(option) != value:
                yield f"{name}: {option} is {configured.get(option)} instead of {value}"


def _configs(admin: Any, topic: str) -> Mapping[str, str]:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    told = admin.describe_configs([resource], config_filter="all")
    values = next(iter(next(iter(told.values())).values()))
    return {name: setting["value"] for name, setting in values.items()}


def _rules(admin: Any) -> set[Rule]:
    everything = ACLFilter(
        None,
        None,
        ACLOperation.ANY,
        ACLPermissionType.ANY,
        ResourcePatternFilter(ResourceType.ANY, None, PatternType.ANY),
    )
    found, _error = admin.describe_acls(everything)
    return {
        Rule(
            acl.principal.removeprefix("User:"),
            acl.operation,
            acl.resource_pattern.resource_type,
            acl.resource_pattern.resource_name,
            acl.permission_type,
            acl.resource_pattern.pattern_type,
            acl.host,
        )
        for acl in found
    }


def _acl(rule: Rule) -> ACL:
    pattern = ResourcePattern(rule.kind, rule.name, rule.pattern)
    return ACL(f"User:{rule.user}", rule.host, rule.operation, rule.permission, pattern)


def _filter(rule: Rule) -> ACLFilter:
    pattern = ResourcePatternFilter(rule.kind, rule.name, rule.pattern)
    return ACLFilter(f"User:{rule.user}", rule.host, rule.operation, rule.permission, pattern)


def _words(rule: Rule) -> str:
    may = "may" if rule.permission is ACLPermissionType.ALLOW else "may not"
    kind = rule.kind.name.lower()
    each = "" if rule.pattern is PatternType.LITERAL else "each that begins with "
    place = "" if rule.host == "*" else f" from {rule.host}"
    return f"{rule.user} {may} {rule.operation.name.lower()} the {kind} {each}{rule.name}{place}"
