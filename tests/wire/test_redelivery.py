"""Any redelivery, duplication and reordering of messages has the effect of one clean delivery.

The receiver is `identification` with its own reactions; the messages are made by hand.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.identification.app import SERVICE
from services.identification.cases.decide import CASES, case_id
from services.identification.consumer import react
from services.identification.contacts.decide import CONTACTS
from shared.codes import ClosureKind, ServiceType
from shared.contracts import assistance, referral
from shared.contracts.acknowledgement import Acknowledgement
from shared.contracts.envelope import Contract, events_topic
from shared.runtime.facts import Acting
from shared.runtime.handle import handle
from shared.runtime.inbox import catch_up, receive
from shared.runtime.message import Message
from shared.runtime.store import Row, Store
from tests.identification import given as told
from tests.support.decisions import acting
from tests.support.outboxes import MemoryOutbox
from tests.support.places import everything, new_place

TOPIC = events_topic("referral")
BYS = [
    Acting("op-1", "hotline", told.HOTLINE.now, told.HOTLINE.roles, letter * 32) for letter in "123"
]
# What a clean delivery fills; ids and numbers of the outbox differ with chance, not with delivery.
COMPARED = ("stored_events", "cases", "consents", "contacts", "inbox", "audit_head", "timers")


def about(by: Acting) -> list[Contract]:
    """What may be told of one case."""
    case, consent = case_id(by), by.fresh
    acknowledged = {"case": case, "consent": consent}
    return [
        referral.HandoverCompleted(
            case=case,
            referral="r-1",
            consent=consent,
            service=ServiceType.RESIDENTIAL,
            sender="hotline",
            receiver=receiver,
        )
        for receiver in ("casa-aperta", "porto")
    ] + [
        referral.WithdrawalAcknowledged(**acknowledged, did=Acknowledgement.STOPPED),
        referral.WithdrawalAcknowledged(**acknowledged, did=Acknowledgement.NOTHING_HELD),
        assistance.WithdrawalAcknowledged(**acknowledged, did=Acknowledgement.STOPPED),
        assistance.ProgrammeClosed(
            case=case,
            referral="r-1",
            organisation="casa-aperta",
            closure=ClosureKind.LEFT_BY_CHOICE,
        ),
    ]


TOLD = st.lists(st.tuples(st.sampled_from(BYS), st.integers(0, 5)), min_size=1, max_size=8).map(
    lambda chosen: [about(by)[number] for by, number in chosen]
)
# A delivery is a handful of messages by chance: gone, doubled, late, in any order.
DELIVERIES = st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=6), max_size=5)


def receiver(kind: str, directory: Path) -> Store:
    """A store with three cases, each with a consent that was withdrawn."""
    store = new_place(kind, directory).open(SERVICE)
    for by in BYS:
        contact = f"contact-{by.fresh}"
        handle(store, CONTACTS, contact, told.REPORT.model_copy(update=BARE), by)
        asked = told.OPEN.model_copy(update={"contact": contact})
        withdraw = told.WITHDRAW.model_copy(update={"consent": by.fresh})
        for command in (asked, told.INFORM, told.CONSENT_TO_SHELTER, withdraw):
            handle(store, CASES, case_id(by), command, by)
    return store


BARE = {"narrative": None, "callback": None}


def relay(_message: Message) -> Acting:
    return acting("referral", operator="relay")


def filled(store: Store) -> Mapping[str, list[Row]]:
    """Every row, without the place that an event has in the whole log (lanes are independent)."""
    rows = everything(store)
    return {
        table: [
            {name: value for name, value in row.items() if name != "notification_id"}
            for row in sorted(rows[table], key=_by_place)
        ]
        for table in COMPARED
    }


def _by_place(row: Row) -> str:
    return repr([value for name, value in row.items() if name != "notification_id"])


@given(facts=TOLD, deliveries=DELIVERIES)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_delivery_has_the_effect_of_a_clean_one(
    kind: str, tmp_path: Path, facts: Sequence[Contract], deliveries: Sequence[Sequence[int]]
) -> None:
    sender = MemoryOutbox("referral", 2)
    messages = [sender.tell(TOPIC, fact.case, fact) for fact in facts]  # type: ignore[attr-defined]  # each is about a case
    clean, messy = receiver(kind, tmp_path), receiver(kind, tmp_path)
    catch_up(clean, sender, TOPIC, react, relay)
    for delivery in deliveries:
        chosen = [messages[number] for number in delivery if number < len(messages)]
        for lane in (0, 1):
            receive(messy, sender, [each for each in chosen if each.lane == lane], react, relay)
    catch_up(messy, sender, TOPIC, react, relay)
    assert filled(messy) == filled(clean)
    assert sum(row["number"] for row in filled(messy)["inbox"]) == len(messages)
    clean.close()
    messy.close()


def test_the_deliveries_above_do_change_the_receiver(kind: str, tmp_path: Path) -> None:
    """Otherwise two stores that both ignore everything would agree as well."""
    store = receiver(kind, tmp_path)
    before = filled(store)
    sender = MemoryOutbox("referral", 2)
    for fact in about(BYS[0]):
        sender.tell(TOPIC, case_id(BYS[0]), fact)
    assert catch_up(store, sender, TOPIC, react, relay) == 6
    after = filled(store)
    assert len(after["stored_events"]) == len(before["stored_events"]) + 6
    assert after["cases"] != before["cases"]
    store.close()
