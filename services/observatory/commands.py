"""What may be asked about a fact; by other services' events only."""

from shared.codes import AgeGroup, Area, Channel, CitizenshipGroup, Gender
from shared.runtime.facts import Request


class RecordContribution(Request):
    """Count one person, in codes and under a pseudonym."""

    month: str
    area: Area
    channel: Channel
    exploitation: str
    age_group: AgeGroup
    gender: Gender
    citizenship_group: CitizenshipGroup


Command = RecordContribution
