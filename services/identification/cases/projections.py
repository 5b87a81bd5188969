"""The read tables `cases` and `consents`: codes only."""

from collections.abc import Sequence
from typing import assert_never

from services.identification.cases import erasures, events
from services.identification.cases.emergency.events import OfEmergency
from services.identification.cases.emergency.projections import emergencies
from services.identification.cases.events import Event
from shared.codes import exploitation_key
from shared.runtime.append import instant
from shared.runtime.facts import Change, Recorded, Table

CASES = Table(
    "cases",
    {
        "custodian": "TEXT",
        "opened_at": "TEXT",
        "area": "TEXT",
        "exploitation": "TEXT",
        "age_group": "TEXT",
        "gender": "TEXT",
        "citizenship": "TEXT",
        "status": "TEXT",
        "closure": "TEXT",
    },
    indexes=(("custodian", "key"),),
)
CONSENTS = Table(
    "consents",
    {
        "case_id": "TEXT",
        "recipient": "TEXT",
        "purpose": "TEXT",
        "categories": "TEXT",
        "given_at": "TEXT",
        "valid_until": "TEXT",
        "withdrawn_at": "TEXT",
    },
    indexes=(("case_id",),),
    subject="case_id",
)


def cases(event: Event, recorded: Recorded) -> Sequence[Change]:
    if isinstance(event, erasures.OfErasure):
        return erasures.erasures(event, recorded)
    if isinstance(event, OfEmergency):
        return emergencies(event, recorded)
    match event:
        case events.CaseOpened():
            return [Change("cases", recorded.stream, _opened(event, recorded))]
        case events.CustodyMoved():
            return [Change("cases", recorded.stream, {"custodian": event.custodian})]
        case events.StatusDetermined():
            return [Change("cases", recorded.stream, {"status": event.status})]
        case events.ProgrammeClosureHeard():
            return [Change("cases", recorded.stream, {"closure": event.closure})]
        case events.ConsentGiven():
            return [Change("consents", event.consent, _given(event, recorded))]
        case events.ConsentWithdrawn():
            at = {"withdrawn_at": instant(recorded.at)}
            return [Change("consents", event.consent, at)]
        case (
            events.ContactAdded()
            | events.InformationGiven()
            | events.ConsentRefused()
            | events.WithdrawalAcknowledged()
            | events.IdentityRecorded()
            | events.DossierDisclosed()
        ):
            return []
        case _:
            assert_never(event)


def _opened(event: events.CaseOpened, recorded: Recorded) -> dict[str, str]:
    return {
        "custodian": event.organisation,
        "opened_at": instant(recorded.at),
        "area": event.area,
        "exploitation": exploitation_key(event.exploitation),
        "age_group": event.age_group,
        "gender": event.gender,
        "citizenship": event.citizenship,
    }


def _given(event: events.ConsentGiven, recorded: Recorded) -> dict[str, str]:
    return {
        "case_id": recorded.stream,
        "recipient": event.recipient,
        "purpose": event.purpose,
        "categories": " ".join(event.categories),
        "given_at": instant(recorded.at),
        "valid_until": instant(event.valid_until),
    }
