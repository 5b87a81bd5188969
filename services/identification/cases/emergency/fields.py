"""What can be shown in an emergency at all, and what a reviewer finds."""

from enum import StrEnum


class EmergencyField(StrEnum):
    """What it takes to find a person and to keep them safe: never documents, never what they told,
    never anything about body or mind."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    REACH = "reach"


class EmergencyVerdict(StrEnum):
    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not-justified"
