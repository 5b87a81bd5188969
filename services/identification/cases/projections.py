"""The read tables `cases`, `consents` and `withdrawals`: codes only."""

from collections.abc import Sequence
from typing import assert_never

from services.identification.alarms import projections as alarms
from services.identification.cases import erasures, events
from services.identification.cases.consent_state import asked_key
from services.identification.cases.emergency.events import OfEmergency
from services.identification.cases.emergency.projections import emergencies
from services.identification.cases.events import Event
from services.identification.cases.own_view.events import OwnViewShown
from services.identification.duplicates.events import CandidateJudged, DuplicatesSought
from services.identification.receipts.events import ReceiptIssued
from services.identification.receipts.projections import receipts
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
        "recipient_class": "TEXT",
        "purpose": "TEXT",
        "categories": "TEXT",
        "given_at": "TEXT",
        "valid_until": "TEXT",
        "narrowed_at": "TEXT",
        "expired_at": "TEXT",
        "withdrawn_at": "TEXT",
    },
    indexes=(("case_id",),),
    subject="case_id",
)
WITHDRAWALS = Table(
    "withdrawals",
    {
        "case_id": "TEXT",
        "consent": "TEXT",
        "organisation": "TEXT",
        "consent_end": "TEXT",
        "categories_read": "TEXT",
        "asked_at": "TEXT",
        "answer_by": "TEXT",
        "acknowledged_at": "TEXT",
        "did": "TEXT",
    },
    indexes=(("organisation", "key"), ("case_id",)),
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
        case (
            events.ContactAdded()
            | events.InformationGiven()
            | events.ConsentRefused()
            | events.WithdrawalAcknowledged()
            | events.IdentityRecorded()
            | events.DossierDisclosed()
            | OwnViewShown()
            | DuplicatesSought()
            | CandidateJudged()
        ):
            return []
        case _:
            return _of_consent(event, recorded)


OfConsent = (
    events.ConsentGiven
    | events.ConsentNarrowed
    | events.ConsentExpired
    | events.ConsentWithdrawn
    | events.AcknowledgementAsked
    | events.HolderAcknowledged
    | events.AlarmRaised
    | events.AlarmSettled
    | ReceiptIssued
)


def _of_consent(event: OfConsent, recorded: Recorded) -> Sequence[Change]:
    at = instant(recorded.at)
    match event:
        case events.ConsentGiven():
            row = {"case_id": recorded.stream, "purpose": event.purpose, "given_at": at}
            return [Change("consents", event.consent, row | _scope(event))]
        case events.ConsentNarrowed():
            return [Change("consents", event.consent, {"narrowed_at": at, **_scope(event)})]
        case events.ConsentExpired():
            return [Change("consents", event.consent, {"expired_at": at})]
        case events.ConsentWithdrawn():
            return [Change("consents", event.consent, {"withdrawn_at": at})]
        case events.AcknowledgementAsked():
            return [Change("withdrawals", _key(event), _asked(event, recorded))]
        case events.HolderAcknowledged():
            done = {"acknowledged_at": at, "did": " ".join(event.did)}
            return [Change("withdrawals", _key(event), done)]
        case ReceiptIssued():
            return receipts(event, recorded)
        case events.AlarmRaised():
            return [alarms.raised(event.kind, recorded.stream, event.about, recorded.at)]
        case events.AlarmSettled():
            return [alarms.settled(event.kind, recorded.stream, event.about, recorded.at)]
        case _:
            assert_never(event)


def _key(event: events.AcknowledgementAsked | events.HolderAcknowledged) -> str:
    return asked_key(event.consent, event.organisation, event.end)


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


def _scope(event: events.ConsentGiven | events.ConsentNarrowed) -> dict[str, str | None]:
    return {
        "recipient": event.recipient,
        "recipient_class": event.recipient_class,
        "categories": " ".join(event.categories),
        "valid_until": instant(event.valid_until),
    }


def _asked(event: events.AcknowledgementAsked, recorded: Recorded) -> dict[str, str | None]:
    return {
        "case_id": recorded.stream,
        "consent": event.consent,
        "organisation": event.organisation,
        "consent_end": event.end,
        "categories_read": " ".join(event.read),
        "asked_at": instant(recorded.at),
        "answer_by": instant(event.answer_by),
        "acknowledged_at": None,
        "did": None,
    }
