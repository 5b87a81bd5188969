"""What may be asked about access in an emergency. The last is asked by a timer."""

from typing import Annotated

from pydantic import Field, StringConstraints

from services.identification.cases.emergency.fields import EmergencyField, EmergencyVerdict
from shared.runtime.facts import Request
from shared.trust.protected import Personal

EmergencyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class OpenEmergency(Request):
    """Somebody is in danger, and there is no consent: see what keeps them safe, for a while."""

    reason: Personal = Field(
        description="What has happened, in your own words; kept encrypted, read by the reviewer."
    )
    minutes: Annotated[int, Field(ge=1, le=24 * 60, description="60 at most.")] = 60


class Looking(Request):
    """See these fields now; each look is recorded before it is answered."""

    fields: Annotated[
        tuple[EmergencyField, ...], Field(min_length=1, max_length=len(EmergencyField))
    ]


class LookInEmergency(Looking):
    emergency: EmergencyId


class Reviewing(Request):
    """What a second person finds; it ends the access."""

    verdict: EmergencyVerdict


class ReviewEmergency(Reviewing):
    emergency: EmergencyId


class CheckReview(Request):
    """The time to review is over."""

    emergency: str


OfEmergency = OpenEmergency | LookInEmergency | ReviewEmergency | CheckReview
