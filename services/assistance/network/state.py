"""What decisions need to know of an organisation, and how each fact changes it."""

from dataclasses import dataclass, replace

from services.assistance.network.events import OrganisationHeard
from shared.codes import OrganisationKind


@dataclass(frozen=True)
class Organisation:
    """Of one organisation its kind; None: nobody told of it."""

    kind: OrganisationKind | None = None


def evolve(known: Organisation, event: OrganisationHeard) -> Organisation:
    return replace(known, kind=event.kind)
