"""What decisions need to know of the network, and how each fact changes it."""

from dataclasses import dataclass, replace
from typing import assert_never

from services.identification.network.events import Event, OrganisationHeard, TermsSet
from shared.codes import OrganisationKind

# Three days: over a weekend, and still within the month that the GDPR's art. 12(3) leaves.
ACKNOWLEDGE_WITHIN_HOURS = 72


@dataclass(frozen=True)
class Known:
    """Of one organisation its kind (None: nobody told of it); of the network its terms."""

    kind: OrganisationKind | None = None
    acknowledge_within_hours: int = ACKNOWLEDGE_WITHIN_HOURS


def evolve(known: Known, event: Event) -> Known:
    match event:
        case OrganisationHeard():
            return replace(known, kind=event.kind)
        case TermsSet():
            return replace(known, acknowledge_within_hours=event.acknowledge_within_hours)
        case _:
            assert_never(event)
