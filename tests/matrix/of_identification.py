"""The commands of `identification`, each in every situation."""

from collections.abc import Callable, Mapping, Sequence

from pydantic import SecretStr

from services.identification.cases import commands, events
from services.identification.cases.decide import CASES
from services.identification.cases.emergency.commands import (
    LookInEmergency,
    OpenEmergency,
    ReviewEmergency,
)
from services.identification.cases.emergency.events import EmergencyOpened
from services.identification.cases.emergency.fields import EmergencyField, EmergencyVerdict
from services.identification.cases.own_view.commands import ShowOwnView
from services.identification.contacts.decide import CONTACTS
from services.identification.duplicates.commands import (
    JudgeCandidate,
    SeekDuplicates,
    SetMatching,
)
from services.identification.duplicates.events import DuplicatesSought, Judgement
from services.identification.duplicates.likeness import Likeness
from services.identification.duplicates.setting import MATCHING
from services.identification.network.commands import SetTerms
from services.identification.network.decide import NETWORK
from services.identification.receipts.commands import IssueReceipt
from services.identification.retention.commands import SetRetention
from services.identification.retention.decide import RETENTION
from shared.codes import ConsentEnd, DataCategory, ErasureGround, HolderAction, InterpreterMode
from shared.runtime.facts import Fact, Request
from shared.trust.protected import Narrative, Protected
from tests.identification.given import (
    CONSENT,
    CONSENT_TO_SHELTER,
    DETERMINE,
    DISCLOSE,
    GIVEN,
    IDENTIFY,
    INFORM,
    INFORMED,
    KNOWN,
    LINK,
    NEXT_MONTH,
    OPEN,
    OPENED,
    REFUSE,
    REPORT,
    WITHDRAW,
)
from tests.matrix.situations import OPERATOR, OURS, SOMEBODY, THEIRS, Asked, Situation
from tests.support.decisions import FRESH, NOW

WHY, CANDIDATE = SecretStr("she called: he is at the door"), "1" * 32
FEWER = commands.NarrowConsent(consent=CONSENT, categories=(DataCategory.IDENTITY,))
ACKNOWLEDGE = commands.AcknowledgeWithdrawal(consent=CONSENT, did=(HolderAction.NOTHING_HELD,))
ERASE = commands.RequestErasure(ground=ErasureGround.CONSENT_WITHDRAWN)
SOUGHT = DuplicatesSought(by=(Likeness.TELEPHONE,), found=(CANDIDATE,))


def a_case(situation: Situation) -> list[Fact]:
    consent = GIVEN.model_copy(update={"recipient": situation.recipient})
    opened = OPENED.model_copy(update={"organisation": situation.custodian})
    return [opened, INFORMED, consent]


def an_emergency(situation: Situation) -> EmergencyOpened:
    """Own: who asks has opened it."""
    ours = situation is Situation.OWN
    return EmergencyOpened(
        emergency=FRESH,
        operator=OPERATOR if ours else SOMEBODY,
        organisation=OURS if ours else THEIRS,
        custodian=situation.custodian,
        reason=Protected[Narrative](clear=WHY),
        ends_at=NEXT_MONTH,
        review_by=NEXT_MONTH,
        proof=None,
    )


def asked_about_its_end(situation: Situation) -> Fact:
    return events.AcknowledgementAsked(
        consent=CONSENT,
        organisation=situation.recipient,
        end=ConsentEnd.WITHDRAWN,
        read=(),
        answer_by=NOW,
    )


Further = Callable[[Situation], Sequence[Fact]]


def _nothing(_situation: Situation) -> Sequence[Fact]:
    return ()


def _on_a_case(command: Request, further: Further = _nothing) -> Callable[[Situation], Asked]:
    return lambda situation: Asked(
        CASES, [*a_case(situation), *further(situation)], command, beside=KNOWN
    )


def _running(situation: Situation) -> Sequence[Fact]:
    return (an_emergency(situation),)


LOOK = LookInEmergency(emergency=FRESH, fields=(EmergencyField.NAME,))
REVIEW = ReviewEmergency(emergency=FRESH, verdict=EmergencyVerdict.JUSTIFIED)
JUDGE = JudgeCandidate(candidate=CANDIDATE, judgement=Judgement.DIFFERENT)
OWN_VIEW = ShowOwnView(
    language="sq", interpreter=InterpreterMode.CULTURAL_MEDIATOR, met_with_the_person=False
)
COMMANDS: Mapping[str, Callable[[Situation], Asked]] = {
    "ReportContact": lambda _: Asked(CONTACTS, (), REPORT),
    "OpenCase": lambda _: Asked(CASES, (), OPEN, beside=KNOWN),
    "LinkContact": _on_a_case(LINK),
    "GiveInformation": _on_a_case(INFORM),
    "GiveConsent": _on_a_case(CONSENT_TO_SHELTER),
    "RefuseConsent": _on_a_case(REFUSE),
    "NarrowConsent": _on_a_case(FEWER),
    "WithdrawConsent": _on_a_case(WITHDRAW),
    "AcknowledgeWithdrawal": _on_a_case(ACKNOWLEDGE, lambda each: (asked_about_its_end(each),)),
    "IssueReceipt": _on_a_case(IssueReceipt(consent=CONSENT, verifier="v")),
    "RecordIdentity": _on_a_case(IDENTIFY),
    "DiscloseDossier": _on_a_case(DISCLOSE),
    "DetermineStatus": _on_a_case(DETERMINE),
    "RequestErasure": _on_a_case(ERASE),
    "SeekDuplicates": _on_a_case(SeekDuplicates(by=(Likeness.TELEPHONE,))),
    "JudgeCandidate": _on_a_case(JUDGE, lambda _: (SOUGHT,)),
    "OpenEmergency": _on_a_case(OpenEmergency(reason=WHY)),
    "LookInEmergency": _on_a_case(LOOK, _running),
    "ReviewEmergency": _on_a_case(REVIEW, _running),
    "ShowOwnView": _on_a_case(OWN_VIEW),
    "SetRetention": lambda _: Asked(RETENTION, (), SetRetention()),
    "SetTerms": lambda _: Asked(NETWORK, (), SetTerms(acknowledge_within_hours=1)),
    "SetMatching": lambda _: Asked(MATCHING, (), SetMatching(telephone_region="IT")),
}
