"""The facts of `referral` in words, for the trace of a case."""

from functools import partial

from services.referral.custody import events
from shared.runtime.facts import Fact
from shared.runtime.store import Store
from shared.runtime.trace import Told, TraceLine, trace
from shared.telling import Saying
from shared.words import FALLBACK

WORDS = "services.referral.words"


def trace_of(store: Store, case: str, language: str = FALLBACK) -> list[TraceLine]:
    """Everything that happened on a case's way, said in this language where there are words."""
    say = Saying(WORDS, language)
    return trace(store, [case], partial(_told, say), say.entry)


def _told(say: Saying, event: Fact) -> Told:
    match event:
        case events.RelayBegun():
            return Told(say("relay-begun", custodian=event.custodian))
        case events.ReferralProposed():
            asked = ", ".join(event.receivers)
            what = say("referral-proposed", asked=asked, service=event.service)
            return Told(what, event.consent)
        case events.ReferralSent():
            return Told(say("referral-sent"))
        case events.ReferralStopped():
            return Told(say("referral-stopped"), event.consent)
        case events.HandoverCompleted():
            what = say("handover-completed", sender=event.sender, receiver=event.receiver)
            return Told(what, event.consent)
        case _:
            return _further(say, event)


def _further(say: Saying, event: Fact) -> Told:
    match event:
        case events.ReferralAcknowledged():
            return Told(say("referral-acknowledged", receiver=event.receiver))
        case events.ReferralAccepted():
            return Told(say("referral-accepted", receiver=event.receiver))
        case events.ReferralDeclined():
            return Told(say("referral-declined", receiver=event.receiver, reason=event.reason))
        case events.ReferralExpired():
            return Told(say("referral-expired", receiver=event.receiver))
        case events.ReferralWithdrawn():
            return Told(say("referral-withdrawn"))
        case events.HandoverConfirmed():
            return Told(say("handover-confirmed", organisation=event.organisation))
        case events.EscortNamed():
            who = {"organisation": event.organisation, "operator": event.operator}
            return Told(say("escort-named", **who))
        case _:
            return _ended(say, event)


def _ended(say: Saying, event: Fact) -> Told:
    match event:
        case events.AddressReleased():
            to = {"operator": event.operator, "organisation": event.organisation}
            what = say("address-released", shelter=event.shelter, **to)
            return Told(what, event.consent, shown=True)
        case events.PlaceReturned():
            return Told(say("place-returned"))
        case events.KeysDestroyed():
            return Told(say("keys-destroyed", keys=event.keys))
        case _:
            return _of_consent(say, event)


def _of_consent(say: Saying, event: Fact) -> Told:
    match event:
        case events.ConsentNoted():
            return Told(say("consent-noted", to=_to(say, event)), event.consent)
        case events.ExpiryNoted():
            return Told(say("expiry-noted"), event.consent)
        case events.WithdrawalNoted():
            return Told(say("withdrawal-noted", did=event.did), event.consent)
        case _:
            raise TypeError(f"no words for {type(event).__name__}")


def _to(say: Saying, event: events.ConsentNoted) -> str:
    """Of a consent that was noted before classes were, it is not known which."""
    if event.recipient is not None:
        return event.recipient
    kind = event.recipient_class
    return say("the-kind", kind=say.codes([kind]) if kind else None)
