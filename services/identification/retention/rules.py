"""The form of a rule, in a command as in a fact."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.codes import DataCategory

Basis = Annotated[str, StringConstraints(min_length=3, max_length=200)]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Kept(_Rule):
    """A category of data that a law demands be kept for so long after a programme has closed."""

    category: DataCategory
    months_after_closure: Annotated[int, Field(ge=1, le=1_200)]
    basis: Basis = Field(description="The law that demands it. Never a name.")


class LegalHold(_Rule):
    """A case that is needed for legal claims; without `until`, for as long as this is here."""

    case: Annotated[str, StringConstraints(pattern=r"^case-[0-9a-f]{32}$")]
    basis: Basis = Field(description="Which proceedings, by their number. Never a name.")
    until: date | None = Field(None, description="The first day on which it holds no more.")
