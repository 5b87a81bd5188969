"""Given what is known of a case, when it is erased: then its keys are destroyed, once a request."""

import pytest

from services.assistance.commands import DestroyKeys
from services.assistance.decide import PROGRAMMES
from services.assistance.events import KeysDestroyed, PlanAgreed
from shared.runtime.facts import Fact
from shared.trust.protected import Narrative, Protected
from tests.assistance.given import (
    CASE,
    CLOSE,
    DELIVER,
    ERASED,
    OPEN,
    OPENED,
    PLAN,
    PLANNED,
    RELAY,
    SHELTER,
    STOP,
)
from tests.support.decisions import refusal, when

ASKED = DestroyKeys(case=CASE, erasure="e" * 32)
AGAIN = DestroyKeys(case=CASE)
WITH_GOALS = PlanAgreed(
    **{**PLANNED.model_dump(exclude={"goals"}), "goals": Protected[Narrative](sealed="c2VhbGVk")}
)


def gone(erasure: str | None, keys: int) -> KeysDestroyed:
    return KeysDestroyed(erasure=erasure, streams=(CASE,), keys=keys)


@pytest.mark.parametrize(
    ("facts", "keys"), [([], 0), ([OPENED, PLANNED], 0), ([OPENED, WITH_GOALS, WITH_GOALS], 1)]
)
def test_when_it_is_asked_for_then_the_keys_are_destroyed(facts: list[Fact], keys: int) -> None:
    assert when(PROGRAMMES, facts, ASKED, RELAY) == [gone("e" * 32, keys)]


def test_given_it_is_done_when_it_is_asked_for_again_then_nothing_happens() -> None:
    assert when(PROGRAMMES, [OPENED, ERASED], ASKED, RELAY) == []
    assert when(PROGRAMMES, [OPENED, ERASED], AGAIN, RELAY) == []


def test_given_it_is_done_when_another_request_comes_then_it_is_attested_as_it_was() -> None:
    other = DestroyKeys(case=CASE, erasure="d" * 32)
    facts = [OPENED, WITH_GOALS, gone("e" * 32, 1)]
    assert when(PROGRAMMES, facts, other, RELAY) == [gone("d" * 32, 1)]


def test_given_a_restore_when_the_keys_remember_then_it_is_done_and_a_request_is_answered() -> None:
    facts: list[Fact] = [OPENED, WITH_GOALS, *when(PROGRAMMES, [OPENED, WITH_GOALS], AGAIN, RELAY)]  # type: ignore[list-item]  # facts of one stream
    assert facts[-1] == gone(None, 1)
    assert when(PROGRAMMES, facts, AGAIN, RELAY) == []
    assert when(PROGRAMMES, facts, ASKED, RELAY) == [gone("e" * 32, 1)]


@pytest.mark.parametrize(
    ("command", "by"),
    [(OPEN, RELAY), (STOP, RELAY), (PLAN, SHELTER), (DELIVER, SHELTER), (CLOSE, SHELTER)],
)
def test_given_it_is_erased_when_anything_else_is_asked_then_it_is_refused(
    command: object, by: object
) -> None:
    rule = refusal(PROGRAMMES, [OPENED, ERASED], command, by)  # type: ignore[arg-type]  # one of the pairs above
    assert rule == "what-was-erased-stays-erased"
