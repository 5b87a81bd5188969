"""What may be asked about retention."""

from typing import Annotated

from pydantic import Field

from services.identification.retention.rules import Kept, LegalHold
from shared.runtime.facts import Request


class SetRetention(Request):
    """All the rules of the network; what is not named here is no rule any more."""

    keep: tuple[Kept, ...] = ()
    hold: tuple[LegalHold, ...] = ()
    attest_within_hours: Annotated[int, Field(ge=1, le=24 * 30)] = Field(
        72, description="A service that has not attested an erasure by then raises an alarm."
    )


Command = SetRetention
