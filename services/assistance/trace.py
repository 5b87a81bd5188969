"""The facts of `assistance` in words, for the trace of a case."""

from functools import partial

from services.assistance import events
from services.assistance.notes.events import NotesDisclosed, OwnViewShown
from shared.runtime.facts import Fact
from shared.runtime.store import Store
from shared.runtime.trace import Told, TraceLine, trace
from shared.telling import Saying
from shared.words import FALLBACK

WORDS = "services.assistance.words"


def trace_of(store: Store, case: str, language: str = FALLBACK) -> list[TraceLine]:
    """Everything that happened in the programmes of a case, said in this language where there are
    words in it."""
    say = Saying(WORDS, language)
    return trace(store, [case], partial(_told, say), say.entry)


def _told(say: Saying, event: Fact) -> Told:
    match event:
        case events.ProgrammeOpened():
            where = {"organisation": event.organisation, "service": event.service}
            what = say("programme-opened", **where)
            return Told(what, event.consent)
        case events.PlanAgreed():
            plan = {"services": say.codes(event.services), "review_on": event.review_on}
            return Told(say("plan-agreed", **plan), event.consent)
        case events.ServiceDelivered():
            given = {"delivered_on": event.delivered_on, "service": event.service}
            return Told(say("service-delivered", **given), event.consent)
        case events.ProgrammeStopped():
            return Told(say("programme-stopped"), event.consent)
        case events.ProgrammeClosed():
            how = {"organisation": event.organisation, "closure": event.closure}
            return Told(say("programme-closed", **how))
        case _:
            return _of_consent(say, event)


def _of_consent(say: Saying, event: Fact) -> Told:
    match event:
        case events.ConsentNoted():
            return Told(say("consent-noted"), event.consent)
        case events.ExpiryNoted():
            return Told(say("expiry-noted"), event.consent)
        case events.ProgrammeFlagged():
            return Told(say("programme-flagged"), event.consent)
        case events.ProgrammeRenewed():
            return Told(say("programme-renewed"), event.consent)
        case _:
            return _ended(say, event)


def _ended(say: Saying, event: Fact) -> Told:
    match event:
        case events.WithdrawalNoted():
            return Told(say("withdrawal-noted", did=event.did), event.consent)
        case events.KeysDestroyed():
            return Told(say("keys-destroyed", keys=event.keys))
        case NotesDisclosed():
            of = say.codes(event.categories)
            what = say("notes-disclosed", recipient=event.recipient, categories=of)
            return Told(what, event.consent, shown=True)
        case OwnViewShown():
            return Told(say("own-view-shown"), shown=True)
        case _:
            raise TypeError(f"no words for {type(event).__name__}")
