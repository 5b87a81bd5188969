"""What `referral` publishes."""

from typing import ClassVar

from shared.codes import ServiceType
from shared.contracts.acknowledgement import Acknowledgement
from shared.contracts.envelope import Contract


class HandoverCompleted(Contract):
    """Both sides confirmed: custody of the case has moved from `sender` to `receiver`."""

    type: ClassVar[str] = "org.staffetta.referral.handover-completed.v1"
    case: str
    referral: str
    consent: str
    service: ServiceType
    sender: str
    receiver: str


class WithdrawalAcknowledged(Contract):
    """`referral` has done what a withdrawal of this consent asks of it."""

    type: ClassVar[str] = "org.staffetta.referral.withdrawal-acknowledged.v1"
    case: str
    consent: str
    did: Acknowledgement
