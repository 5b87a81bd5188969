"""The facts of `identification` in words, for the trace of a case."""

from functools import partial

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
from shared.telling import Saying
from shared.words import FALLBACK

WORDS = "services.identification.words"


def trace_of(store: Store, case: str, language: str = FALLBACK) -> list[TraceLine]:
    """Everything that happened to a case and its contacts here, said in this language where there
    are words in it."""
    say, streams = Saying(WORDS, language), [*sorted(linked(store, case)), case]
    return trace(store, streams, partial(_told, say), say.entry)


def _told(say: Saying, event: Fact) -> Told:
    match event:
        case cases.CaseOpened():
            return Told(say("case-opened", custodian=event.organisation))
        case cases.ContactAdded():
            return Told(say("contact-added"))
        case cases.InformationGiven():
            how = {"language": event.language, "interpreter": event.interpreter}
            return Told(say("information-given", **how))
        case _:
            return _of_consent(say, event)


def _of_consent(say: Saying, event: Fact) -> Told:
    match event:
        case cases.ConsentGiven():
            of = say.codes(event.categories)
            what = say("consent-given", to=_to(say, event), purpose=event.purpose, categories=of)
            return Told(what, event.consent)
        case cases.ConsentRefused():
            return Told(say("consent-refused", to=_to(say, event), purpose=event.purpose))
        case cases.ConsentNarrowed():
            left = {"categories": say.codes(event.categories), "until": event.valid_until.date()}
            return Told(say("consent-narrowed", to=_to(say, event), **left), event.consent)
        case cases.ConsentExpired():
            return Told(say("consent-expired"), event.consent)
        case cases.ConsentWithdrawn():
            return Told(say("consent-withdrawn"), event.consent)
        case ReceiptIssued():
            return Told(say("receipt-issued"), event.consent)
        case cases.WithdrawalAcknowledged():
            what = say("withdrawal-acknowledged", holder=event.holder, did=event.did)
            return Told(what, event.consent)
        case _:
            return _of_holders(say, event)


def _of_holders(say: Saying, event: Fact) -> Told:
    match event:
        case cases.AcknowledgementAsked():
            asked = {"until": f"{event.answer_by:%Y-%m-%d %H:%M}", "read": say.codes(event.read)}
            name = "asked-who-read" if event.read else "asked-who-saw-codes"
            return Told(say(name, organisation=event.organisation, **asked), event.consent)
        case cases.HolderAcknowledged():
            did = say.labels(event.did)
            what = say("holder-acknowledged", organisation=event.organisation, did=did)
            return Told(what, event.consent)
        case cases.AlarmRaised():
            return Told(say("alarm-raised", kind=event.kind), event.about[:32])
        case cases.AlarmSettled():
            return Told(say("alarm-settled", kind=event.kind), event.about[:32])
        case _:
            return _further(say, event)


def _further(say: Saying, event: Fact) -> Told:
    match event:
        case contacts.ContactReported():
            return Told(say("contact-reported", channel=event.channel))
        case contacts.ContactLinked():
            return Told(say("contact-linked"))
        case cases.IdentityRecorded():
            return Told(say("identity-recorded"))
        case cases.DossierDisclosed():
            of = say.codes(event.categories)
            what = say("dossier-disclosed", recipient=event.recipient, categories=of)
            return Told(what, event.consent, shown=True)
        case cases.StatusDetermined():
            return Told(say("status-determined", status=event.status))
        case cases.CustodyMoved():
            return Told(say("custody-moved", custodian=event.custodian))
        case cases.ProgrammeClosureHeard():
            how = {"organisation": event.organisation, "closure": event.closure}
            return Told(say("programme-closed", **how))
        case _:
            return _erased(say, event)


def _erased(say: Saying, event: Fact) -> Told:
    match event:
        case cases.ErasureRequested():
            return Told(say("erasure-requested", why=event.ground or say("made-again")))
        case cases.KeysDestroyed():
            return Told(say("keys-destroyed", keys=event.keys))
        case cases.ErasureAttested():
            return Told(say("erasure-attested", service=event.service, keys=event.keys))
        case cases.ErasureOverdue():
            return Told(say("erasure-overdue", missing=", ".join(event.missing)))
        case cases.ErasureCompleted():
            return Told(say("erasure-completed"))
        case duplicates.DuplicatesSought():
            by = ", ".join(say.code(likeness) for likeness in event.by)
            return Told(say("duplicates-sought", by=by, found=len(event.found)))
        case duplicates.CandidateJudged():
            return Told(say("candidate-judged", judgement=event.judgement))
        case _:
            return _shown_without_consent(say, event)


def _shown_without_consent(say: Saying, event: Fact) -> Told:
    match event:
        case emergency.EmergencyOpened():
            until = instant(event.ends_at)
            return Told(say("emergency-opened", operator=event.operator, until=until))
        case emergency.EmergencyLooked():
            fields = ", ".join(say.code(field) for field in event.fields)
            return Told(say("emergency-looked", fields=fields), shown=True)
        case emergency.EmergencyReviewed():
            return Told(say("emergency-reviewed", verdict=event.verdict))
        case emergency.EmergencyReviewOverdue():
            return Told(say("emergency-overdue"))
        case OwnViewShown():
            return Told(say("own-view-shown", language=event.language), shown=True)
        case _:
            raise TypeError(f"no words for {type(event).__name__}")


def _to(
    say: Saying, event: cases.ConsentGiven | cases.ConsentRefused | cases.ConsentNarrowed
) -> str:
    if event.recipient_class is None:
        return str(event.recipient)
    return say("any-of-kind", kind=event.recipient_class)
