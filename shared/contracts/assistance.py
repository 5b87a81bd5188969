"""What `assistance` publishes."""

from typing import ClassVar

from shared.codes import ClosureKind
from shared.contracts.acknowledgement import Acknowledgement
from shared.contracts.envelope import Contract


class ProgrammeClosed(Contract):
    """How the programme ended, described and never scored."""

    type: ClassVar[str] = "org.staffetta.assistance.programme-closed.v1"
    case: str
    referral: str
    organisation: str
    closure: ClosureKind


class WithdrawalAcknowledged(Contract):
    """`assistance` has done what a withdrawal of this consent asks of it."""

    type: ClassVar[str] = "org.staffetta.assistance.withdrawal-acknowledged.v1"
    case: str
    consent: str
    did: Acknowledgement
