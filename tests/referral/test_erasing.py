"""Given a case on its way, when it is erased: then it is attested, and places are free again."""

import pytest

from services.referral.custody.commands import DestroyKeys
from services.referral.custody.decide import CUSTODY
from services.referral.custody.events import KeysDestroyed
from services.referral.directory.events import PlaceFreed
from shared.runtime.facts import Fact, In
from tests.referral.given import (
    ACCEPT,
    ASKED,
    AT_SHELTER,
    BEGIN,
    CASE,
    CONFIRM,
    DRAFT,
    ERASED,
    HOTLINE,
    MOVED,
    NETWORK,
    NOTE,
    PROPOSE,
    REFERRAL,
    RELAY,
    RESIDENTIAL,
    RETURN,
    SHELTER,
    STOP,
    TAKEN,
)
from tests.support.decisions import refusal, when

DESTROY = DestroyKeys(case=CASE, erasure="e" * 32)
FREED = In(AT_SHELTER, PlaceFreed(service=RESIDENTIAL, referral=REFERRAL, free=3))


@pytest.mark.parametrize("facts", [[], DRAFT, ASKED])
def test_when_it_is_asked_for_then_it_is_attested(facts: list[Fact]) -> None:
    assert when(CUSTODY, facts, DESTROY, RELAY, NETWORK) == [ERASED]


@pytest.mark.parametrize("facts", [TAKEN, MOVED])
def test_given_a_place_is_held_then_it_is_free_again(facts: list[Fact]) -> None:
    assert when(CUSTODY, facts, DESTROY, RELAY, NETWORK) == [FREED, ERASED]


def test_given_it_is_done_when_it_is_asked_again_then_nothing_happens() -> None:
    for again in (DESTROY, DestroyKeys(case=CASE)):
        assert when(CUSTODY, [*MOVED, ERASED], again, RELAY, NETWORK) == []


def test_given_it_is_done_when_another_request_comes_then_it_is_attested_too() -> None:
    other = DestroyKeys(case=CASE, erasure="d" * 32)
    attested = KeysDestroyed(erasure="d" * 32, streams=(CASE,), keys=0)
    assert when(CUSTODY, [*MOVED, ERASED], other, RELAY, NETWORK) == [attested]


def test_how_many_keys_were_destroyed_the_first_time_is_attested_again() -> None:
    first = KeysDestroyed(erasure="e" * 32, streams=(CASE,), keys=2)
    other = DestroyKeys(case=CASE, erasure="d" * 32)
    attested = KeysDestroyed(erasure="d" * 32, streams=(CASE,), keys=2)
    assert when(CUSTODY, [*MOVED, first], other, RELAY, NETWORK) == [attested]


@pytest.mark.parametrize(
    ("command", "by"),
    [
        (BEGIN, RELAY),
        (NOTE, RELAY),
        (STOP, RELAY),
        (RETURN, RELAY),
        (PROPOSE, HOTLINE),
        (ACCEPT, SHELTER),
        (CONFIRM, SHELTER),
    ],
)
def test_given_it_is_erased_when_anything_else_is_asked_then_it_is_refused(
    command: object, by: object
) -> None:
    rule = refusal(CUSTODY, [*ASKED, ERASED], command, by, NETWORK)  # type: ignore[arg-type]  # one of the pairs above
    assert rule == "what-was-erased-stays-erased"
