"""People who may be the same, at several desks: for the tests of the search for duplicates."""

from typing import Any

from services.identification.network.commands import NoteOrganisation
from services.identification.network.decide import NETWORK, organisation_stream
from shared.codes import OrganisationKind
from shared.runtime.facts import Acting
from shared.runtime.handle import handle
from tests.identification.desk import Desk, body
from tests.identification.given import IDENTIFY, OPEN, REPORT
from tests.support.decisions import FRESH, NOW

WRITTEN = {"name": "HOXHA, Arta", "birth_date": "4.5.2001"}
NUMBER = "+39 333 1234567"
NOTHING = dict.fromkeys(("name", "birth_date"))


def at(desk: Desk, organisation: str, **known: str) -> str:
    """A case of an organisation's, with what is known of its person."""
    by = desk.by(organisation)
    told = desk.web.post("/contacts", body(REPORT, callback=None), by).json()["id"]
    case = str(desk.web.post("/cases", body(OPEN, contact=told), by).json()["id"])
    path, told_of = f"/cases/{case}/identity", body(IDENTIFY, **{**NOTHING, **known})
    answer = desk.web.post(path, told_of, by)
    assert answer.status_code == 200, answer.text
    return case


def registered(desk: Desk, kind: OrganisationKind, *organisations: str) -> None:
    """The directory has told of them."""
    by = Acting("referral", "referral", NOW, frozenset(), FRESH)
    for organisation in organisations:
        heard = NoteOrganisation(organisation=organisation, kind=kind)
        handle(desk.web.store, NETWORK, organisation_stream(organisation), heard, by)


def sought(desk: Desk, case: str, organisation: str = "hotline", *roles: str) -> Any:
    path, by = f"/cases/{case}/duplicates", desk.by(organisation, *roles)
    answer = desk.web.post(path, {}, by)
    assert answer.status_code == 201, answer.text
    return answer.json()["candidates"]


def judged(desk: Desk, case: str, candidate: str, judgement: str) -> None:
    path = f"/cases/{case}/duplicates/judgements"
    told = {"candidate": candidate, "judgement": judgement}
    answer = desk.web.post(path, told, desk.by())
    assert answer.status_code == 200, answer.text
