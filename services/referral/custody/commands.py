"""What may be asked on a case's way. Those at the end are asked by timers and others' events."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from services.referral.directory.commands import OrganisationId
from shared.codes import DeclineReason, OrganisationKind, Purpose, ServiceType
from shared.runtime.facts import Request

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
OperatorId = Annotated[
    str,
    StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(description="An operator's id, as tokens name it. Never a name."),
]


class ProposeReferral(Request):
    """Ask for one service, on one consent, of one or more organisations. Nothing is sent yet."""

    service: ServiceType
    consent: Id = Field(description="A live consent that names one of the receivers.")
    receivers: Annotated[tuple[OrganisationId, ...], Field(min_length=1, max_length=20)]


class _OfReferral(Request):
    referral: Id


class SendReferral(_OfReferral):
    """Ask the receivers now; each has its service's answer time."""


class AcknowledgeReferral(_OfReferral):
    """The receiver has seen it."""


class AcceptReferral(_OfReferral):
    """The receiver takes the person, and one of its places with them."""


class DeclineReferral(_OfReferral):
    reason: DeclineReason


class WithdrawReferral(_OfReferral):
    """The sender takes it back."""


class ConfirmHandover(_OfReferral):
    """One side says that the person has arrived; custody moves when both have."""


class NameEscort(_OfReferral):
    """One side says who of its operators goes with the person."""

    operator: OperatorId


class ReleaseAddress(_OfReferral):
    """The escort asks where to go."""


class ExpireReferral(_OfReferral):
    receiver: str


class BeginRelay(Request):
    custodian: str


class NoteConsent(Request):
    consent: str
    recipient: str | None = None
    recipient_class: OrganisationKind | None = None
    purpose: Purpose
    valid_until: AwareDatetime


class NoteNarrowing(Request):
    consent: str
    recipient: str | None
    recipient_class: OrganisationKind | None
    valid_until: AwareDatetime


class StopForWithdrawal(Request):
    consent: str


class StopForExpiry(Request):
    consent: str


class ReturnPlace(_OfReferral):
    """The programme that this referral led to has closed."""


class DestroyKeys(Request):
    """Destroy what is held of the person; `erasure` is none where a restore had forgotten it."""

    case: str
    erasure: str | None = None


Command = (
    ProposeReferral
    | SendReferral
    | AcknowledgeReferral
    | AcceptReferral
    | DeclineReferral
    | WithdrawReferral
    | ConfirmHandover
    | NameEscort
    | ReleaseAddress
    | ExpireReferral
    | BeginRelay
    | NoteConsent
    | NoteNarrowing
    | StopForWithdrawal
    | StopForExpiry
    | ReturnPlace
    | DestroyKeys
)
