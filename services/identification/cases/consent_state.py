"""What decisions need to know of a case's consents and of who holds what under them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from services.identification.cases import events
from services.identification.receipts.events import ReceiptIssued
from shared.codes import ConsentEnd, DataCategory, OrganisationKind, Purpose


@dataclass(frozen=True)
class Consent:
    """Its scope as it stands. `read`: which categories each organisation was shown under it;
    `receipt`: the verifier of the receipt that was issued last."""

    recipient: str | None
    purpose: Purpose
    categories: tuple[DataCategory, ...]
    valid_until: datetime
    withdrawn: bool = False
    acknowledged: tuple[tuple[str, str], ...] = ()
    recipient_class: OrganisationKind | None = None
    expired: bool = False
    read: Mapping[str, tuple[DataCategory, ...]] = field(default_factory=dict)
    receipt: str | None = None


@dataclass(frozen=True)
class Asked:
    """One organisation, to say what it did about one end of one consent. `read`: with which
    categories it was asked."""

    consent: str
    organisation: str
    end: ConsentEnd
    answered: bool = False
    read: tuple[DataCategory, ...] = ()


OfConsent = (
    events.ConsentGiven
    | events.ConsentNarrowed
    | events.ConsentExpired
    | events.ConsentWithdrawn
    | events.WithdrawalAcknowledged
    | events.DossierDisclosed
    | ReceiptIssued
)


def consents_after(known: Mapping[str, Consent], event: OfConsent) -> Mapping[str, Consent]:
    """The consents of a case after one more fact about them."""
    if isinstance(event, events.ConsentGiven):
        given = Consent(
            event.recipient,
            event.purpose,
            event.categories,
            event.valid_until,
            recipient_class=event.recipient_class,
        )
        return {**known, event.consent: given}
    return {**known, event.consent: _changed(known[event.consent], event)}


def _changed(
    consent: Consent,
    event: events.ConsentNarrowed
    | events.ConsentExpired
    | events.ConsentWithdrawn
    | events.WithdrawalAcknowledged
    | events.DossierDisclosed
    | ReceiptIssued,
) -> Consent:
    match event:
        case events.ConsentNarrowed():
            return replace(consent, **event.model_dump(exclude={"consent"}))
        case events.ConsentExpired():
            return replace(consent, expired=True)
        case events.ConsentWithdrawn():
            return replace(consent, withdrawn=True)
        case events.WithdrawalAcknowledged():
            done = (*consent.acknowledged, (event.holder, event.did.value))
            return replace(consent, acknowledged=done)
        case events.DossierDisclosed():
            seen = {*consent.read.get(event.recipient, ()), *event.categories}
            return replace(consent, read={**consent.read, event.recipient: tuple(sorted(seen))})
        case ReceiptIssued():
            return replace(consent, receipt=event.verifier)
        case _:
            assert_never(event)


OfAcknowledgement = events.AcknowledgementAsked | events.HolderAcknowledged


def asked_after(known: Mapping[str, Asked], event: OfAcknowledgement) -> Mapping[str, Asked]:
    """Who is to acknowledge what, after one more fact about it."""
    answered = isinstance(event, events.HolderAcknowledged)
    read = event.read if isinstance(event, events.AcknowledgementAsked) else ()
    asked = Asked(event.consent, event.organisation, event.end, answered, read)
    return {**known, asked_key(event.consent, event.organisation, event.end): asked}


def asked_key(consent: str, organisation: str, end: ConsentEnd) -> str:
    return f"{consent}/{organisation}/{end}"
