"""What `identification` publishes."""

from typing import ClassVar

from pydantic import AwareDatetime

from shared.codes import Area, DataCategory, Purpose
from shared.contracts.envelope import Contract
from shared.contracts.ids import CaseId, ConsentId, OrganisationId


class CaseOpened(Contract):
    """A case was opened in an area; `organisation` is its first custodian."""

    type: ClassVar[str] = "org.staffetta.identification.case-opened.v1"
    case: CaseId
    organisation: OrganisationId
    area: Area


class ConsentGiven(Contract):
    """`recipient` is one organisation; nothing beyond `categories` and `purpose` is allowed."""

    type: ClassVar[str] = "org.staffetta.identification.consent-given.v1"
    case: CaseId
    consent: ConsentId
    recipient: OrganisationId
    purpose: Purpose
    categories: tuple[DataCategory, ...]
    valid_until: AwareDatetime


class ConsentWithdrawn(Contract):
    """The consent ends at once; whoever rests on it stops, and acknowledges."""

    type: ClassVar[str] = "org.staffetta.identification.consent-withdrawn.v1"
    case: CaseId
    consent: ConsentId


CONTRACTS: tuple[type[Contract], ...] = (CaseOpened, ConsentGiven, ConsentWithdrawn)
