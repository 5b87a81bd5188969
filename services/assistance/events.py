"""What happened in a case's programmes. Stored names are for ever; a new meaning gets a new
version."""

from datetime import date, datetime
from typing import ClassVar

from services.assistance.notes import events as notes
from shared.codes import ClosureKind, DataCategory, OrganisationKind, Purpose, ServiceType
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Fact
from shared.trust.protected import Health, Narrative, Protected


class ProgrammeOpened(Fact):
    """The handover of `referral` put the person into the care of `organisation`."""

    stored_name: ClassVar[str] = "programme.opened.v1"
    referral: str
    consent: str
    organisation: str
    service: ServiceType


class PlanAgreed(Fact):
    """What the person and the organisation agreed on; it takes the place of an earlier plan."""

    stored_name: ClassVar[str] = "programme.plan-agreed.v1"
    referral: str
    consent: str
    services: tuple[ServiceType, ...]
    review_on: date
    goals: Protected[Narrative] | None = None


class ServiceDelivered(Fact):
    """`delivered_on` is the local day. The kind of service says which of the notes may be there."""

    stored_name: ClassVar[str] = "programme.service-delivered.v1"
    delivery: str
    referral: str
    consent: str
    service: ServiceType
    delivered_on: date
    note: Protected[Narrative] | None = None
    health_note: Protected[Health] | None = None


class ProgrammeStopped(Fact):
    """The consent it rests on was withdrawn: nothing more is done, and it is still to be closed."""

    stored_name: ClassVar[str] = "programme.stopped.v1"
    referral: str
    consent: str


class ProgrammeClosed(Fact):
    """How it ended, described and never scored."""

    stored_name: ClassVar[str] = "programme.closed.v1"
    referral: str
    organisation: str
    closure: ClosureKind
    note: Protected[Narrative] | None = None


class WithdrawalNoted(Fact):
    """A withdrawal was heard, and what it stopped here. `organisations` ran a programme on it."""

    stored_name: ClassVar[str] = "programme.withdrawal-noted.v1"
    consent: str
    did: Acknowledgement
    organisations: tuple[str, ...] = ()


class ConsentNoted(Fact):
    """A consent was heard of, or what remains of it: where it names one organisation, a programme
    there can rest on it. `recipient` is None where it names a class of them; of those noted before
    classes were, which class is unknown (None)."""

    stored_name: ClassVar[str] = "programme.consent-noted.v1"
    consent: str
    recipient: str | None
    purpose: Purpose
    valid_until: datetime
    categories: tuple[DataCategory, ...] = ()
    recipient_class: OrganisationKind | None = None


class ExpiryNoted(Fact):
    """The consent's time has come to an end."""

    stored_name: ClassVar[str] = "programme.expiry-noted.v1"
    consent: str


class ProgrammeFlagged(Fact):
    """Its consent ended in time: care goes on, nothing new is agreed, the person is to be asked."""

    stored_name: ClassVar[str] = "programme.flagged.v1"
    referral: str
    consent: str


class ProgrammeRenewed(Fact):
    """The person was asked again: it rests on `consent` now."""

    stored_name: ClassVar[str] = "programme.renewed.v1"
    referral: str
    consent: str


class KeysDestroyed(Fact):
    """Nothing of the person opens here any more. `streams`: those whose keys are destroyed; `keys`:
    under how many something had been sealed; `erasure`: the request, or none where a restore had
    forgotten the destruction and it was done again before the request was heard."""

    stored_name: ClassVar[str] = "erasure.keys-destroyed.v1"
    erasure: str | None
    streams: tuple[str, ...]
    keys: int


Event = (
    ProgrammeOpened
    | PlanAgreed
    | ServiceDelivered
    | ProgrammeStopped
    | ProgrammeClosed
    | WithdrawalNoted
    | ConsentNoted
    | ExpiryNoted
    | ProgrammeFlagged
    | ProgrammeRenewed
    | KeysDestroyed
    | notes.OwnViewShown
    | notes.NotesDisclosed
)
EVENTS: tuple[type[Fact], ...] = Event.__args__
