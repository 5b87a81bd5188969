"""A withdrawal and a disclosure at the same moment cannot both win, in any order of threads."""

import json
import uuid
from threading import Barrier

import pytest

from services.identification.cases.decide import CASES
from services.identification.cases.events import ConsentWithdrawn, DossierDisclosed
from shared.codes import Role
from shared.runtime.facts import Acting, Refused, Request
from shared.runtime.handle import handle
from shared.runtime.store import Store
from tests.identification.desk import Desk
from tests.identification.given import CONSENT_TO_SHELTER, DISCLOSE, INFORM, WITHDRAW
from tests.support.decisions import NOW
from tests.support.threads import at_once

TRIES, PARTS, SHELTERS, RACES = 1_000, 4, 2, 50
REPEATED = 15


def told(store: Store, case: str, organisation: str, command: Request, fresh: str = "") -> str:
    """The rule that said no, or nothing: then it happened."""
    roles = frozenset({Role.CASE_MANAGER, Role.PROVIDER_INTAKE})
    by = Acting("op-1", organisation, NOW, roles, fresh or uuid.uuid4().hex)
    try:
        handle(store, CASES, case, command, by)
    except Refused as refusal:
        return refusal.rule
    return ""


@pytest.mark.parametrize("_part", range(PARTS))
def test_no_disclosure_is_recorded_after_the_withdrawal(desk: Desk, _part: int) -> None:
    """A thousand times on each store, in four parts: one withdraws while two shelters ask; whoever
    has the withdrawal acknowledged then asks as the shelter, and is refused. Each case takes some
    of the races, as a case has a few consents and not a thousand."""
    shown, refused = list[int](), list[int]()
    for _case in range(TRIES // PARTS // RACES):
        case = desk.open()
        desk.done(case, INFORM)
        raced(desk.web.store, case, shown, refused)
        assert withdrawals_of(desk.web.store, case) == RACES
    assert (len(shown) + len(refused)) * PARTS == TRIES * SHELTERS
    assert shown, "no disclosure ever won: the race was not one"
    assert refused, "no withdrawal ever won: the race was not one"


def raced(store: Store, case: str, shown: list[int], refused: list[int]) -> None:
    """The races of one case, each over a consent of its own."""
    together, consents = Barrier(1 + SHELTERS), [uuid.uuid4().hex for _race in range(RACES)]

    def one_of_them(number: int) -> None:
        for consent in consents:
            if number == 0:
                assert told(store, case, "hotline", CONSENT_TO_SHELTER, consent) == ""
            together.wait(timeout=60)
            if number == 0:
                withdraw = WITHDRAW.model_copy(update={"consent": consent})
                assert told(store, case, "hotline", withdraw) == ""
                assert told(store, case, "casa-aperta", DISCLOSE), "shown once it was acknowledged"
            else:
                no = told(store, case, "casa-aperta", DISCLOSE)
                (refused if no else shown).append(number)
            together.wait(timeout=60)

    at_once(1 + SHELTERS, one_of_them)


def withdrawals_of(store: Store, case: str) -> int:
    """How many there are; none is before a disclosure under the same consent."""
    over: set[str] = set()
    for stored in store.events(case):
        match store.service.names.recorded(stored).event:
            case ConsentWithdrawn(consent=consent):
                over.add(consent)
            case DossierDisclosed(consent=consent):
                assert consent not in over, "a disclosure after the withdrawal"
    return len(over)


def test_a_repeated_disclosure_is_not_kept_as_read_after_the_withdrawal(desk: Desk) -> None:
    """The answer that was remembered races with the withdrawal too."""
    for number in range(REPEATED):
        case, consent = desk.consented()
        answer = repeated_while_withdrawing(desk, case, consent, f"k-{number}")
        rows = desk.web.store.rows(
            "SELECT version, entry FROM audit WHERE stream = ? ORDER BY idx", (case,)
        )
        withdrawn = [row["version"] for row in rows].index(len(desk.web.store.events(case)))
        reads = [
            place
            for place, row in enumerate(rows)
            if row["entry"] and json.loads(row["entry"])["kind"] == "read"
        ]
        assert answer == (201 if reads else 403)
        assert all(place < withdrawn for place in reads), "read again after the withdrawal"


def repeated_while_withdrawing(desk: Desk, case: str, consent: str, key: str) -> int:
    """A disclosure that was shown once is asked for again, just as the consent is withdrawn."""
    shelter, together = desk.by("casa-aperta", Role.PROVIDER_INTAKE), Barrier(2)
    assert desk.ask(case, DISCLOSE, shelter, key=key).status_code == 201
    answered: list[int] = []

    def one_of_them(number: int) -> None:
        together.wait(timeout=60)
        if number == 0:
            desk.done(case, WITHDRAW, consent=consent)
        else:
            answered.append(desk.ask(case, DISCLOSE, shelter, key=key).status_code)

    at_once(2, one_of_them)
    return answered[0]
