"""What may be asked about what was noted."""

from shared.runtime.facts import Request


class ShowOwnView(Request):
    """The person asks what is held about them, who saw it, and under which consent."""


OfNotes = ShowOwnView
