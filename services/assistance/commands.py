"""What may be asked about a programme. Those at the end are asked by other services' events only.

A programme is found by the address of a request, so that each body has a form without it.
"""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from services.assistance.notes.commands import OfNotes
from shared.codes import ClosureKind, DataCategory, OrganisationKind, Purpose, ServiceType
from shared.runtime.facts import Request
from shared.trust.protected import Personal

ReferralId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Services = Annotated[tuple[ServiceType, ...], Field(min_length=1, max_length=len(ServiceType))]


class Plan(Request):
    """Which services the programme delivers, and when the plan is looked at again."""

    services: Services
    review_on: date = Field(description="The day of the review, not in the past.")
    goals: Personal | None = Field(None, description="In the person's words. Kept encrypted.")


class Delivery(Request):
    """One service, delivered on one day."""

    service: ServiceType = Field(description="One of the agreed plan.")
    delivered_on: date = Field(description="The day, not in the future.")
    note: Personal | None = Field(
        None, description="Kept encrypted; as health data where the service is one of health."
    )


class Closing(Request):
    """How the programme ended: described, never scored."""

    closure: ClosureKind
    note: Personal | None = Field(None, description="Kept encrypted.")


class AgreePlan(Plan):
    referral: ReferralId


class DeliverService(Delivery):
    referral: ReferralId


class CloseProgramme(Closing):
    referral: ReferralId


class OpenProgramme(Request):
    """The person has arrived at `organisation`."""

    referral: str
    consent: str
    service: ServiceType
    organisation: str


class StopForWithdrawal(Request):
    consent: str


class NoteConsent(Request):
    consent: str
    recipient: str | None = None
    purpose: Purpose
    valid_until: AwareDatetime
    categories: tuple[DataCategory, ...] = ()
    recipient_class: OrganisationKind | None = None


class NoteNarrowing(Request):
    """What remains of a consent; `recipient` is None where that is still a class."""

    consent: str
    recipient: str | None
    valid_until: AwareDatetime
    categories: tuple[DataCategory, ...] = ()
    recipient_class: OrganisationKind | None = None


class FlagForExpiry(Request):
    consent: str


class DestroyKeys(Request):
    """Destroy what is held of the person; `erasure` is none where a restore had forgotten it."""

    case: str
    erasure: str | None = None


ByItsOrganisation = AgreePlan | DeliverService | CloseProgramme
OfConsent = StopForWithdrawal | NoteConsent | NoteNarrowing | FlagForExpiry
Command = ByItsOrganisation | OpenProgramme | OfConsent | DestroyKeys | OfNotes
