"""A served network that is killed while people call: every contact is there, once."""

import random
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from staffetta.demo import NETWORK
from staffetta.installation import open_installation
from staffetta.joining import join
from staffetta.journey.looking import HOTLINE
from staffetta.network import read_network
from tests.faults.clients import Posted
from tests.faults.reading import assert_dense, rows
from tests.staffetta.processes import Started, started

KILLS, CLIENTS, MOST_BETWEEN = 5, 4, 60


@contextmanager
def serving(data: Path, port: int) -> Iterator[Started]:
    with started("serve", "--port", str(port), "--data", data) as process:
        process.wait_for("Serving at")
        yield process


def installed(data: Path) -> str:
    """A network to be served; a token of its hotline."""
    installation = open_installation(data)
    join(installation, read_network(NETWORK))
    token = installation.token(HOTLINE)
    installation.close()
    return token


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.mark.timeout(300)
def test_every_contact_that_was_acknowledged_is_there_once(
    tmp_path: Path, moments: random.Random
) -> None:
    token, port = installed(tmp_path), free_port()
    posted = Posted(f"http://127.0.0.1:{port}", token)
    with ThreadPoolExecutor(CLIENTS) as threads:
        clients = [threads.submit(posted.client, number) for number in range(CLIENTS)]
        try:
            for _ in range(KILLS):
                killed_under_the_clients(tmp_path, port, posted, moments)
        finally:
            posted.over()
        for client in clients:
            client.result()
    assert keys_there(tmp_path) >= posted.told.keys()
    untold = set(posted.untold)
    assert untold, "no request was under way at any of the kills"
    repeated(tmp_path, port, posted)
    assert keys_there(tmp_path) == posted.told.keys() >= untold
    assert_dense(tmp_path)


def killed_under_the_clients(data: Path, port: int, posted: Posted, moments: random.Random) -> None:
    with serving(data, port) as process:
        posted.up()
        posted.wait_for_more(moments.randint(1, MOST_BETWEEN))
        process.process.kill()
        posted.down()
        assert process.end().code == -signal.SIGKILL


def repeated(data: Path, port: int, posted: Posted) -> None:
    """Send everything again under its key: the told and the untold; then look at the list."""
    with serving(data, port) as process, httpx.Client(base_url=posted.address) as http:
        for key in [*posted.untold, *posted.told]:
            posted.post(http, key)
        assert sorted(listed(http, posted.token)) == sorted(posted.told.values())
        assert process.stop().code == 0


def listed(http: httpx.Client, token: str) -> Iterator[str]:
    """Every contact that the hotline sees, page by page."""
    after: dict[str, str] = {}
    while True:
        page = http.get(
            "/identification/contacts",
            params={"limit": "200", **after},
            headers={"Authorization": f"Bearer {token}"},
        ).json()
        yield from (contact["key"] for contact in page["items"])
        if page["next"] is None:
            return
        after = {"after": page["next"]}


def keys_there(data: Path) -> set[str]:
    """The keys of the contacts in the store; each has exactly one event of its own."""
    told = rows(data, "identification", "SELECT key FROM answers WHERE key LIKE 'client-%'")
    contacts = rows(data, "identification", "SELECT COUNT(*) FROM contacts")
    reported = "SELECT COUNT(*) FROM stored_events WHERE topic = 'contact.reported.v1'"
    assert contacts == rows(data, "identification", reported)
    assert contacts == [(len(told),)]
    return {key for (key,) in told}
