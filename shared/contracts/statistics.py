"""What the observatory may see: minimised where it is produced (design, section 4)."""

from typing import ClassVar

from pydantic import Field

from shared.codes import AgeGroup, Area, Channel, CitizenshipGroup, Gender
from shared.contracts.envelope import Contract


class CaseContributed(Contract):
    """One case, as statistics."""

    type: ClassVar[str] = "org.staffetta.identification.case-contributed.v1"
    month: str = Field(
        pattern="^[0-9]{4}-(0[1-9]|1[0-2])$", description="Of the first contact: YYYY-MM."
    )
    area: Area
    channel: Channel
    exploitation: str = Field(description="Codes of its forms, sorted and joined by +.")
    age_group: AgeGroup
    gender: Gender
    citizenship_group: CitizenshipGroup


CONTRACTS: tuple[type[Contract], ...] = (CaseContributed,)
