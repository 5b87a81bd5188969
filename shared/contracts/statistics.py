"""What the observatory may see: minimised where it is produced (design, section 4)."""

from typing import ClassVar

from pydantic import Field

from shared.codes import AgeGroup, Area, Channel, CitizenshipGroup, Gender
from shared.contracts.envelope import Contract


class CaseContributed(Contract):
    """One case, as statistics. `month` is YYYY-MM; `exploitation` is sorted codes joined by +."""

    type: ClassVar[str] = "org.staffetta.identification.case-contributed.v1"
    month: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    area: Area
    channel: Channel
    exploitation: str
    age_group: AgeGroup
    gender: Gender
    citizenship_group: CitizenshipGroup
