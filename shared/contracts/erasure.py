"""What a service says when it has destroyed what it held of a person."""

from typing import Annotated

from pydantic import Field

KeysCount = Annotated[
    int,
    Field(
        ge=0,
        description="Under how many keys something of the person had been sealed there; all of"
        " them are destroyed, and lists, parked and kept messages were cleaned in the same step.",
    ),
]
