"""What `identification` publishes."""

from typing import ClassVar

from pydantic import AwareDatetime, Field

from shared.codes import Area, DataCategory, OrganisationKind, Purpose
from shared.contracts.envelope import Contract
from shared.contracts.erasure import KeysCount
from shared.contracts.ids import CaseId, ConsentId, ErasureId, OrganisationId


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


class ConsentGivenToClass(Contract):
    """As `ConsentGiven`, to every organisation of one kind in the directory. A type of its own:
    whoever knows only `ConsentGiven` passes it over, and then allows less and never more."""

    type: ClassVar[str] = "org.staffetta.identification.consent-given-to-class.v1"
    case: CaseId
    consent: ConsentId
    recipient_class: OrganisationKind
    purpose: Purpose
    categories: tuple[DataCategory, ...]
    valid_until: AwareDatetime


class ConsentNarrowed(Contract):
    """The whole scope that remains of a consent: never more than there was."""

    type: ClassVar[str] = "org.staffetta.identification.consent-narrowed.v1"
    case: CaseId
    consent: ConsentId
    recipient: OrganisationId | None = Field(description="The one that may receive, if it is one.")
    recipient_class: OrganisationKind | None = Field(
        description="The kind of those that may receive, if it is a class."
    )
    categories: tuple[DataCategory, ...]
    valid_until: AwareDatetime


class ConsentExpired(Contract):
    """The consent's time has come to an end: nothing new begins on it. Help that is under way is
    not broken off for a date."""

    type: ClassVar[str] = "org.staffetta.identification.consent-expired.v1"
    case: CaseId
    consent: ConsentId


class ErasureRequested(Contract):
    """The person is erased: whoever holds something destroys its keys, cleans up, and says so."""

    type: ClassVar[str] = "org.staffetta.identification.erasure-requested.v1"
    case: CaseId
    erasure: ErasureId


UNHELD = frozenset({ErasureRequested.type})
"""By whoever holds something: whatever is parked of a case, its erasure does not wait; and it can
be given back to a sender that lost it."""


class KeysDestroyed(Contract):
    """`identification` holds nothing any more that could be opened of this person."""

    type: ClassVar[str] = "org.staffetta.identification.keys-destroyed.v1"
    case: CaseId
    erasure: ErasureId
    keys: KeysCount


class ErasureCompleted(Contract):
    """Every service that may have held something has said that it destroyed it."""

    type: ClassVar[str] = "org.staffetta.identification.erasure-completed.v1"
    case: CaseId
    erasure: ErasureId


CONTRACTS: tuple[type[Contract], ...] = (
    CaseOpened,
    ConsentGiven,
    ConsentGivenToClass,
    ConsentNarrowed,
    ConsentExpired,
    ConsentWithdrawn,
    ErasureRequested,
    KeysDestroyed,
    ErasureCompleted,
)
