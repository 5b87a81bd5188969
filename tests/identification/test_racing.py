"""A withdrawal and a disclosure at the same moment cannot both win, in any order of threads."""

import json
import uuid
from threading import Barrier

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

TRIES, SHELTERS = 60, 3


def told(store: Store, case: str, organisation: str, command: Request) -> str:
    """The rule that said no, or nothing: then it happened."""
    roles = frozenset({Role.CASE_MANAGER, Role.PROVIDER_INTAKE})
    by = Acting("op-1", organisation, NOW, roles, uuid.uuid4().hex)
    try:
        handle(store, CASES, case, command, by)
    except Refused as refusal:
        return refusal.rule
    return ""


def test_no_disclosure_is_recorded_after_the_withdrawal(desk: Desk) -> None:
    store, case = desk.web.store, desk.open()
    desk.done(case, INFORM)
    together, shown, refused = Barrier(1 + SHELTERS), list[int](), list[int]()
    for _try in range(TRIES):
        consent = desk.done(case, CONSENT_TO_SHELTER)
        withdraw = WITHDRAW.model_copy(update={"consent": consent})

        def one_of_them(number: int, withdraw: Request = withdraw) -> None:
            together.wait(timeout=60)
            if number == 0:
                assert told(store, case, "hotline", withdraw) == ""
                return
            (refused if told(store, case, "casa-aperta", DISCLOSE) else shown).append(number)

        at_once(1 + SHELTERS, one_of_them)
    facts = [store.service.names.recorded(stored).event for stored in store.events(case)]
    over: set[str] = set()
    for fact in facts:
        if isinstance(fact, ConsentWithdrawn):
            over.add(fact.consent)
        if isinstance(fact, DossierDisclosed):
            assert fact.consent not in over, "a disclosure after the withdrawal"
    assert len(over) == TRIES
    assert sum(isinstance(fact, DossierDisclosed) for fact in facts) == len(shown)
    assert len(shown) + len(refused) == TRIES * SHELTERS
    assert shown, "no disclosure ever won: the race was not one"
    assert refused, "no withdrawal ever won: the race was not one"


def test_a_repeated_disclosure_is_not_kept_as_read_after_the_withdrawal(desk: Desk) -> None:
    """The answer that was remembered races with the withdrawal too."""
    for number in range(TRIES // 4):
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
