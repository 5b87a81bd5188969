"""The facts of `identification` in words, for the trace of a case."""

from collections.abc import Sequence

from services.identification.cases import events as cases
from services.identification.cases.emergency import events as emergency
from services.identification.cases.own_view.events import OwnViewShown
from services.identification.cases.queries import linked
from services.identification.contacts import events as contacts
from services.identification.duplicates import events as duplicates
from services.identification.receipts.events import ReceiptIssued
from shared.runtime.append import instant
from shared.runtime.facts import Fact
from shared.runtime.store import Store
from shared.runtime.trace import Told, TraceLine, trace


def trace_of(store: Store, case: str) -> list[TraceLine]:
    """Everything that happened to a case and its contacts here."""
    return trace(store, [*sorted(linked(store, case)), case], _told)


def _told(event: Fact) -> Told:
    match event:
        case cases.CaseOpened():
            return Told(f"case opened; custodian {event.organisation}")
        case cases.ContactAdded():
            return Told("a further contact added")
        case cases.InformationGiven():
            return Told(f"information given in {event.language} ({event.interpreter.label})")
        case _:
            return _of_consent(event)


def _of_consent(event: Fact) -> Told:
    match event:
        case cases.ConsentGiven():
            what = f"consent given to {_to(event)} for {event.purpose.label}"
            return Told(f"{what}: {_listed(event.categories)}", event.consent)
        case cases.ConsentRefused():
            return Told(f"consent to {_to(event)} refused ({event.purpose.label})")
        case cases.ConsentNarrowed():
            until = event.valid_until.date()
            what = f"consent narrowed to {_to(event)}: {_listed(event.categories)}, until {until}"
            return Told(what, event.consent)
        case cases.ConsentExpired():
            return Told("consent ended in time", event.consent)
        case cases.ConsentWithdrawn():
            return Told("consent withdrawn", event.consent)
        case ReceiptIssued():
            return Told("receipt of the consent issued", event.consent)
        case cases.WithdrawalAcknowledged():
            return Told(f"withdrawal acknowledged by {event.holder}: {event.did}", event.consent)
        case _:
            return _of_holders(event)


def _of_holders(event: Fact) -> Told:
    match event:
        case cases.AcknowledgementAsked():
            read = f"had read {_listed(event.read)}" if event.read else "had seen codes only"
            until = f"{event.answer_by:%Y-%m-%d %H:%M}"
            what = f"{event.organisation} {read}; it is to acknowledge by {until}"
            return Told(what, event.consent)
        case cases.HolderAcknowledged():
            did = _listed([action.label.lower() for action in event.did])
            return Told(f"{event.organisation} acknowledged: {did}", event.consent)
        case cases.AlarmRaised():
            return Told(f"alarm for the coordinator: {event.kind}", event.about[:32])
        case cases.AlarmSettled():
            return Told(f"alarm settled: {event.kind}", event.about[:32])
        case _:
            return _further(event)


def _further(event: Fact) -> Told:
    match event:
        case contacts.ContactReported():
            return Told(f"contact reported ({event.channel.label})")
        case contacts.ContactLinked():
            return Told("contact linked to the case")
        case cases.IdentityRecorded():
            return Told("identity recorded (sealed)")
        case cases.DossierDisclosed():
            what = f"disclosed to {event.recipient}: {_listed(event.categories)}"
            return Told(what, event.consent, shown=True)
        case cases.StatusDetermined():
            return Told(f"status determined: {event.status.label}")
        case cases.CustodyMoved():
            return Told(f"custody moved to {event.custodian}")
        case cases.ProgrammeClosureHeard():
            return Told(f"programme at {event.organisation} closed: {event.closure.label}")
        case _:
            return _erased(event)


def _erased(event: Fact) -> Told:
    match event:
        case cases.ErasureRequested():
            why = event.ground.label if event.ground else "made again after a restore"
            return Told(f"erasure requested ({why})")
        case cases.KeysDestroyed():
            return Told(f"erased: {event.keys} keys destroyed, lists and messages cleaned")
        case cases.ErasureAttested():
            return Told(f"erasure attested by {event.service}: {event.keys} keys destroyed")
        case cases.ErasureOverdue():
            return Told(f"erasure not attested in time by {_listed(event.missing)}")
        case cases.ErasureCompleted():
            return Told("erasure completed: every service has attested")
        case duplicates.DuplicatesSought():
            by = _listed(event.by)
            return Told(f"possible duplicates sought by {by}: {len(event.found)} candidates")
        case duplicates.CandidateJudged():
            return Told(f"a candidate judged: {event.judgement} person")
        case _:
            return _shown_without_consent(event)


def _shown_without_consent(event: Fact) -> Told:
    match event:
        case emergency.EmergencyOpened():
            until = instant(event.ends_at)
            return Told(f"emergency opened by {event.operator}, until {until}")
        case emergency.EmergencyLooked():
            what = f"looked in an emergency, without consent: {_listed(event.fields)}"
            return Told(what, shown=True)
        case emergency.EmergencyReviewed():
            return Told(f"emergency reviewed: {event.verdict}")
        case emergency.EmergencyReviewOverdue():
            return Told("emergency not reviewed in time")
        case OwnViewShown():
            what = f"everything held shown to the person themselves, in {event.language}"
            return Told(what, shown=True)
        case _:
            raise TypeError(f"no words for {type(event).__name__}")


def _to(event: cases.ConsentGiven | cases.ConsentRefused | cases.ConsentNarrowed) -> str:
    if event.recipient_class is None:
        return str(event.recipient)
    return f"any organisation of the kind {event.recipient_class.label}"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
