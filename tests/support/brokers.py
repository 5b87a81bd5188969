"""A real Kafka for tests, found in one of three places.

A broker named in STAFFETTA_TEST_KAFKA (host:port; its administrator in …_KAFKA_USER and
…_KAFKA_PASSWORD), else testcontainers where a Docker engine answers, else the jars that Maven
fetches and Java runs. The choice is printed at the end of a run; with none of the three the tests
fail, they are never skipped. Of a named broker, all that is called `staffetta.` is deleted first.
"""

import gc
import os
import secrets
import time
import warnings
from functools import lru_cache
from typing import Any

from shared.runtime.kafka.broker import Broker
from staffetta.at_scale.kafka import free_port

_IMAGE = "apache/kafka:4.3.1"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
_PATIENCE = 60.0


@lru_cache(maxsize=1)
def broker_server() -> tuple[Broker | None, str]:
    """Its administrator's access (None: it is still to be started from the jars), and in words
    where it comes from."""
    if named := os.environ.get("STAFFETTA_TEST_KAFKA"):
        user = os.environ.get("STAFFETTA_TEST_KAFKA_USER")
        broker = Broker(named, user, os.environ.get("STAFFETTA_TEST_KAFKA_PASSWORD"))
        _empty(broker)
        return broker, "the broker named in STAFFETTA_TEST_KAFKA"
    if (broker_in_docker := _in_docker()) is not None:
        return broker_in_docker, f"testcontainers, {_IMAGE}"
    return None, "the jars that Maven fetches, run by the Java that is here"


def _empty(broker: Broker) -> None:
    from kafka import KafkaAdminClient  # noqa: PLC0415  # slow to import, often not needed

    admin = KafkaAdminClient(**broker.options())
    try:
        topics = [name for name in admin.list_topics() if name.startswith("staffetta.")]
        if topics:
            admin.delete_topics(topics)
        groups = [group["group_id"] for group in admin.list_groups()]
        if ours := [group for group in groups if group.startswith("staffetta.")]:
            admin.delete_groups(ours)
    finally:
        admin.close()


def _in_docker() -> Broker | None:
    """Not the Kafka module of testcontainers, which knows another image."""
    from docker.errors import DockerException  # noqa: PLC0415  # slow to import, often not needed
    from testcontainers.core.container import (  # noqa: PLC0415  # slow to import, often not needed
        DockerContainer,
    )

    clients, inside = free_port(), free_port()
    with warnings.catch_warnings():
        # Where no engine answers, Docker's client leaves its socket to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            container = DockerContainer(_IMAGE)
        except DockerException:
            container = None
        gc.collect()
    if container is None:
        return None
    for name, value in _environment(clients, inside).items():
        container.with_env(name, value)
    container.with_bind_ports(9092, clients).with_bind_ports(9094, inside).start()
    password = secrets.token_urlsafe(24)
    _make_administrator(Broker(f"127.0.0.1:{inside}"), password)
    return Broker(f"127.0.0.1:{clients}", "admin", password)


def _environment(clients: int, inside: int) -> dict[str, str]:
    """As the image takes it: `.` is `_`, and `-` is `___`. The inner listener knows no users."""
    told = {
        "process_roles": "broker,controller",
        "node_id": "1",
        "controller_quorum_voters": "1@localhost:9093",
        "listeners": "CLIENTS://0.0.0.0:9092,INSIDE://0.0.0.0:9094,CONTROLLER://0.0.0.0:9093",
        "advertised_listeners": f"CLIENTS://127.0.0.1:{clients},INSIDE://127.0.0.1:{inside}",
        "listener_security_protocol_map": (
            "CLIENTS:SASL_PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT"
        ),
        "controller_listener_names": "CONTROLLER",
        "inter_broker_listener_name": "INSIDE",
        "sasl_enabled_mechanisms": "SCRAM-SHA-512",
        "listener_name_clients_scram___sha___512_sasl_jaas_config": _SCRAM,
        "authorizer_class_name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super_users": "User:admin;User:ANONYMOUS",
        "allow_everyone_if_no_acl_found": "false",
        "auto_create_topics_enable": "false",
        "offsets_topic_replication_factor": "1",
        "transaction_state_log_replication_factor": "1",
        "transaction_state_log_min_isr": "1",
        "share_coordinator_state_topic_replication_factor": "1",
        "share_coordinator_state_topic_min_isr": "1",
        "group_initial_rebalance_delay_ms": "0",
    }
    return {f"KAFKA_{name.upper()}": value for name, value in told.items()}


def _make_administrator(inside: Broker, password: str) -> None:
    from kafka.admin import (  # noqa: PLC0415  # slow to import, often not needed
        ScramMechanism,
        UserScramCredentialUpsertion,
    )

    user = UserScramCredentialUpsertion("admin", ScramMechanism.SCRAM_SHA_512, password)
    admin = _when_it_answers(inside)
    try:
        admin.alter_user_scram_credentials([user])
    finally:
        admin.close()


def _when_it_answers(broker: Broker) -> Any:
    from kafka import KafkaAdminClient  # noqa: PLC0415  # slow to import, often not needed
    from kafka.errors import KafkaError  # noqa: PLC0415  # slow to import, often not needed

    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            return KafkaAdminClient(**broker.options())
        except KafkaError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.5)
