"""What `assistance` publishes."""

from typing import ClassVar

from pydantic import Field

from shared.codes import ClosureKind
from shared.contracts.acknowledgement import Acknowledgement
from shared.contracts.envelope import Contract
from shared.contracts.erasure import KeysCount
from shared.contracts.ids import CaseId, ConsentId, ErasureId, OrganisationId, ReferralId


class ProgrammeClosed(Contract):
    """How the programme ended, described and never scored."""

    type: ClassVar[str] = "org.staffetta.assistance.programme-closed.v1"
    case: CaseId
    referral: ReferralId
    organisation: OrganisationId
    closure: ClosureKind


class WithdrawalAcknowledged(Contract):
    """`assistance` has done what a withdrawal of this consent asks of it. `organisations` received
    something there under it, and answer for themselves."""

    type: ClassVar[str] = "org.staffetta.assistance.withdrawal-acknowledged.v1"
    case: CaseId
    consent: ConsentId
    did: Acknowledgement
    organisations: tuple[OrganisationId, ...] = Field(
        (), description="Those that had received something under the consent."
    )


class KeysDestroyed(Contract):
    """`assistance` holds nothing any more that could be opened of this person."""

    type: ClassVar[str] = "org.staffetta.assistance.keys-destroyed.v1"
    case: CaseId
    erasure: ErasureId
    keys: KeysCount


CONTRACTS: tuple[type[Contract], ...] = (ProgrammeClosed, WithdrawalAcknowledged, KeysDestroyed)
