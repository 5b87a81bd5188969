"""The proxy itself: a fault that is not inflicted would let every test of it pass."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.faults.proxy import Mood, Proxy, proxied

SAID = b"x" * 8_000


@pytest.fixture
def echo() -> Iterator[int]:
    """Says back whatever it hears."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(taken: socket.socket) -> None:
        with taken:
            try:
                while heard := taken.recv(65_536):
                    taken.sendall(heard)
            except OSError:
                return

    def take() -> None:
        while True:
            try:
                taken, _address = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(taken,), daemon=True).start()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)


def talk(proxy: Proxy, rounds: int = 30) -> list[bytes]:
    """What came back of each word until the connection ended."""
    got: list[bytes] = []
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=1) as talking:
        for _ in range(rounds):
            talking.sendall(SAID)
            heard = b""
            while len(heard) < len(SAID):
                more = talking.recv(65_536)
                if not more:
                    return [*got, heard]
                heard += more
            got.append(heard)
    return got


def test_it_passes_everything_on(echo: int) -> None:
    with proxied(echo, random.Random(1)) as proxy:
        assert talk(proxy) == [SAID] * 30
        assert proxy.spoiled == 0


def test_what_is_late_is_whole(echo: int) -> None:
    with proxied(echo, random.Random(1)) as proxy:
        proxy.mood = "delay"
        assert talk(proxy, 1) == [SAID]
        assert proxy.spoiled >= 2


def test_what_is_dropped_never_comes(echo: int) -> None:
    with proxied(echo, random.Random(1)) as proxy:
        proxy.mood = "drop"
        with pytest.raises(TimeoutError):
            talk(proxy, 1)


def test_what_is_truncated_ends_too_early(echo: int) -> None:
    with proxied(echo, random.Random(1)) as proxy:
        proxy.mood = "truncate"
        assert talk(proxy)[-1] != SAID


def test_what_is_reset_breaks(echo: int) -> None:
    with proxied(echo, random.Random(1)) as proxy:
        proxy.mood = "reset"
        with pytest.raises(ConnectionError):
            talk(proxy)


@pytest.mark.parametrize("mood", ["drop", "truncate", "reset"])
def test_all_is_well_again_afterwards(echo: int, mood: Mood) -> None:
    with proxied(echo, random.Random(1)) as proxy:
        proxy.mood = mood
        with suppress(OSError):
            talk(proxy, 10)
        proxy.mood = "pass"
        assert talk(proxy) == [SAID] * 30
