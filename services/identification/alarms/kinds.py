"""What an alarm may be about."""

from enum import StrEnum


class AlarmKind(StrEnum):
    ERASURE_NOT_ATTESTED = "erasure-not-attested"
    EMERGENCY_NOT_REVIEWED = "emergency-not-reviewed"
