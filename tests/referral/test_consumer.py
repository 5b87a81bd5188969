"""What `referral` makes of others' facts."""

import pytest
from pydantic import ValidationError

from services.referral.consumer import HEARS, react
from services.referral.custody.decide import CUSTODY
from shared.codes import Area, ClosureKind, DataCategory, Purpose
from shared.contracts import assistance, identification
from shared.contracts.acknowledgement import Acknowledgement
from shared.contracts.envelope import Contract
from shared.runtime.facts import Request
from shared.runtime.inbox import Reaction
from shared.runtime.message import Message
from tests.referral.given import (
    BEGIN,
    CASE,
    CONSENT,
    IN_A_MONTH,
    NOTE,
    REFERRAL,
    RETURN,
    STOP,
)

OPENED = identification.CaseOpened(case=CASE, organisation="hotline", area=Area.BOLOGNA)
GIVEN = identification.ConsentGiven(
    case=CASE,
    consent=CONSENT,
    recipient="casa-aperta",
    purpose=Purpose.REFERRAL,
    categories=(DataCategory.HEALTH, DataCategory.NARRATIVE),
    valid_until=IN_A_MONTH,
)
WITHDRAWN = identification.ConsentWithdrawn(case=CASE, consent=CONSENT)
CLOSED = assistance.ProgrammeClosed(
    case=CASE, referral=REFERRAL, organisation="casa-aperta", closure=ClosureKind.OTHER
)
ACKNOWLEDGED = assistance.WithdrawalAcknowledged(
    case=CASE, consent=CONSENT, did=Acknowledgement.STOPPED
)


def message(of: str, data: str) -> Message:
    return Message("sender", "topic", 0, 1, "id", of, CASE, "2026-03", data)


def reactions(told: Contract) -> list[Reaction]:
    return list(react(message(told.type, told.model_dump_json())))


def test_it_hears_identification_and_assistance() -> None:
    assert dict(HEARS) == {
        "identification": "staffetta.identification.events",
        "assistance": "staffetta.assistance.events",
    }


@pytest.mark.parametrize(
    ("told", "command"), [(OPENED, BEGIN), (GIVEN, NOTE), (WITHDRAWN, STOP), (CLOSED, RETURN)]
)
def test_when_others_tell_of_a_case_then_its_stream_is_asked(
    told: Contract, command: Request
) -> None:
    assert reactions(told) == [Reaction(CUSTODY, CASE, command)]


@pytest.mark.parametrize("told", [OPENED, GIVEN, WITHDRAWN, CLOSED])
def test_when_a_later_sender_says_more_then_the_rest_is_understood(told: Contract) -> None:
    more = told.model_dump_json()[:-1] + ', "added_later": "x"}'
    assert react(message(told.type, more)) == reactions(told)


@pytest.mark.parametrize("told", [OPENED, GIVEN, WITHDRAWN, CLOSED])
def test_when_a_sender_says_too_little_then_it_is_not_taken_for_the_whole(told: Contract) -> None:
    with pytest.raises(ValidationError):
        react(message(told.type, f'{{"case": "{CASE}"}}'))


def test_when_a_type_is_not_known_then_nothing_happens() -> None:
    assert reactions(ACKNOWLEDGED) == []
    later = OPENED.type.replace(".v1", ".v2")
    assert react(message(later, OPENED.model_dump_json())) == []
    assert react(message("org.staffetta.referral.handover-completed.v1", "not even JSON")) == []
