"""Which other streams a command about a case reads: those that it needs, and no more. Each of them
is one more that somebody else's writing can hold it up with."""

from collections.abc import Mapping, Sequence

import pytest
from pydantic import SecretStr

from services.identification.cases.commands import NarrowConsent
from services.identification.cases.decide import CASES
from services.identification.cases.events import Event
from services.identification.contacts.decide import CONTACTS
from services.identification.duplicates.setting import MATCHING, MATCHING_STREAM
from services.identification.network.decide import NETWORK, TERMS, organisation_stream
from shared.codes import OrganisationKind
from shared.runtime.facts import Request
from tests.identification.given import (
    ANOTHER_CONTACT,
    CONSENT,
    CONSENT_TO_SHELTER,
    CONSENTED,
    CONTACT,
    DISCLOSE,
    GIVEN,
    IDENTIFY,
    INFORM,
    INFORMED,
    LINK,
    OPEN,
    OPENED,
    SHELTER,
    WITHDRAW,
)

TO_NGOS = GIVEN.model_copy(update={"recipient": None, "recipient_class": OrganisationKind.NGO})
OF_CLASS: list[Event] = [OPENED, INFORMED, TO_NGOS]
NARROW = NarrowConsent(consent=CONSENT)
REACHED = IDENTIFY.model_copy(update={"reach": SecretStr("051 123456")})
OWN = organisation_stream("casa-aperta")


def beside(facts: Sequence[Event], command: Request) -> Mapping[str, object]:
    case = CASES.initial
    for fact in facts:
        case = CASES.evolve(case, fact)
    return CASES.beside(command, case, SHELTER)  # type: ignore[arg-type]  # one of its commands


@pytest.mark.parametrize("facts", [[], CONSENTED])
def test_who_opens_a_case_or_adds_to_it_looks_at_the_contact(facts: list[Event]) -> None:
    assert beside(facts, OPEN) == {CONTACT: CONTACTS}
    assert beside(facts, LINK) == {ANOTHER_CONTACT: CONTACTS}


@pytest.mark.parametrize("facts", [CONSENTED, OF_CLASS])
@pytest.mark.parametrize("command", [INFORM, CONSENT_TO_SHELTER, IDENTIFY])
def test_what_concerns_the_case_alone_looks_nowhere_else(
    facts: list[Event], command: Request
) -> None:
    assert beside(facts, command) == {}


def test_given_no_case_then_nothing_but_its_contact_is_looked_at() -> None:
    for command in (INFORM, REACHED, WITHDRAW, NARROW, DISCLOSE):
        assert beside([], command) == {}


def test_who_notes_how_to_reach_the_person_looks_at_how_numbers_are_read() -> None:
    assert beside(CONSENTED, REACHED) == {MATCHING_STREAM: MATCHING}


@pytest.mark.parametrize("facts", [CONSENTED, OF_CLASS])
def test_who_ends_or_narrows_a_consent_looks_at_the_time_to_answer(facts: list[Event]) -> None:
    assert beside(facts, WITHDRAW) == {TERMS: NETWORK}
    assert beside(facts, NARROW) == {TERMS: NETWORK}
    to_one = NARROW.model_copy(update={"recipient": "porto"})
    assert beside(facts, to_one) == {TERMS: NETWORK, organisation_stream("porto"): NETWORK}


def test_who_asks_for_a_dossier_looks_at_their_kind_only_where_a_class_was_named() -> None:
    assert beside(CONSENTED, DISCLOSE) == {}
    assert beside(OF_CLASS, DISCLOSE) == {OWN: NETWORK}
