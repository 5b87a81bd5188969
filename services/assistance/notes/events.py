"""What was shown of what had been noted. Stored names are for ever."""

from typing import ClassVar

from shared.codes import DataCategory, Purpose
from shared.runtime.facts import Fact
from shared.trust.step_up import Proof


class OwnViewShown(Fact):
    """All that is held here was opened, to be given to the person. `proof` of who opened it: null
    where that was before it was kept."""

    stored_name: ClassVar[str] = "programme.own-view-shown.v2"
    view: str
    proof: Proof | None


class NotesDisclosed(Fact):
    """These categories of what had been noted were shown to `recipient`, under this consent."""

    stored_name: ClassVar[str] = "programme.notes-disclosed.v1"
    disclosure: str
    recipient: str
    consent: str
    purpose: Purpose
    categories: tuple[DataCategory, ...]


OfNotes = OwnViewShown | NotesDisclosed
