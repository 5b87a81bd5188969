"""What is written about a person is kept as it was told, protected, and where it belongs."""

import pytest
from pydantic import SecretStr

from services.assistance.decide import PROGRAMMES
from shared.codes import ServiceType
from shared.runtime.facts import Fact, Request
from tests.assistance.given import CLOSE, DELIVER, OPENED, PLAN, PLANNED, SECRET, SHELTER
from tests.support.decisions import when

GIVEN: list[Fact] = [OPENED, PLANNED.model_copy(update={"services": tuple(ServiceType)})]
HEALTH = DELIVER.model_copy(update={"service": ServiceType.MEDICAL})
NOTED: list[tuple[Request, str, str]] = [
    (PLAN, "goals", "goals"),
    (DELIVER, "note", "note"),
    (HEALTH, "note", "health_note"),
    (CLOSE, "note", "note"),
]


@pytest.mark.parametrize(("command", "told", "kept"), NOTED)
def test_when_a_note_is_told_then_it_is_kept_word_for_word(
    command: Request, told: str, kept: str
) -> None:
    command = command.model_copy(update={told: SecretStr(SECRET)})
    (fact,) = when(PROGRAMMES, GIVEN, command, SHELTER)
    assert getattr(fact, kept).clear.get_secret_value() == SECRET


@pytest.mark.parametrize(("command", "told", "kept"), NOTED)
def test_when_no_note_is_told_then_none_is_kept(command: Request, told: str, kept: str) -> None:
    command = command.model_copy(update={told: None})
    (fact,) = when(PROGRAMMES, GIVEN, command, SHELTER)
    assert getattr(fact, kept) is None
