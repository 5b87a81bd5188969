"""Opening a case, adding contacts, and who works on it."""

import pytest

from services.identification.cases.commands import (
    Command,
    NoteAcknowledgement,
    NoteCustody,
    NoteProgrammeClosure,
)
from services.identification.cases.decide import CASES
from services.identification.cases.events import ContactAdded, CustodyMoved, StatusDetermined
from shared.codes import ClosureKind, Role, StatusDetermination
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import In
from tests.identification.given import (
    ANALYST,
    ANOTHER_CONTACT,
    CASE,
    CONSENT,
    CONSENT_TO_SHELTER,
    CONTACT,
    DETERMINE,
    DISCLOSE,
    HOTLINE,
    IDENTIFY,
    INFORM,
    KNOWN,
    LINK,
    LINKED,
    MANAGER,
    OPEN,
    OPENED,
    REFUSE,
    RELAY,
    REPORTED,
    SHELTER,
    WITHDRAW,
)
from tests.support.decisions import acting, refusal, when

BY_THE_CUSTODIAN = [LINK, INFORM, CONSENT_TO_SHELTER, REFUSE, WITHDRAW, IDENTIFY, DETERMINE]
HEARD = [
    NoteCustody(custodian="casa-aperta", referral="r-1"),
    NoteAcknowledgement(consent=CONSENT, holder="referral", did=Acknowledgement.STOPPED),
    NoteProgrammeClosure(organisation="casa-aperta", closure=ClosureKind.LEFT_BY_CHOICE),
]
ONLY_THE_CUSTODIAN = "only-the-custodian-works-on-a-case"


def test_a_case_is_opened_on_a_contact_which_is_linked_in_the_same_breath() -> None:
    assert when(CASES, [], OPEN, HOTLINE, KNOWN) == [OPENED, In(CONTACT, LINKED)]


@pytest.mark.parametrize("role", [Role.HOTLINE_OPERATOR, Role.STREET_OPERATOR, Role.CASE_MANAGER])
def test_who_opens_cases(role: Role) -> None:
    (opened, _link) = when(CASES, [], OPEN, acting("comune", role), KNOWN)
    assert opened == OPENED.model_copy(update={"organisation": "comune"})


@pytest.mark.parametrize(
    "role", [Role.PROVIDER_INTAKE, Role.ANALYST, Role.AUDITOR, Role.COORDINATOR]
)
def test_who_does_not_open_cases(role: Role) -> None:
    rule = refusal(CASES, [], OPEN, acting("hotline", role), KNOWN)
    assert rule == "whoever-meets-people-may-open-a-case"


@pytest.mark.parametrize("code", ["AL", "IT", "XK", "XS", "XX"])
def test_a_citizenship_that_is_a_code_is_recorded(code: str) -> None:
    asked = OPEN.model_copy(update={"citizenship": code})
    (opened, _link) = when(CASES, [], asked, HOTLINE, KNOWN)
    assert opened == OPENED.model_copy(update={"citizenship": code})


def test_a_citizenship_that_is_no_code_is_refused() -> None:
    asked = OPEN.model_copy(update={"citizenship": "ZZ"})
    assert refusal(CASES, [], asked, HOTLINE, KNOWN) == "citizenship-is-a-known-code"


def test_a_case_rests_on_a_contact() -> None:
    assert refusal(CASES, [], OPEN, HOTLINE) == "a-case-rests-on-a-contact"


def test_a_contact_belongs_to_one_case() -> None:
    told = {CONTACT: [REPORTED, LINKED]}
    assert refusal(CASES, [], OPEN, HOTLINE, told) == "a-contact-belongs-to-one-case"


def test_a_case_is_opened_once() -> None:
    assert refusal(CASES, [OPENED], OPEN, HOTLINE, KNOWN) == "a-case-is-opened-once"


def test_a_further_contact_is_added_and_linked() -> None:
    assert when(CASES, [OPENED], LINK, HOTLINE, KNOWN) == [
        ContactAdded(contact=ANOTHER_CONTACT),
        In(ANOTHER_CONTACT, LINKED),
    ]


def test_a_contact_of_another_case_is_not_added() -> None:
    told = {ANOTHER_CONTACT: [REPORTED, LINKED]}
    assert refusal(CASES, [OPENED], LINK, HOTLINE, told) == "a-contact-belongs-to-one-case"


def test_a_contact_that_nobody_reported_is_not_added() -> None:
    assert refusal(CASES, [OPENED], LINK, HOTLINE) == "a-case-rests-on-a-contact"


@pytest.mark.parametrize("command", [*BY_THE_CUSTODIAN, DISCLOSE, *HEARD])
def test_nothing_is_done_to_a_case_that_does_not_exist(command: Command) -> None:
    assert refusal(CASES, [], command, HOTLINE, KNOWN) == "the-case-exists"


@pytest.mark.parametrize("command", BY_THE_CUSTODIAN)
def test_another_organisation_does_not_work_on_a_case(command: Command) -> None:
    assert refusal(CASES, [OPENED], command, SHELTER, KNOWN) == ONLY_THE_CUSTODIAN


@pytest.mark.parametrize("command", BY_THE_CUSTODIAN)
def test_nor_does_an_analyst_of_the_custodian(command: Command) -> None:
    assert refusal(CASES, [OPENED], command, ANALYST, KNOWN) == ONLY_THE_CUSTODIAN


@pytest.mark.parametrize(
    "role",
    [Role.CASE_MANAGER, Role.HOTLINE_OPERATOR, Role.STREET_OPERATOR, Role.PROVIDER_INTAKE],
)
def test_who_works_on_a_case_for_its_custodian(role: Role) -> None:
    assert len(when(CASES, [OPENED], INFORM, acting("hotline", role))) == 1


def test_custody_that_moved_takes_the_work_with_it() -> None:
    moved = CustodyMoved(custodian="casa-aperta", referral="r-1")
    assert len(when(CASES, [OPENED, moved], INFORM, SHELTER)) == 1
    assert refusal(CASES, [OPENED, moved], INFORM, HOTLINE) == ONLY_THE_CUSTODIAN


def test_a_status_is_determined_and_said_twice_is_true_once() -> None:
    presumed = StatusDetermined(status=StatusDetermination.PRESUMED)
    assert when(CASES, [OPENED], DETERMINE, MANAGER) == [presumed]
    assert when(CASES, [OPENED, presumed], DETERMINE, MANAGER) == []


def test_a_status_may_change() -> None:
    presumed = StatusDetermined(status=StatusDetermination.PRESUMED)
    asked = DETERMINE.model_copy(update={"status": StatusDetermination.IDENTIFIED})
    assert when(CASES, [OPENED, presumed], asked, MANAGER) == [
        StatusDetermined(status=StatusDetermination.IDENTIFIED)
    ]


def test_the_state_of_an_opened_case_is_its_id_and_its_custodian() -> None:
    case = CASES.evolve(CASES.initial, OPENED)
    assert (getattr(case, "id", ""), getattr(case, "custodian", "")) == (CASE, "hotline")


def test_what_comes_before_the_opening_changes_nothing() -> None:
    moved = CustodyMoved(custodian="casa-aperta", referral="r-1")
    assert CASES.evolve(CASES.initial, moved) == CASES.initial


def test_who_hears_of_custody_needs_no_role_for_it() -> None:
    assert when(CASES, [OPENED], HEARD[0], RELAY) == [
        CustodyMoved(custodian="casa-aperta", referral="r-1")
    ]
