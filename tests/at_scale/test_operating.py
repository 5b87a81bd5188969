"""Ready, and stopped: a process with everything that it stands on."""

import os
import signal
import time

import httpx
import pytest
from kafka import KafkaAdminClient

from staffetta.at_scale.up import Together
from tests.staffetta.processes import staffetta

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_stopped_leaves_its_group_and_ends_well(
    running: Together, how: signal.Signals
) -> None:
    wait_for_members(running, "referral", 1)
    process = running.processes["referral"]
    process.send_signal(how)
    assert process.wait(timeout=60) == 0
    # Whoever is not told must wait for the session's end, ten seconds later.
    assert members(running, "referral") == 0
    running.start("referral")
    running.wait_until_they_answer()


def test_each_process_is_ready(running: Together) -> None:
    for name, address in running.services.items():
        answer = wait_until_ready(address)
        assert answer.json() == {
            "status": "ready",
            "checks": dict.fromkeys(("database", "keys", "broker", "lag", "clock"), "ok"),
        }, name


def test_the_check_of_a_whole_environment_finds_nothing(
    running: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in running.environments["referral"].items():
        monkeypatch.setenv(name, value)
    said = staffetta("config", "check")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1] == "All is well."
    assert "STAFFETTA_PEERS, identification: ok" in said.out
    nothing_secret(running, said.out)


def test_the_check_knows_a_wrong_password_and_another_key(
    running: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in running.environments["referral"].items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STAFFETTA_KAFKA_PASSWORD", "another")
    said = staffetta("config", "check")
    assert said.code == 1
    assert said.err.startswith("STAFFETTA_KAFKA: it does not let us in")
    nothing_secret(running, said.out + said.err)


@pytest.mark.parametrize("what", ["apply", "check"])
def test_topics_as_their_administrator_and_not_as_a_service(
    running: Together, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    broker = running.kafka.broker()
    monkeypatch.setenv("STAFFETTA_KAFKA", broker.bootstrap)
    for user, code in (("admin", 0), ("referral", 2)):
        monkeypatch.setenv("STAFFETTA_KAFKA_USER", user)
        monkeypatch.setenv("STAFFETTA_KAFKA_PASSWORD", running.kafka.passwords[user])
        said = staffetta("topics", what)
        assert said.code == code, said.err
        nothing_secret(running, said.out + said.err)


def members(running: Together, service: str) -> int:
    """How many processes the broker counts to the service's group."""
    admin = KafkaAdminClient(**running.kafka.broker().options())
    try:
        group = f"staffetta.{service}"
        described = admin.describe_groups([group])[group]
    finally:
        admin.close()
    return len(described["members"])


def wait_for_members(running: Together, service: str, count: int) -> None:
    for _ in range(300):
        if members(running, service) == count:
            return
        time.sleep(0.2)
    raise AssertionError("it never joined")


def wait_until_ready(address: str) -> httpx.Response:
    for _ in range(60):
        answer = httpx.get(f"{address}/health/ready", timeout=30)
        if answer.is_success:
            return answer
        time.sleep(0.5)
    raise AssertionError("never ready")


def nothing_secret(running: Together, said: str) -> None:
    for password in running.kafka.passwords.values():
        assert password not in said


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("STAFFETTA_") and not name.startswith("STAFFETTA_TEST_"):
            monkeypatch.delenv(name)
