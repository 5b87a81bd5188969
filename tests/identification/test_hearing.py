"""What `identification` does when it hears of others' facts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.identification.app import SERVICE
from services.identification.cases.commands import (
    NoteAcknowledgement,
    NoteCustody,
    NoteProgrammeClosure,
)
from services.identification.cases.decide import CASES, case_id
from services.identification.consumer import HEARS, react
from services.identification.contacts.decide import CONTACTS
from shared.codes import ClosureKind, ServiceType
from shared.contracts import assistance, referral
from shared.contracts.acknowledgement import Acknowledgement
from shared.contracts.envelope import LANES, Contract, events_topic
from shared.runtime.facts import Acting
from shared.runtime.handle import handle
from shared.runtime.inbox import receive
from shared.runtime.message import Message
from shared.runtime.store import Store
from tests.identification.given import (
    CASE,
    CONSENT,
    CONSENT_TO_SHELTER,
    CONTACT,
    HOTLINE,
    INFORM,
    OPEN,
    RELAY,
    REPORT,
    WITHDRAW,
)
from tests.support.outboxes import MemoryOutbox
from tests.support.places import new_place

FROM_REFERRAL, FROM_ASSISTANCE = events_topic("referral"), events_topic("assistance")
MOVED = referral.HandoverCompleted(
    case=CASE,
    referral="r-1",
    consent=CONSENT,
    service=ServiceType.RESIDENTIAL,
    sender="hotline",
    receiver="casa-aperta",
)
REFERRAL_STOPPED = referral.WithdrawalAcknowledged(
    case=CASE, consent=CONSENT, did=Acknowledgement.STOPPED
)
ASSISTANCE_HELD_NOTHING = assistance.WithdrawalAcknowledged(
    case=CASE, consent=CONSENT, did=Acknowledgement.NOTHING_HELD
)
CLOSED = assistance.ProgrammeClosed(
    case=CASE,
    referral="r-1",
    organisation="casa-aperta",
    closure=ClosureKind.COMPLETED_AS_PLANNED,
)


def message(told: Contract, topic: str = FROM_REFERRAL) -> Message:
    return MemoryOutbox("referral", LANES).tell(topic, CASE, told)


@pytest.mark.parametrize(
    ("told", "command"),
    [
        (
            MOVED,
            NoteCustody(custodian="casa-aperta", referral="r-1", service=ServiceType.RESIDENTIAL),
        ),
        (
            REFERRAL_STOPPED,
            NoteAcknowledgement(consent=CONSENT, holder="referral", did=Acknowledgement.STOPPED),
        ),
        (
            ASSISTANCE_HELD_NOTHING,
            NoteAcknowledgement(
                consent=CONSENT, holder="assistance", did=Acknowledgement.NOTHING_HELD
            ),
        ),
        (
            CLOSED,
            NoteProgrammeClosure(
                organisation="casa-aperta", closure=ClosureKind.COMPLETED_AS_PLANNED
            ),
        ),
    ],
)
def test_each_fact_of_another_service_leads_to_one_command(told: Contract, command: object) -> None:
    (reaction,) = react(message(told))
    assert (reaction.decider, reaction.stream, reaction.command) == (CASES, CASE, command)


def test_a_fact_that_is_not_known_leads_to_nothing() -> None:
    unknown = MemoryOutbox("referral", LANES).publish(FROM_REFERRAL, CASE, "org.new.v1", {})
    assert list(react(unknown)) == []


def test_a_field_that_a_newer_sender_added_is_passed_over() -> None:
    data = MOVED.model_dump(mode="json") | {"added_later": "x"}
    newer = MemoryOutbox("referral", LANES).publish(FROM_REFERRAL, CASE, MOVED.type, data)
    (reaction,) = react(newer)
    assert reaction.command == NoteCustody(
        custodian="casa-aperta", referral="r-1", service=ServiceType.RESIDENTIAL
    )


def test_it_hears_referral_and_assistance_and_nobody_else() -> None:
    assert HEARS == (("referral", FROM_REFERRAL), ("assistance", FROM_ASSISTANCE))


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Iterator[Store]:
    """A case with a consent that was withdrawn."""
    opened = new_place(kind, tmp_path).open(SERVICE)
    handle(opened, CONTACTS, CONTACT, REPORT, HOTLINE)
    for command in (OPEN, INFORM, CONSENT_TO_SHELTER, WITHDRAW):
        handle(opened, CASES, case_id(HOTLINE), command, HOTLINE)
    yield opened
    opened.close()


def relay(_message: Message) -> Acting:
    return RELAY


def test_what_is_heard_is_in_the_case_and_in_its_row(store: Store) -> None:
    from_referral = MemoryOutbox("referral", LANES)
    from_assistance = MemoryOutbox("assistance", LANES)
    told = [from_referral.tell(FROM_REFERRAL, CASE, each) for each in (MOVED, REFERRAL_STOPPED)]
    receive(store, from_referral, told, react, relay)
    told = [
        from_assistance.tell(FROM_ASSISTANCE, CASE, each)
        for each in (ASSISTANCE_HELD_NOTHING, CLOSED)
    ]
    receive(store, from_assistance, told, react, relay)
    assert [stored.topic for stored in store.events(CASE)][-4:] == [
        "case.custody-moved.v1",
        "case.withdrawal-acknowledged.v1",
        "case.withdrawal-acknowledged.v1",
        "case.programme-closure-heard.v1",
    ]
    (row,) = store.rows("SELECT custodian, closure FROM cases")
    assert (row["custodian"], row["closure"]) == ("casa-aperta", "completed-as-planned")


def test_a_fact_about_a_case_that_is_not_here_is_kept_as_refused_and_passed(store: Store) -> None:
    sender, other = MemoryOutbox("referral", LANES), f"case-{'0' * 32}"
    message = sender.tell(FROM_REFERRAL, other, MOVED.model_copy(update={"case": other}))
    assert receive(store, sender, [message], react, relay) == 1
    (entry,) = store.rows("SELECT stream, entry FROM audit WHERE entry IS NOT NULL")
    assert entry["stream"] == other
    assert "the-case-exists" in entry["entry"]
