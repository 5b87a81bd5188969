"""What an alarm may be about."""

from enum import StrEnum


class AlarmKind(StrEnum):
    CONSENT_ENDS = "consent-ends"
    ACKNOWLEDGEMENT_MISSING = "acknowledgement-missing"
    ERASURE_NOT_ATTESTED = "erasure-not-attested"
    EMERGENCY_NOT_REVIEWED = "emergency-not-reviewed"
