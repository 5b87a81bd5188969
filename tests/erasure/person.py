"""An invented person with something sealed everywhere, what is left of them, and their erasure."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from services.assistance.commands import AgreePlan, DeliverService
from services.assistance.decide import PROGRAMMES
from services.identification.cases import commands, queries
from services.identification.cases.decide import CASES
from services.identification.cases.erasure_state import Erasing
from services.identification.contacts.commands import ReportContact
from services.identification.contacts.decide import CONTACTS
from shared.codes import Area, Channel, ErasureGround, Role, ServiceType
from shared.runtime.facts import Acting, Recorded
from shared.runtime.handle import handle
from shared.runtime.loading import load
from shared.runtime.store import Row, Store
from shared.trust.protected import Protected
from staffetta.installation import Installation, fresh, now
from tests.wire.relaying import DESK, MANAGER, SHELTER, Asking, handed_over, met, offered

CANARIES = {
    name: f"canary-{name}-7c1f"
    for name in ("narrative", "callback", "name", "birth", "papers", "reach", "goals", "note")
}
ERASE = commands.RequestErasure(ground=ErasureGround.CONSENT_WITHDRAWN)


def helped(installation: Installation) -> str:
    """A case with an identity, a further contact, a plan and a service of health; its id."""
    asking = Asking(installation)
    if not installation.stores["referral"].rows("SELECT key FROM organisations"):
        offered(asking)
    case, consent = met(asking)
    contact = f"contact-{fresh()}"
    told = ReportContact(
        channel=Channel.HOTLINE,
        received_on=now().date(),
        area=Area.BOLOGNA,
        narrative=SecretStr(CANARIES["narrative"]),
        callback=SecretStr(CANARIES["callback"]),
    )
    asking.ask("identification", CONTACTS, contact, told, DESK)
    asking.of_a_case(case, commands.LinkContact(contact=contact))
    known = commands.RecordIdentity(
        name=SecretStr(CANARIES["name"]),
        birth_date=SecretStr(CANARIES["birth"]),
        documents=SecretStr(CANARIES["papers"]),
        reach=SecretStr(CANARIES["reach"]),
    )
    asking.of_a_case(case, known)
    asking.heard()
    referral = handed_over(asking, case, consent)
    asking.heard()
    plan = AgreePlan(
        referral=referral,
        services=(ServiceType.MEDICAL,),
        review_on=now().date() + timedelta(days=30),
        goals=SecretStr(CANARIES["goals"]),
    )
    asking.ask("assistance", PROGRAMMES, case, plan, SHELTER)
    visit = DeliverService(
        referral=referral,
        service=ServiceType.MEDICAL,
        delivered_on=now().date(),
        note=SecretStr(CANARIES["note"]),
    )
    asking.ask("assistance", PROGRAMMES, case, visit, SHELTER)
    return case


def ask(installation: Installation, case: str, command: Any = ERASE) -> None:
    acting = Acting("op-1", "regione", now(), frozenset({Role.COORDINATOR}), fresh())
    handle(installation.stores["identification"], CASES, case, command, acting)


def by_its_manager(installation: Installation, case: str, command: Any) -> None:
    acting = Acting("op-1", SHELTER, now(), frozenset({*MANAGER, Role.PROVIDER_INTAKE}), fresh())
    handle(installation.stores["identification"], CASES, case, command, acting)


def facts(store: Store, stream: str) -> Sequence[Recorded]:
    return queries.history(store, stream)


def streams(installation: Installation, case: str) -> Mapping[str, Sequence[str]]:
    """Every stream of the person, by service."""
    linked = queries.linked(installation.stores["identification"], case)
    return {"identification": [case, *linked], "assistance": [case], "referral": [case]}


def sealed(installation: Installation, case: str) -> list[tuple[Store, Recorded, str]]:
    """Every sealed field of the person: where it stands, and its name."""
    return [
        (installation.stores[name], recorded, field)
        for name, those in streams(installation, case).items()
        for stream in those
        for recorded in facts(installation.stores[name], stream)
        for field in type(recorded.event).model_fields
        if isinstance(getattr(recorded.event, field), Protected)
    ]


def names(installation: Installation, service: str, case: str) -> list[str]:
    """What happened to the case in a service, by the stored names."""
    return [each.event.stored_name for each in facts(installation.stores[service], case)]


def state(installation: Installation, case: str) -> Erasing:
    found, _version = load(installation.stores["identification"], CASES, case)
    assert isinstance(found, Erasing)
    return found


_STAY = {"erasures", "attestations", "alarms"}
"""They tell of the erasure itself."""
_BESIDE = ("parked", "answers", "snapshots", "timers")


def left(installation: Installation, case: str) -> dict[str, list[Row]]:
    """Rows beside the log in which the person's streams are still named, by service and table."""
    found: dict[str, list[Row]] = {}
    for service, those in streams(installation, case).items():
        store = installation.stores[service]
        tables = {table.name for table in store.service.tables} - _STAY
        named = re.compile("|".join(map(re.escape, those)))
        for table in (*sorted(tables), *_BESIDE):
            rows = store.rows(f"SELECT * FROM {table}")  # noqa: S608  # declared names
            if hits := [row for row in rows if named.search(repr(row))]:
                found[f"{service}.{table}"] = hits
    return found
