"""What `referral` publishes."""

from typing import ClassVar

from pydantic import Field

from shared.codes import OrganisationKind, ServiceType
from shared.contracts.acknowledgement import Acknowledgement
from shared.contracts.envelope import Contract
from shared.contracts.erasure import KeysCount
from shared.contracts.ids import CaseId, ConsentId, ErasureId, OrganisationId, ReferralId


class HandoverCompleted(Contract):
    """Both sides confirmed: custody of the case has moved from `sender` to `receiver`."""

    type: ClassVar[str] = "org.staffetta.referral.handover-completed.v1"
    case: CaseId
    referral: ReferralId
    consent: ConsentId
    service: ServiceType
    sender: OrganisationId
    receiver: OrganisationId


class WithdrawalAcknowledged(Contract):
    """`referral` has done what a withdrawal of this consent asks of it. `organisations` received
    something there under it, and answer for themselves."""

    type: ClassVar[str] = "org.staffetta.referral.withdrawal-acknowledged.v1"
    case: CaseId
    consent: ConsentId
    did: Acknowledgement
    organisations: tuple[OrganisationId, ...] = Field(
        (), description="Those that had received something under the consent."
    )


class OrganisationRegistered(Contract):
    """The directory has an organisation of this kind. Its message is keyed by the organisation."""

    type: ClassVar[str] = "org.staffetta.referral.organisation-registered.v1"
    organisation: OrganisationId
    kind: OrganisationKind


class KeysDestroyed(Contract):
    """`referral` holds nothing any more that could be opened of this person."""

    type: ClassVar[str] = "org.staffetta.referral.keys-destroyed.v1"
    case: CaseId
    erasure: ErasureId
    keys: KeysCount


CONTRACTS: tuple[type[Contract], ...] = (
    HandoverCompleted,
    WithdrawalAcknowledged,
    OrganisationRegistered,
    KeysDestroyed,
)
