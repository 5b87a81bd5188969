"""A withdrawal that is heard and notes that are asked for at the same moment cannot both win: what
`assistance` has acknowledged, nothing is shown after."""

import uuid
from threading import Barrier

from services.assistance.commands import NoteConsent, StopForWithdrawal
from services.assistance.decide import PROGRAMMES
from services.assistance.events import WithdrawalNoted
from services.assistance.notes.commands import DiscloseNotes
from services.assistance.notes.events import NotesDisclosed
from shared.codes import DataCategory, Purpose, Role
from shared.contracts.assistance import WithdrawalAcknowledged
from shared.runtime.facts import Acting, Refused, Request
from shared.runtime.handle import handle
from shared.runtime.store import Store
from tests.assistance.given import OPEN
from tests.support.decisions import NOW
from tests.support.threads import at_once
from tests.support.web import Web

TRIES, CLINICS, RACES = 200, 2, 50
ASK = DiscloseNotes(purpose=Purpose.HEALTH_CARE, categories=(DataCategory.HEALTH,))


def told(store: Store, case: str, command: Request, organisation: str = "identification") -> str:
    """The rule that said no, or nothing: then it happened."""
    roles = frozenset({Role.PROVIDER_INTAKE}) if organisation == "ausl" else frozenset[str]()
    by = Acting("op-1", organisation, NOW, roles, uuid.uuid4().hex)
    try:
        handle(store, PROGRAMMES, case, command, by)
    except Refused as refusal:
        return refusal.rule
    return ""


def heard(consent: str) -> NoteConsent:
    return NoteConsent(
        consent=consent,
        recipient="ausl",
        purpose=Purpose.HEALTH_CARE,
        valid_until=NOW.replace(year=NOW.year + 1),
        categories=(DataCategory.HEALTH,),
    )


def test_no_notes_are_shown_after_a_withdrawal_that_was_acknowledged(web: Web) -> None:
    """Two hundred times on each store, four cases of fifty consents each."""
    shown, refused = list[int](), list[int]()
    for _case in range(TRIES // RACES):
        case = f"case-{uuid.uuid4().hex}"
        assert told(web.store, case, OPEN) == ""
        raced(web.store, case, shown, refused)
        assert acknowledged(web.store, case) == RACES
    assert len(shown) + len(refused) == TRIES * CLINICS
    assert shown, "no disclosure ever won: the race was not one"
    assert refused, "no withdrawal ever won: the race was not one"


def raced(store: Store, case: str, shown: list[int], refused: list[int]) -> None:
    """The races of one case, each over a consent of its own."""
    together, consents = Barrier(1 + CLINICS), [uuid.uuid4().hex for _race in range(RACES)]

    def one_of_them(number: int) -> None:
        for consent in consents:
            if number == 0:
                assert told(store, case, heard(consent)) == ""
            together.wait(timeout=60)
            if number == 0:
                assert told(store, case, StopForWithdrawal(consent=consent)) == ""
                assert told(store, case, ASK, "ausl"), "shown once it was acknowledged"
            else:
                no = told(store, case, ASK, "ausl")
                (refused if no else shown).append(number)
            together.wait(timeout=60)

    at_once(1 + CLINICS, one_of_them)


def acknowledged(store: Store, case: str) -> int:
    """How many withdrawals; none is before a disclosure under the same consent, and what is told to
    the sender rests on no other fact."""
    over: set[str] = set()
    for stored in store.events(case):
        recorded = store.service.names.recorded(stored)
        match recorded.event:
            case WithdrawalNoted(consent=consent):
                over.add(consent)
                (public,) = store.service.publish(recorded, lambda stream: stream)
                assert public.type == WithdrawalAcknowledged.type
            case NotesDisclosed(consent=consent):
                assert consent not in over, "notes shown after the withdrawal"
            case _:
                assert not store.service.publish(recorded, lambda stream: stream)
    return len(over)
