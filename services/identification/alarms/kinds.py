"""What an alarm may be about."""

from enum import StrEnum


class AlarmKind(StrEnum):
    ERASURE_NOT_ATTESTED = "erasure-not-attested"
