"""The facts of `assistance` in words, for the trace of a case."""

from services.assistance import events
from services.assistance.notes.events import NotesDisclosed, OwnViewShown
from shared.runtime.facts import Fact
from shared.runtime.store import Store
from shared.runtime.trace import Told, TraceLine, trace


def trace_of(store: Store, case: str) -> list[TraceLine]:
    """Everything that happened in the programmes of a case."""
    return trace(store, [case], _told)


def _told(event: Fact) -> Told:
    match event:
        case events.ProgrammeOpened():
            what = f"programme opened at {event.organisation} ({event.service.label})"
            return Told(what, event.consent)
        case events.PlanAgreed():
            services = ", ".join(event.services)
            return Told(f"plan agreed: {services}; review on {event.review_on}", event.consent)
        case events.ServiceDelivered():
            what = f"service delivered on {event.delivered_on}: {event.service.label}"
            return Told(what, event.consent)
        case events.ProgrammeStopped():
            return Told("programme stopped: its consent was withdrawn", event.consent)
        case events.ProgrammeClosed():
            return Told(f"programme at {event.organisation} closed: {event.closure.label}")
        case _:
            return _of_consent(event)


def _of_consent(event: Fact) -> Told:
    match event:
        case events.ConsentNoted():
            return Told("heard of the consent", event.consent)
        case events.ExpiryNoted():
            return Told("heard that the consent ended in time", event.consent)
        case events.ProgrammeFlagged():
            what = "programme flagged: its consent ended in time, care goes on"
            return Told(what, event.consent)
        case events.ProgrammeRenewed():
            return Told("programme rests on a consent given anew", event.consent)
        case _:
            return _ended(event)


def _ended(event: Fact) -> Told:
    match event:
        case events.WithdrawalNoted():
            return Told(f"withdrawal acknowledged: {event.did}", event.consent)
        case events.KeysDestroyed():
            return Told(f"erased: {event.keys} keys destroyed, lists and messages cleaned")
        case NotesDisclosed():
            shown = ", ".join(event.categories)
            what = f"notes disclosed to {event.recipient}: {shown}"
            return Told(what, event.consent, shown=True)
        case OwnViewShown():
            return Told("everything held shown to the person themselves", shown=True)
        case _:
            raise TypeError(f"no words for {type(event).__name__}")
