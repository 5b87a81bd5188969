"""What was shown of what had been noted. Stored names are for ever."""

from typing import ClassVar

from shared.codes import DataCategory, Purpose
from shared.runtime.facts import Fact


class OwnViewShown(Fact):
    """All that is held here was opened, to be given to the person."""

    stored_name: ClassVar[str] = "programme.own-view-shown.v1"
    view: str


class NotesDisclosed(Fact):
    """These categories of what had been noted were shown to `recipient`, under this consent."""

    stored_name: ClassVar[str] = "programme.notes-disclosed.v1"
    disclosure: str
    recipient: str
    consent: str
    purpose: Purpose
    categories: tuple[DataCategory, ...]


OfNotes = OwnViewShown | NotesDisclosed
