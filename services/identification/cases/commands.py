"""What may be asked about a case. Those at the end are asked by other services' events only."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from services.identification.cases.emergency.commands import OfEmergency
from shared.codes import (
    AgeGroup,
    Area,
    ClosureKind,
    ConsentForm,
    ConsentGiver,
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
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Request
from shared.trust.protected import Personal

ContactId = Annotated[str, StringConstraints(pattern=r"^contact-[0-9a-f]{32}$")]
ConsentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
OrganisationId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
]
Categories = Annotated[tuple[DataCategory, ...], Field(min_length=1, max_length=4)]


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


class GiveConsent(Request):
    """The person allows one organisation one purpose, for some categories of data, for a time."""

    recipient: OrganisationId
    purpose: Purpose
    categories: Categories
    giver: ConsentGiver
    form: ConsentForm
    language: LanguageTag
    interpreter: InterpreterMode
    met_with_the_person: bool
    valid_until: AwareDatetime


class RefuseConsent(Request):
    recipient: OrganisationId
    purpose: Purpose


class WithdrawConsent(Request):
    consent: ConsentId


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
    consent: str
    holder: str
    did: Acknowledgement


class NoteProgrammeClosure(Request):
    organisation: str
    closure: ClosureKind


OfErasure = RequestErasure | DestroyKeys | NoteAttestation | CheckAttestations | RepeatErasure
Command = (
    OfErasure
    | OfEmergency
    | OpenCase
    | LinkContact
    | GiveInformation
    | GiveConsent
    | RefuseConsent
    | WithdrawConsent
    | RecordIdentity
    | DiscloseDossier
    | DetermineStatus
    | RegainWithdrawal
    | NoteCustody
    | NoteAcknowledgement
    | NoteProgrammeClosure
)
