"""What may be asked about a case. Those at the end are asked by other services' events and
by timers only."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from services.identification.cases.emergency.commands import OfEmergency
from services.identification.cases.fields import (
    Categories,
    ConsentId,
    ContactId,
    OperatorId,
    OrganisationId,
    Sha256,
)
from services.identification.cases.own_view.commands import ShowOwnView
from services.identification.duplicates.commands import OfDuplicates
from services.identification.receipts.commands import IssueReceipt
from shared.codes import (
    AgeGroup,
    Area,
    ClosureKind,
    ConsentEnd,
    ConsentForm,
    ConsentGiver,
    ErasureGround,
    ExploitationType,
    Gender,
    HolderAction,
    InterpreterMode,
    LanguageTag,
    OrganisationKind,
    Purpose,
    ServiceType,
    StatusDetermination,
)
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Request
from shared.trust.protected import Personal


class OpenCase(Request):
    """Open the case of a person whom a contact told of, in codes only."""

    contact: ContactId
    area: Area
    exploitation: Annotated[tuple[ExploitationType, ...], Field(min_length=1, max_length=11)]
    age_group: AgeGroup
    gender: Gender
    citizenship: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(
        description="ISO 3166-1 alpha-2; XS for stateless, XX for unknown."
    )


class LinkContact(Request):
    """A further contact of the same person."""

    contact: ContactId


class GiveInformation(Request):
    """The person was told about rights and help, in a language they understand."""

    language: LanguageTag
    interpreter: InterpreterMode
    met_with_the_person: bool = Field(
        description="Whether the interpreter was found together with the person."
    )
    leaflet: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,40}$")] = Field(
        description="The version of the information leaflet."
    )


class _ToRecipient(Request):
    recipient: OrganisationId | None = Field(None, description="One organisation; or a class.")
    recipient_class: OrganisationKind | None = Field(
        None, description="Every organisation of this kind in the network's directory."
    )
    purpose: Purpose


class GiveConsent(_ToRecipient):
    """The person allows one organisation, or one class of them, one purpose, for some categories
    of data, for a time."""

    categories: Categories
    giver: ConsentGiver
    assent: bool | None = Field(None, description="The child's own, where a guardian consents.")
    form: ConsentForm
    witness: OperatorId | None = Field(
        None, description="Who heard a spoken consent beside whoever records it: an operator's id."
    )
    signed_file: Sha256 | None = Field(
        None, description="The SHA-256 hash of the signed file, in hexadecimal."
    )
    language: LanguageTag
    interpreter: InterpreterMode
    met_with_the_person: bool
    valid_until: AwareDatetime


class RefuseConsent(_ToRecipient):
    """The person said no."""


class NarrowConsent(Request):
    """Less than was agreed: fewer categories, an earlier end, one organisation of the class."""

    consent: ConsentId
    categories: Categories | None = Field(None, description="Those that remain.")
    valid_until: AwareDatetime | None = Field(None, description="The earlier end.")
    recipient: OrganisationId | None = Field(None, description="The one of the class.")


class WithdrawConsent(Request):
    consent: ConsentId


class AcknowledgeWithdrawal(Request):
    """Say for your organisation what it did about what it had received under a consent."""

    consent: ConsentId
    did: Annotated[tuple[HolderAction, ...], Field(min_length=1, max_length=4)]


class RecordIdentity(Request):
    """Who the person is and how to reach them. Kept encrypted, shown by disclosure only."""

    name: Personal | None = None
    birth_date: Personal | None = None
    documents: Personal | None = None
    reach: Personal | None = None


class DiscloseDossier(Request):
    """Ask to see these categories of data, for this purpose, for your organisation."""

    purpose: Purpose
    categories: Categories


class DetermineStatus(Request):
    status: StatusDetermination


class RequestErasure(Request):
    """The person asks to be forgotten, or a law does: everywhere, for good."""

    ground: ErasureGround


class DestroyKeys(Request):
    """Of all the person's streams here; the request is durable by then."""

    erasure: str


class NoteAttestation(Request):
    """Another service has destroyed what it held."""

    erasure: str
    service: str
    keys: int


class CheckAttestations(Request):
    """The time to attest is over."""

    erasure: str


class RepeatErasure(Request):
    """A restore forgot it: others remember the request, or the key store the destruction."""

    erasure: str | None = None


class RegainWithdrawal(Request):
    """Withdraw again what this service forgot in a restore, and others remember."""

    consent: str


class NoteCustody(Request):
    custodian: str
    referral: str
    service: ServiceType | None = None


class NoteAcknowledgement(Request):
    """A service did what the withdrawal asks of it; `organisations` received something there."""

    consent: str
    holder: str
    did: Acknowledgement
    organisations: tuple[str, ...] = ()


class ExpireConsent(Request):
    """The timer's: the consent's time has come to an end."""

    consent: str


class WarnOfExpiry(Request):
    """The timer's: the consent's time is about to come to an end."""

    consent: str


class EscalateAcknowledgement(Request):
    """The timer's: an organisation's time to acknowledge has passed."""

    consent: str
    organisation: str
    end: ConsentEnd


class NoteProgrammeClosure(Request):
    organisation: str
    closure: ClosureKind


OfErasure = RequestErasure | DestroyKeys | NoteAttestation | CheckAttestations | RepeatErasure
Command = (
    OfErasure
    | OfDuplicates
    | OfEmergency
    | ShowOwnView
    | OpenCase
    | LinkContact
    | GiveInformation
    | GiveConsent
    | RefuseConsent
    | NarrowConsent
    | WithdrawConsent
    | AcknowledgeWithdrawal
    | IssueReceipt
    | RecordIdentity
    | DiscloseDossier
    | DetermineStatus
    | RegainWithdrawal
    | NoteCustody
    | NoteAcknowledgement
    | NoteProgrammeClosure
    | ExpireConsent
    | WarnOfExpiry
    | EscalateAcknowledgement
)
