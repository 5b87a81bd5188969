"""What the network set about likenesses, and how often an operator searched: two small streams."""

from collections.abc import Sequence
from typing import NoReturn

from services.identification.duplicates import policies
from services.identification.duplicates.commands import SetMatching
from services.identification.duplicates.events import MatchingSet, SearchCounted
from services.identification.duplicates.state import Matching, Searches, counted, set_to
from shared.runtime.facts import Acting, Decider

MATCHING_STREAM = "matching"


def decide(asked: SetMatching, known: Matching, acting: Acting) -> Sequence[MatchingSet]:
    policies.only_the_coordinator_sets_how_likeness_is_found(acting)
    wanted = Matching(
        asked.telephone_region, {each.organisation: each.telephone for each in asked.contact_points}
    )
    if wanted == known:
        return []  # said twice, true once
    return [
        MatchingSet(telephone_region=wanted.telephone_region, contact_points=wanted.contact_points)
    ]


def searches_of(acting: Acting) -> str:
    """The stream in which an operator's searches are counted, whatever organisation is named."""
    return f"searches-{acting.operator}"


def _never_asked(_command: NoReturn, _state: Searches, _acting: Acting) -> Sequence[SearchCounted]:
    raise TypeError("searches are counted beside a case, and take no commands")


MATCHING: Decider[SetMatching, Matching, MatchingSet] = Decider(
    Matching, Matching(), decide, set_to
)
SEARCHES: Decider[NoReturn, Searches, SearchCounted] = Decider(
    Searches, Searches(), _never_asked, counted
)
