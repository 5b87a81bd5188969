"""What happened to a case. Stored names are for ever; a new meaning gets a new version."""

from datetime import datetime
from typing import ClassVar

from shared.codes import (
    AgeGroup,
    Area,
    Channel,
    ClosureKind,
    ConsentForm,
    ConsentGiver,
    DataCategory,
    ExploitationType,
    Gender,
    InterpreterMode,
    LanguageTag,
    Purpose,
    StatusDetermination,
)
from shared.contracts.acknowledgement import Acknowledgement
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


class ConsentGiven(Fact):
    stored_name: ClassVar[str] = "case.consent-given.v1"
    consent: str
    recipient: str
    purpose: Purpose
    categories: tuple[DataCategory, ...]
    giver: ConsentGiver
    form: ConsentForm
    language: LanguageTag
    interpreter: InterpreterMode
    valid_until: datetime


class ConsentRefused(Fact):
    stored_name: ClassVar[str] = "case.consent-refused.v1"
    recipient: str
    purpose: Purpose


class ConsentWithdrawn(Fact):
    stored_name: ClassVar[str] = "case.consent-withdrawn.v1"
    consent: str


class WithdrawalAcknowledged(Fact):
    """`holder` is the service that did what the withdrawal asks of it."""

    stored_name: ClassVar[str] = "case.withdrawal-acknowledged.v1"
    consent: str
    holder: str
    did: Acknowledgement


class IdentityRecorded(Fact):
    stored_name: ClassVar[str] = "case.identity-recorded.v1"
    identity: Protected[Identity] | None = None
    reach: Protected[Contact] | None = None


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
    """The custodian is now `custodian`; `referral` is the one that led there."""

    stored_name: ClassVar[str] = "case.custody-moved.v1"
    custodian: str
    referral: str


class ProgrammeClosureHeard(Fact):
    stored_name: ClassVar[str] = "case.programme-closure-heard.v1"
    organisation: str
    closure: ClosureKind


Event = (
    CaseOpened
    | ContactAdded
    | InformationGiven
    | ConsentGiven
    | ConsentRefused
    | ConsentWithdrawn
    | WithdrawalAcknowledged
    | IdentityRecorded
    | DossierDisclosed
    | StatusDetermined
    | CustodyMoved
    | ProgrammeClosureHeard
)
EVENTS: tuple[type[Fact], ...] = Event.__args__
