"""The journey against the four services as they are served, and what each has heard at its end."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from staffetta.demo import NETWORK, play_against
from staffetta.four import FOUR
from staffetta.installation import Installation, open_installation, running
from staffetta.joining import join
from staffetta.journey.looking import COORDINATOR
from staffetta.network import read_network
from staffetta.serving import listening, served

Lane = tuple[str, str, int]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    opened = open_installation(tmp_path)
    join(opened, read_network(NETWORK))
    yield opened
    opened.close()


def test_every_service_has_caught_up_at_the_end(installation: Installation) -> None:
    with ExitStack() as until_the_end:
        until_the_end.enter_context(running(installation))
        address = until_the_end.enter_context(served(installation, listening(0)))
        case, done = play_against(address, installation.token, Console(quiet=True))
        assert done
        assert case.startswith("case-")
        written, applied = positions(address, installation.token(COORDINATOR))
    for part in FOUR:
        for sender, topic in part.hears:
            lanes = {lane: last for lane, last in written.items() if lane[:2] == (sender, topic)}
            assert sum(lanes.values()) > 0
            for lane, last in lanes.items():
                assert applied.get((part.name, lane), 0) == last


def positions(address: str, token: str) -> tuple[dict[Lane, int], dict[tuple[str, Lane], int]]:
    """What each service has written, and what each has applied, as it says over HTTP."""
    written: dict[Lane, int] = {}
    applied: dict[tuple[str, Lane], int] = {}
    for part in FOUR:
        answer = httpx.get(
            f"{address}/{part.name}/positions", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200
        for line in answer.json()["written"]:
            written[part.name, line["topic"], line["lane"]] = line["last"]
        for line in answer.json()["applied"]:
            lane = (line["sender"], line["topic"], line["lane"])
            applied[part.name, lane] = line["number"]
    return written, applied
