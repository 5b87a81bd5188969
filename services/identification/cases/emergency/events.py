"""What happened in an emergency. Stored names are for ever; a new meaning gets a new version."""

from datetime import datetime
from typing import ClassVar

from services.identification.cases.emergency.fields import EmergencyField, EmergencyVerdict
from shared.runtime.facts import Fact
from shared.trust.protected import Narrative, Protected
from shared.trust.step_up import Proof


class EmergencyOpened(Fact):
    """This operator may look until `ends_at`; somebody else judges it by `review_by`. `proof`:
    of who they are, null where it was opened before that was kept."""

    stored_name: ClassVar[str] = "case.emergency-opened.v2"
    emergency: str
    operator: str
    organisation: str
    custodian: str
    reason: Protected[Narrative]
    ends_at: datetime
    review_by: datetime
    proof: Proof | None


class EmergencyLooked(Fact):
    """These fields were shown to who had opened the emergency."""

    stored_name: ClassVar[str] = "case.emergency-looked.v1"
    emergency: str
    look: str
    fields: tuple[EmergencyField, ...]


class EmergencyReviewed(Fact):
    stored_name: ClassVar[str] = "case.emergency-reviewed.v1"
    emergency: str
    reviewer: str
    verdict: EmergencyVerdict


class EmergencyReviewOverdue(Fact):
    """Nobody had judged it in time: the coordinator is told."""

    stored_name: ClassVar[str] = "case.emergency-review-overdue.v1"
    emergency: str


OfEmergency = EmergencyOpened | EmergencyLooked | EmergencyReviewed | EmergencyReviewOverdue
