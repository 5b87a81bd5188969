"""Topics, users and ACLs of the broker: applied, and checked against what is there.

Nobody may do anything that is not listed here: the broker denies by default. A consumer that may
not read gets no error, only no records, so that the check looks at the ACLs themselves.
"""

from collections.abc import Iterable, Mapping
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
)
from kafka.admin import ACLResourcePatternType as PatternType

from shared.contracts.envelope import STATISTICS, may_read
from shared.runtime.kafka.broker import Broker
from staffetta.four import FOUR

# Rows stay in the outbox; the topic keeps a month, in which any receiver is back. Contributions
# carry a month's date as their time, so that retention by time would take them at once.
_MONTH_MS = str(31 * 24 * 3600 * 1000)


@dataclass(frozen=True)
class Rule:
    """A user may do one operation on one resource."""

    user: str
    operation: ACLOperation
    kind: ResourceType
    name: str


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
    """Each service writes its own topics, reads what it hears, and has its own group."""
    read, write, describe = ACLOperation.READ, ACLOperation.WRITE, ACLOperation.DESCRIBE
    rules: set[Rule] = set()
    for part in FOUR:
        for topic in part.service.topics:
            rules |= {
                Rule(part.name, does, ResourceType.TOPIC, topic) for does in (write, describe)
            }
        for _sender, topic in part.hears:
            if may_read(part.name, topic):
                rules |= {
                    Rule(part.name, does, ResourceType.TOPIC, topic) for does in (read, describe)
                }
        rules.add(Rule(part.name, read, ResourceType.GROUP, f"staffetta.{part.name}"))
    return rules


def apply(broker: Broker, replicas: int = 1) -> None:
    """Create the topics and ACLs that are missing, and take away the ACLs that nobody wants."""
    admin = KafkaAdminClient(**broker.options())
    try:
        there = set(admin.list_topics())
        missing = {name: how for name, how in wanted_topics(replicas).items() if name not in there}
        if missing:
            admin.create_topics(missing, wait_for_metadata=True)
        rules = _rules(admin)
        if new := wanted_rules() - rules:
            admin.create_acls([_acl(rule) for rule in sorted(new, key=str)])
        if old := rules - wanted_rules():
            admin.delete_acls([_filter(rule) for rule in sorted(old, key=str)])
    finally:
        admin.close()


def differences(broker: Broker, replicas: int = 1) -> list[str]:
    """What is not as it should be, a line each."""
    admin = KafkaAdminClient(**broker.options())
    try:
        rules = _rules(admin)
        found = list(_topic_differences(admin, replicas))
    finally:
        admin.close()
    found += [f"missing: {_words(rule)}" for rule in sorted(wanted_rules() - rules, key=str)]
    found += [f"too much: {_words(rule)}" for rule in sorted(rules - wanted_rules(), key=str)]
    return found


def _topic_differences(admin: Any, replicas: int) -> Iterable[str]:
    there = {topic["name"]: topic for topic in admin.describe_topics()}
    for name, how in wanted_topics(replicas).items():
        if name not in there:
            yield f"{name}: not there"
            continue
        lanes = len(there[name]["partitions"])
        if lanes != how["num_partitions"]:
            yield f"{name}: {lanes} partitions instead of {how['num_partitions']} lanes"
        configured = _configs(admin, name)
        for option, value in how["configs"].items():
            if configured.get(option) != value:
                yield f"{name}: {option} is not {value}"


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
        )
        for acl in found
    }


def _acl(rule: Rule) -> ACL:
    pattern = ResourcePattern(rule.kind, rule.name, PatternType.LITERAL)
    return ACL(f"User:{rule.user}", "*", rule.operation, ACLPermissionType.ALLOW, pattern)


def _filter(rule: Rule) -> ACLFilter:
    pattern = ResourcePatternFilter(rule.kind, rule.name, PatternType.LITERAL)
    return ACLFilter(f"User:{rule.user}", "*", rule.operation, ACLPermissionType.ALLOW, pattern)


def _words(rule: Rule) -> str:
    kind = rule.kind.name.lower()
    return f"{rule.user} may {rule.operation.name.lower()} the {kind} {rule.name}"
