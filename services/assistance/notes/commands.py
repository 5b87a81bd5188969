"""What may be asked about what was noted."""

from typing import Annotated

from pydantic import Field

from shared.codes import DataCategory, Purpose
from shared.runtime.facts import Request


class ShowOwnView(Request):
    """The person asks what is held about them, who saw it, and under which consent."""


class DiscloseNotes(Request):
    """Ask to see these categories of what was noted, for this purpose, for your organisation."""

    purpose: Purpose
    categories: Annotated[tuple[DataCategory, ...], Field(min_length=1, max_length=4)]


OfNotes = ShowOwnView | DiscloseNotes
