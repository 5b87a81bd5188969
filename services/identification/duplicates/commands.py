"""What may be asked about duplicates."""

from typing import Annotated

from phonenumbers import SUPPORTED_REGIONS
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.identification.duplicates.events import Judgement
from services.identification.duplicates.likeness import Likeness
from shared.runtime.facts import Request


def _has_numbers(region: str) -> str:
    if region not in SUPPORTED_REGIONS:
        raise PydanticCustomError("region", "two letters of ISO 3166-1, as in IT")
    return region


TelephoneRegion = Annotated[str, AfterValidator(_has_numbers)]
_Organisation = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
]
Telephone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ]{3,20}$")]


class ContactPoint(Request):
    """Where an organisation is asked: its public telephone."""

    organisation: _Organisation
    telephone: Telephone


class SetMatching(Request):
    """How telephone numbers are understood, and where an organisation is asked about a likeness."""

    telephone_region: TelephoneRegion | None = Field(
        None, description="Where a number without a country's code is from; else it is not guessed."
    )
    # No mapping: a fault in one would be told by its key, which is a word of the sender's.
    contact_points: Annotated[tuple[ContactPoint, ...], Field(max_length=2_000)] = ()


class SeekDuplicates(Request):
    """Who may be the same person. What is searched by, and what was found, are looked up by the
    one who serves, and are no part of the question."""

    by: Annotated[tuple[Likeness, ...], Field(exclude=True)] = ()
    found: Annotated[tuple[str, ...], Field(exclude=True)] = ()


class JudgeCandidate(Request):
    """An operator's decision. It can be changed; nothing is merged by it."""

    candidate: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    judgement: Judgement


OfDuplicates = SeekDuplicates | JudgeCandidate
