"""What a holder did when it heard that a consent was withdrawn."""

from enum import StrEnum


class Acknowledgement(StrEnum):
    STOPPED = "stopped"
    NOTHING_HELD = "nothing-held"
