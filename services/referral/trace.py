"""The facts of `referral` in words, for the trace of a case."""

from services.referral.custody import events
from shared.runtime.facts import Fact
from shared.runtime.store import Store
from shared.runtime.trace import Told, TraceLine, trace


def trace_of(store: Store, case: str) -> list[TraceLine]:
    """Everything that happened on a case's way."""
    return trace(store, [case], _told)


def _told(event: Fact) -> Told:
    match event:
        case events.RelayBegun():
            return Told(f"heard of the case; custodian {event.custodian}")
        case events.ReferralProposed():
            asked = ", ".join(event.receivers)
            return Told(f"referral proposed to {asked} ({event.service.label})", event.consent)
        case events.ReferralSent():
            return Told("referral sent")
        case events.ReferralStopped():
            return Told("referral stopped: its consent was withdrawn or ended", event.consent)
        case events.HandoverCompleted():
            return Told(f"custody moved from {event.sender} to {event.receiver}", event.consent)
        case _:
            return _further(event)


def _further(event: Fact) -> Told:
    match event:
        case events.ReferralAcknowledged():
            return Told(f"referral acknowledged by {event.receiver}")
        case events.ReferralAccepted():
            return Told(f"referral accepted by {event.receiver}")
        case events.ReferralDeclined():
            return Told(f"referral declined by {event.receiver}: {event.reason.label}")
        case events.ReferralExpired():
            return Told(f"no answer by {event.receiver} in time")
        case events.ReferralWithdrawn():
            return Told("referral withdrawn")
        case events.HandoverConfirmed():
            return Told(f"handover confirmed by {event.organisation}")
        case events.EscortNamed():
            return Told(f"escort named for {event.organisation}: {event.operator}")
        case _:
            return _ended(event)


def _ended(event: Fact) -> Told:
    match event:
        case events.AddressReleased():
            to = f"{event.operator} of {event.organisation}"
            what = f"where {event.shelter} is was told to the escort, {to}"
            return Told(what, event.consent, shown=True)
        case events.PlaceReturned():
            return Told("the place is free again")
        case events.KeysDestroyed():
            return Told(f"erased: {event.keys} keys destroyed, lists and messages cleaned")
        case _:
            return _of_consent(event)


def _of_consent(event: Fact) -> Told:
    match event:
        case events.ConsentNoted():
            to = event.recipient or f"the kind {event.recipient_class}"
            return Told(f"heard of the consent to {to}", event.consent)
        case events.ExpiryNoted():
            return Told("heard that the consent ended in time", event.consent)
        case events.WithdrawalNoted():
            return Told(f"withdrawal acknowledged: {event.did}", event.consent)
        case _:
            raise TypeError(f"no words for {type(event).__name__}")
