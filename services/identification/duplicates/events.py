"""What happened in the search for duplicates. Stored names are for ever."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from services.identification.duplicates.likeness import Likeness
from shared.runtime.facts import Fact


class Judgement(StrEnum):
    SAME = "same"
    DIFFERENT = "different"


class DuplicatesSought(Fact):
    """In a case. `found`: the candidates that were offered, by names that hold within this case
    only, and that nobody can trace to a person once one of the two is erased."""

    stored_name: ClassVar[str] = "case.duplicates-sought.v1"
    by: tuple[Likeness, ...]
    found: tuple[str, ...]


class CandidateJudged(Fact):
    """In a case. Somebody decided: the same person, or another. Nothing is merged by it."""

    stored_name: ClassVar[str] = "case.candidate-judged.v1"
    candidate: str
    judgement: Judgement


class SearchCounted(Fact):
    """In a stream of the operator's."""

    stored_name: ClassVar[str] = "search.counted.v1"
    at: datetime


class MatchingSet(Fact):
    """`telephone_region`: ISO 3166-1, where a number without its country's code is from;
    `contact_points`: the public telephone of an organisation, by its id."""

    stored_name: ClassVar[str] = "matching.set.v1"
    telephone_region: str | None
    contact_points: Mapping[str, str]


EVENTS: tuple[type[Fact], ...] = (SearchCounted, MatchingSet)
"""Those of streams of their own; the others are facts of a case."""
