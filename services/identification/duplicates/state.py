"""What decisions about duplicates need to know, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.identification.duplicates.events import (
    CandidateJudged,
    DuplicatesSought,
    Judgement,
    MatchingSet,
    SearchCounted,
)

COUNTED_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Duplicates:
    """Of one case. `offered`: every candidate that a search ever showed."""

    offered: frozenset[str] = frozenset()
    judged: Mapping[str, Judgement] = field(default_factory=dict)


@dataclass(frozen=True)
class Searches:
    """Of one operator: when, in whichever case, for as long as it counts."""

    at: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Matching:
    """What the network says about telephones."""

    telephone_region: str | None = None
    contact_points: Mapping[str, str] = field(default_factory=dict)


def evolve(known: Duplicates, event: DuplicatesSought | CandidateJudged) -> Duplicates:
    if isinstance(event, DuplicatesSought):
        return replace(known, offered=known.offered.union(event.found))
    return replace(known, judged={**known.judged, event.candidate: event.judgement})


def counted(known: Searches, event: SearchCounted) -> Searches:
    still = [at for at in known.at if at > event.at - COUNTED_FOR]
    return Searches((*still, event.at))


def set_to(_known: Matching, event: MatchingSet) -> Matching:
    return Matching(event.telephone_region, event.contact_points)
