"""What happened to a case. Stored names are for ever; a new meaning gets a new version."""

from datetime import date, datetime
from typing import ClassVar

from services.identification.cases.consent_events import (
    AcknowledgementAsked,
    AlarmRaised,
    AlarmSettled,
    ConsentExpired,
    ConsentGiven,
    ConsentNarrowed,
    ConsentRefused,
    ConsentWithdrawn,
    HolderAcknowledged,
    WithdrawalAcknowledged,
)
from services.identification.cases.emergency import events as emergency
from services.identification.cases.own_view import events as own_view
from services.identification.duplicates.events import CandidateJudged, DuplicatesSought
from services.identification.receipts.events import ReceiptIssued
from shared.codes import (
    AgeGroup,
    Area,
    Channel,
    ClosureKind,
    DataCategory,
    ErasureGround,
    ExploitationType,
    Gender,
    InterpreterMode,
    LanguageTag,
    Purpose,
    ServiceType,
    StatusDetermination,
)
from shared.runtime.facts import Fact
from shared.trust.protected import Contact, Identity, Protected


class CaseOpened(Fact):
    """`month` is YYYY-MM of the first contact; `citizenship` ISO 3166-1 alpha-2, XS or XX."""

    stored_name: ClassVar[str] = "case.opened.v1"
    case: str
    organisation: str
    contact: str
    channel: Channel
    month: str
    area: Area
    exploitation: tuple[ExploitationType, ...]
    age_group: AgeGroup
    gender: Gender
    citizenship: str


class ContactAdded(Fact):
    stored_name: ClassVar[str] = "case.contact-added.v1"
    contact: str


class InformationGiven(Fact):
    stored_name: ClassVar[str] = "case.information-given.v1"
    language: LanguageTag
    interpreter: InterpreterMode
    leaflet: str


class IdentityRecorded(Fact):
    """`telephone_region`: where a number without its country's code was from, if that was known."""

    stored_name: ClassVar[str] = "case.identity-recorded.v1"
    identity: Protected[Identity] | None = None
    reach: Protected[Contact] | None = None
    telephone_region: str | None = None


class DossierDisclosed(Fact):
    stored_name: ClassVar[str] = "case.dossier-disclosed.v1"
    disclosure: str
    recipient: str
    consent: str
    purpose: Purpose
    categories: tuple[DataCategory, ...]


class StatusDetermined(Fact):
    stored_name: ClassVar[str] = "case.status-determined.v1"
    status: StatusDetermination


class CustodyMoved(Fact):
    """The custodian is now `custodian`; `referral` is the one that led there. `service`: what for,
    unknown of those heard before it was told."""

    stored_name: ClassVar[str] = "case.custody-moved.v1"
    custodian: str
    referral: str
    service: ServiceType | None = None


class ProgrammeClosureHeard(Fact):
    stored_name: ClassVar[str] = "case.programme-closure-heard.v1"
    organisation: str
    closure: ClosureKind
    heard_on: date | None = None


class ErasureRequested(Fact):
    """The person is to be forgotten. `ground` is unknown where a restore had forgotten the request,
    and it is made again; `streams`: all of the person's here, the case's own first."""

    stored_name: ClassVar[str] = "case.erasure-requested.v1"
    erasure: str
    ground: ErasureGround | None
    custodian: str
    streams: tuple[str, ...]
    attest_by: datetime


class KeysDestroyed(Fact):
    """Nothing of the person opens here any more. `streams`: those whose keys are destroyed; `keys`:
    under how many something had been sealed; `erasure`: the request."""

    stored_name: ClassVar[str] = "erasure.keys-destroyed.v1"
    erasure: str | None
    streams: tuple[str, ...]
    keys: int


class ErasureAttested(Fact):
    """A service, this one or another, has destroyed what it held: under so many keys."""

    stored_name: ClassVar[str] = "case.erasure-attested.v1"
    erasure: str
    service: str
    keys: int


class ErasureOverdue(Fact):
    """These services had not attested in time: somebody must look why."""

    stored_name: ClassVar[str] = "case.erasure-overdue.v1"
    erasure: str
    missing: tuple[str, ...]


class ErasureCompleted(Fact):
    """Every service has attested."""

    stored_name: ClassVar[str] = "case.erasure-completed.v1"
    erasure: str


Event = (
    CaseOpened
    | ContactAdded
    | InformationGiven
    | ConsentGiven
    | ConsentRefused
    | ConsentNarrowed
    | ConsentExpired
    | ConsentWithdrawn
    | WithdrawalAcknowledged
    | AcknowledgementAsked
    | HolderAcknowledged
    | AlarmRaised
    | AlarmSettled
    | ReceiptIssued
    | IdentityRecorded
    | DossierDisclosed
    | StatusDetermined
    | CustodyMoved
    | ProgrammeClosureHeard
    | ErasureRequested
    | KeysDestroyed
    | ErasureAttested
    | ErasureOverdue
    | ErasureCompleted
    | DuplicatesSought
    | CandidateJudged
    | emergency.EmergencyOpened
    | emergency.EmergencyLooked
    | emergency.EmergencyReviewed
    | emergency.EmergencyReviewOverdue
    | own_view.OwnViewShown
)
EVENTS: tuple[type[Fact], ...] = Event.__args__

__all__ = [
    "EVENTS",
    "AcknowledgementAsked",
    "AlarmRaised",
    "AlarmSettled",
    "CaseOpened",
    "ConsentExpired",
    "ConsentGiven",
    "ConsentNarrowed",
    "ConsentRefused",
    "ConsentWithdrawn",
    "ContactAdded",
    "CustodyMoved",
    "DossierDisclosed",
    "ErasureAttested",
    "ErasureCompleted",
    "ErasureOverdue",
    "ErasureRequested",
    "Event",
    "HolderAcknowledged",
    "IdentityRecorded",
    "InformationGiven",
    "KeysDestroyed",
    "ProgrammeClosureHeard",
    "StatusDetermined",
    "WithdrawalAcknowledged",
]
