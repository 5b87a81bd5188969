"""Killed at every step, and started again, an erasure comes to its end, once."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from shared.runtime.recorders import PostgresAppend, SQLiteAppend
from shared.trust.key_store import KeyStore
from shared.trust.keys import DestroyedKey
from tests.erasure.person import ask, helped, left, names, sealed, state
from tests.erasure.places import FourStores, over
from tests.erasure.test_everywhere import opened

MOST = 60


def erased_until_killed(place: FourStores, case: str, step: int) -> None:
    """In a process of its own: it kills itself for good before the step's effect, or after it."""
    passed = 0

    def tick() -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            tick()
            result = method(*given, **named)
            tick()
            return result

        return call

    KeyStore.destroy = counted(KeyStore.destroy)  # type: ignore[method-assign]  # counted, and done
    for recorder in (SQLiteAppend, PostgresAppend):
        recorder.insert_events = counted(recorder.insert_events)  # type: ignore[method-assign]  # the same
    with place.opened() as installation:
        ask(installation, case)
        over(installation)


def killed_at(place: FourStores, case: str, step: int) -> bool:
    process = multiprocessing.get_context("fork").Process(
        target=erased_until_killed, args=(place, case, step)
    )
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


@pytest.mark.timeout(400)
def test_whenever_it_is_killed_it_is_completed_once(place: FourStores) -> None:
    kills, killed = 0, True
    for step in range(1, MOST):
        with place.opened() as installation:
            case = helped(installation)
            over(installation)
        killed = killed_at(place, case, step)
        kills += killed
        with place.opened() as installation:
            # Who asked and got no answer asks again; what was asked goes on by itself.
            if "case.erasure-requested.v1" not in names(installation, "identification", case):
                ask(installation, case)
            over(installation)
            told = names(installation, "identification", case)
            assert told.count("case.erasure-requested.v1") == 1
            assert told.count("erasure.keys-destroyed.v1") == 1
            assert told.count("case.erasure-attested.v1") == 3
            assert told.count("case.erasure-completed.v1") == 1
            assert state(installation, case).attested == {
                "identification": 5,
                "referral": 0,
                "assistance": 2,
            }
            assert left(installation, case) == {}
            for each in sealed(installation, case):
                with pytest.raises(DestroyedKey):
                    opened(*each)
        if not killed:
            break
    assert not killed, "it had more steps than were tried"
    # Asked, destroyed here (three streams) and there (one each), attested by each, completed.
    assert kills >= 20
