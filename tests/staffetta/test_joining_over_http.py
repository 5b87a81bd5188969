"""A network file that is loaded over HTTP, again and again: what it says anew is so, also when it
said it before; what somebody else has said since is not said over by a file that did not change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.referral.directory.commands import NETWORK_FILE
from shared.trust.tokens import issue
from staffetta.accounts import keep_accounts
from staffetta.at_scale.joining import bearer_of_file, join_over_http
from staffetta.installation import Installation, now, open_installation
from staffetta.joining import join
from staffetta.network import read_network
from staffetta.serving import listening, served
from tests.staffetta.test_network import SMALL

PATH = "/referral/organisations/shelter"


@dataclass
class Elsewhere:
    """Services at an address, and a network file to be loaded there."""

    installation: Installation
    http: httpx.Client
    file: Path

    def load(self, places: int = 3, hours: int = 24) -> None:
        text = SMALL.replace("places = 3", f"places = {places}")
        text = text.replace("answer_within_hours = 24", f"answer_within_hours = {hours}")
        self.file.write_text(text, encoding="utf-8")
        network, key = read_network(self.file), self.installation.key
        token = issue(key, bearer_of_file(network), now(), timedelta(minutes=5))
        join_over_http(self.http, network, token)
        keep_accounts(self.installation.directory, network.accounts)

    def say(self, what: str, key: str, body: dict[str, object]) -> None:
        """The shelter's own word."""
        token = self.installation.token("op-intake-1")
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        self.http.post(f"{PATH}/{what}", json=body, headers=headers).raise_for_status()

    def told(self, organisation: str, operator: str = "") -> httpx.Response:
        """What files said of it; told to the coordinator, or to another."""
        by_file = bearer_of_file(read_network(self.file))
        key, soon = self.installation.key, timedelta(minutes=5)
        token = self.installation.token(operator) if operator else issue(key, by_file, now(), soon)
        return self.http.get(
            f"/referral/organisations/{organisation}/{NETWORK_FILE}",
            headers={"Authorization": f"Bearer {token}"},
        )

    def offered(self) -> tuple[int, int]:
        (offer,) = self.installation.stores["referral"].rows("SELECT * FROM offers")
        return offer["places"], offer["answer_within_hours"]

    def written(self) -> int | None:
        return self.installation.stores["referral"].recorder.max_notification_id()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    installation = open_installation(tmp_path / "var")
    with (
        served(installation, listening(0)) as address,
        httpx.Client(base_url=address, timeout=20) as http,
    ):
        yield Elsewhere(installation, http, tmp_path / "small.toml")
    installation.close()


def test_what_a_file_says_anew_takes_effect_also_when_it_says_it_again(
    elsewhere: Elsewhere,
) -> None:
    for places, hours in ((3, 24), (5, 24), (3, 24), (5, 24), (5, 12), (5, 24), (5, 12), (3, 24)):
        elsewhere.load(places, hours)
        assert elsewhere.offered() == (places, hours)


def test_a_file_that_did_not_change_leaves_no_trace(elsewhere: Elsewhere) -> None:
    elsewhere.load()
    before = elsewhere.written()
    elsewhere.load()
    assert elsewhere.written() == before


def test_what_the_provider_has_said_since_stays_until_the_file_changes(
    elsewhere: Elsewhere,
) -> None:
    elsewhere.load(places=3)
    elsewhere.say("places", "one", {"service": "residential", "places": 1})
    elsewhere.say(
        "services", "two", {"service": "residential", "area": "IT-BO", "answer_within_hours": 6}
    )
    elsewhere.load(places=3)
    assert elsewhere.offered() == (1, 6)
    elsewhere.load(places=4)
    assert elsewhere.offered() == (4, 6)
    elsewhere.say("places", "three", {"service": "residential", "places": 2})
    elsewhere.load(places=4)
    assert elsewhere.offered() == (2, 6)


def test_both_ways_of_loading_know_what_the_other_said(elsewhere: Elsewhere) -> None:
    """A directory's file is one, whichever way it comes in."""
    elsewhere.load(places=3)
    before = elsewhere.written()
    assert join(elsewhere.installation, read_network(elsewhere.file)) == []
    assert elsewhere.written() == before


def test_what_the_file_said_is_told_with_its_version(elsewhere: Elsewhere) -> None:
    elsewhere.load(places=3)
    answer = elsewhere.told("shelter")
    assert answer.json()["places"] == [{"service": "residential", "places": 3}]
    assert [each["answer_within_hours"] for each in answer.json()["services"]] == [24]
    assert answer.headers["ETag"] == '"3"'
    unknown = elsewhere.told("nobody")
    assert (unknown.json(), unknown.headers["ETag"]) == ({"services": [], "places": []}, '"0"')


def test_what_the_file_said_is_told_to_the_coordinator_alone(elsewhere: Elsewhere) -> None:
    elsewhere.load()
    refused = elsewhere.told("shelter", "op-intake-1")
    assert (refused.status_code, refused.json()["rule"]) == (
        403,
        "the-network-looks-into-its-directory",
    )
