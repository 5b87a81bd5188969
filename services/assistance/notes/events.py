"""What was shown of what had been noted. Stored names are for ever."""

from typing import ClassVar

from shared.runtime.facts import Fact


class OwnViewShown(Fact):
    """All that is held here was opened, to be given to the person."""

    stored_name: ClassVar[str] = "programme.own-view-shown.v1"
    view: str


OfNotes = OwnViewShown
