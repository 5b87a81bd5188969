"""What `identification` publishes."""

from datetime import datetime
from typing import ClassVar

from shared.codes import Area, DataCategory, Purpose
from shared.contracts.envelope import Contract


class CaseOpened(Contract):
    type: ClassVar[str] = "org.staffetta.identification.case-opened.v1"
    case: str
    organisation: str
    area: Area


class ConsentGiven(Contract):
    """`recipient` is one organisation; nothing beyond `categories` and `purpose` is allowed."""

    type: ClassVar[str] = "org.staffetta.identification.consent-given.v1"
    case: str
    consent: str
    recipient: str
    purpose: Purpose
    categories: tuple[DataCategory, ...]
    valid_until: datetime


class ConsentWithdrawn(Contract):
    type: ClassVar[str] = "org.staffetta.identification.consent-withdrawn.v1"
    case: str
    consent: str
