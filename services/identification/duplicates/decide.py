"""From a question about duplicates of a case, to what happens: pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.identification.cases.state import Open
from services.identification.duplicates import policies
from services.identification.duplicates.commands import (
    JudgeCandidate,
    OfDuplicates,
    SeekDuplicates,
)
from services.identification.duplicates.events import (
    CandidateJudged,
    DuplicatesSought,
    SearchCounted,
)
from services.identification.duplicates.setting import SEARCHES, searches_of
from shared.runtime.facts import Acting, Decider, In


def decide(
    command: OfDuplicates, case: Open, acting: Acting
) -> Sequence[DuplicatesSought | CandidateJudged | In]:
    may_ask(command.action, case, acting)
    if isinstance(command, SeekDuplicates):
        policies.a_search_rests_on_what_is_recorded(command.by)
        policies.an_operator_searches_only_so_often(case.searches.at, acting.now)
        sought = DuplicatesSought(by=command.by, found=command.found)
        return [sought, In(searches_of(acting), SearchCounted(at=acting.now))]
    policies.only_an_offered_candidate_is_judged(command.candidate, case.duplicates.offered)
    if case.duplicates.judged.get(command.candidate) is command.judgement:
        return []  # said twice, true once
    return [CandidateJudged(candidate=command.candidate, judgement=command.judgement)]


def may_ask(action: str, case: Open, acting: Acting) -> None:
    """Whoever may search, and may be shown again what a search has found."""
    policies.police_and_courts_do_not_seek_duplicates(acting, action, case.custodian)
    policies.the_custodians_case_manager_or_the_coordinator_seeks_duplicates(
        acting, action, case.custodian
    )


def beside(command: OfDuplicates, acting: Acting) -> Mapping[str, Decider[Any, Any, Any]]:
    """The operator's own searches."""
    if isinstance(command, JudgeCandidate):
        return {}
    return {searches_of(acting): SEARCHES}
