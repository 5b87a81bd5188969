"""`topics check` names each difference, and `topics apply` puts right what can be put right."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ConfigResource,
    ConfigResourceType,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialDeletion,
)
from kafka.admin import ACLResourcePatternType as PatternType

from shared.contracts.envelope import STATISTICS, events_topic
from staffetta.at_scale import topics
from staffetta.at_scale.up import NAMES, Together

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
REFERRAL = events_topic("referral")


@contextmanager
def administrator(running: Together) -> Iterator[Any]:
    admin = KafkaAdminClient(**running.kafka.broker().options())
    try:
        yield admin
    finally:
        admin.close()


@pytest.fixture
def admin(running: Together) -> Iterator[Any]:
    """Afterwards everything is as it should be again."""
    with administrator(running) as client:
        yield client
    passwords = {name: running.environments[name]["STAFFETTA_KAFKA_PASSWORD"] for name in NAMES}
    assert topics.apply(running.kafka.broker(), passwords=passwords) == []


def acl(user: str, permission: ACLPermissionType, pattern: PatternType, name: str) -> ACL:
    return ACL(
        f"User:{user}",
        "*",
        ACLOperation.READ,
        permission,
        ResourcePattern(ResourceType.TOPIC, name, pattern),
    )


def differences(running: Together) -> list[str]:
    return topics.differences(running.kafka.broker())


@pytest.mark.parametrize(
    ("option", "value", "wanted"),
    [("retention.ms", "1000", "2678400000"), ("min.insync.replicas", "2", "1")],
)
def test_a_setting_that_differs_is_named(
    running: Together, admin: Any, option: str, value: str, wanted: str
) -> None:
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, REFERRAL, {option: value})])
    assert differences(running) == [f"{REFERRAL}: {option} is {value} instead of {wanted}"]


def test_lanes_and_replicas_that_differ_are_named(
    running: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The declaration is changed, since partitions that were added never go away again."""
    wanted = topics.wanted_topics(1)
    wanted[REFERRAL] |= {"num_partitions": 9, "replication_factor": 3}
    monkeypatch.setattr(topics, "wanted_topics", lambda _replicas: wanted)
    assert differences(running) == [
        f"{REFERRAL}: 8 partitions instead of 9 lanes",
        f"{REFERRAL}: 1 replicas instead of 3",
    ]


def test_a_topic_that_is_not_there_is_named(
    running: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = topics.wanted_topics(1) | {"staffetta.new.events": {}}
    monkeypatch.setattr(topics, "wanted_topics", lambda _replicas: wanted)
    assert differences(running) == ["staffetta.new.events: not there"]


def test_a_right_that_is_missing_is_named(running: Together, admin: Any) -> None:
    read = acl("observatory", ACLPermissionType.ALLOW, PatternType.LITERAL, STATISTICS)
    pattern = read.resource_pattern
    admin.delete_acls(
        [ACLFilter(read.principal, read.host, read.operation, read.permission_type, pattern)]
    )
    assert differences(running) == [f"missing: observatory may read the topic {STATISTICS}"]


@pytest.mark.parametrize(
    ("right", "words"),
    [
        (
            (ACLPermissionType.ALLOW, PatternType.LITERAL, REFERRAL),
            f"may read the topic {REFERRAL}",
        ),
        (
            (ACLPermissionType.ALLOW, PatternType.PREFIXED, STATISTICS),
            f"may read the topic each that begins with {STATISTICS}",
        ),
        (
            (ACLPermissionType.DENY, PatternType.LITERAL, STATISTICS),
            f"may not read the topic {STATISTICS}",
        ),
    ],
    ids=["another topic", "a beginning", "a denial"],
)
def test_a_right_too_much_is_named(
    running: Together,
    admin: Any,
    right: tuple[ACLPermissionType, PatternType, str],
    words: str,
) -> None:
    admin.create_acls([acl("observatory", *right)])
    assert differences(running) == [f"too much: observatory {words}"]


def test_a_user_that_is_missing_is_named(running: Together, admin: Any) -> None:
    admin.alter_user_scram_credentials(
        [UserScramCredentialDeletion("observatory", ScramMechanism.SCRAM_SHA_512)]
    )
    assert differences(running) == ["missing: the user observatory"]
    assert topics.apply(running.kafka.broker()) == ["missing: the user observatory"]
