"""What the observatory was told. Stored names are for ever; a new meaning gets a new version."""

from typing import ClassVar

from shared.codes import AgeGroup, Area, Channel, CitizenshipGroup, Gender
from shared.runtime.facts import Fact


class FactRecorded(Fact):
    """One person, as statistics. `month` is YYYY-MM; `exploitation` sorted codes joined by +."""

    stored_name: ClassVar[str] = "fact.recorded.v1"
    month: str
    area: Area
    channel: Channel
    exploitation: str
    age_group: AgeGroup
    gender: Gender
    citizenship_group: CitizenshipGroup


Event = FactRecorded
EVENTS: tuple[type[Fact], ...] = (FactRecorded,)
