"""Given a case, when duplicates are sought or one is judged: these facts, or this refusal."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from services.identification.cases.commands import RecordIdentity
from services.identification.cases.decide import CASES
from services.identification.cases.events import ErasureRequested, IdentityRecorded
from services.identification.contacts.decide import CONTACTS
from services.identification.contacts.events import ContactReported
from services.identification.duplicates.commands import (
    ContactPoint,
    JudgeCandidate,
    SeekDuplicates,
    SetMatching,
)
from services.identification.duplicates.events import (
    CandidateJudged,
    DuplicatesSought,
    Judgement,
    MatchingSet,
    SearchCounted,
)
from services.identification.duplicates.likeness import Likeness
from services.identification.duplicates.policies import (
    SEARCHES_A_DAY,
    a_case_elsewhere_is_named_only_as_its_person_allows,
    who_was_judged_another_person_does_not_come_back,
)
from services.identification.duplicates.setting import MATCHING, MATCHING_STREAM, SEARCHES
from services.identification.duplicates.state import Searches
from shared.codes import DataCategory, Role
from shared.runtime.facts import Acting, In, Request
from tests.identification.given import CASE, HOTLINE, MANAGER, OPENED, REPORT
from tests.support.decisions import NOW, acting, refusal, when

COORDINATOR = acting("regione", Role.COORDINATOR)
ANOTHER = acting("porto", Role.CASE_MANAGER)
OFFICER = acting("hotline", Role.CASE_MANAGER, Role.POLICE_OFFICER)
JUDGE = acting("hotline", Role.JUDICIAL_AUTHORITY, Role.COORDINATOR)
ONE, OTHER = "1" * 32, "2" * 32
BY = (Likeness.NAME_AND_YEAR,)
SEEK = SeekDuplicates(by=BY, found=(ONE,))
SOUGHT = DuplicatesSought(by=BY, found=(ONE,))
SAME = JudgeCandidate(candidate=ONE, judgement=Judgement.SAME)
DIFFERENT = JudgeCandidate(candidate=ONE, judgement=Judgement.DIFFERENT)
JUDGED = CandidateJudged(candidate=ONE, judgement=Judgement.SAME)
ERASING = ErasureRequested(
    erasure="e", ground=None, custodian="hotline", streams=(CASE,), attest_by=NOW
)
ITALY = MatchingSet(telephone_region="IT", contact_points={})


def counted(times: int, ago: timedelta = timedelta(hours=1)) -> dict[str, list[SearchCounted]]:
    return {"searches-op-1": [SearchCounted(at=NOW - ago)] * times}


@pytest.mark.parametrize("by", [MANAGER, COORDINATOR])
def test_a_search_is_recorded_in_the_case_and_counted_for_the_operator(by: Acting) -> None:
    assert when(CASES, [OPENED], SEEK, by) == [
        SOUGHT,
        In("searches-op-1", SearchCounted(at=NOW)),
    ]


@pytest.mark.parametrize("asked", [SEEK, SAME])
@pytest.mark.parametrize("by", [HOTLINE, ANOTHER, acting("hotline", Role.ANALYST)])
def test_nobody_else_searches_or_judges(asked: Request, by: Acting) -> None:
    rule = "the-custodians-case-manager-or-the-coordinator-seeks-duplicates"
    assert refusal(CASES, [OPENED, SOUGHT], asked, by) == rule


@pytest.mark.parametrize("asked", [SEEK, SAME])
@pytest.mark.parametrize("by", [OFFICER, JUDGE])
def test_police_and_courts_do_not_whatever_else_they_are(asked: Request, by: Acting) -> None:
    rule = "police-and-courts-do-not-seek-duplicates"
    assert refusal(CASES, [OPENED, SOUGHT], asked, by) == rule


def test_nothing_recorded_is_nothing_to_search_by() -> None:
    asked = SeekDuplicates(by=(), found=())
    assert refusal(CASES, [OPENED], asked, MANAGER) == "a-search-rests-on-what-is-recorded"


def test_a_search_that_found_nobody_is_recorded_too() -> None:
    asked = SeekDuplicates(by=BY, found=())
    sought, _counted = when(CASES, [OPENED], asked, MANAGER)
    assert sought == DuplicatesSought(by=BY, found=())


def test_an_operator_searches_thirty_times_a_day_and_no_more() -> None:
    assert when(CASES, [OPENED], SEEK, MANAGER, counted(SEARCHES_A_DAY - 1))
    rule = "an-operator-searches-only-so-often"
    assert refusal(CASES, [OPENED], SEEK, MANAGER, counted(SEARCHES_A_DAY)) == rule
    day = timedelta(hours=24)
    assert when(CASES, [OPENED], SEEK, MANAGER, counted(SEARCHES_A_DAY, day))
    just_within = counted(SEARCHES_A_DAY, day - timedelta(microseconds=1))
    assert refusal(CASES, [OPENED], SEEK, MANAGER, just_within) == rule


def test_what_no_longer_counts_is_not_kept() -> None:
    old, new = SearchCounted(at=NOW - timedelta(hours=25)), SearchCounted(at=NOW)
    known = SEARCHES.evolve(SEARCHES.evolve(Searches(), old), new)
    assert known == Searches((NOW,))


@pytest.mark.parametrize(("asked", "judged"), [(SAME, "same"), (DIFFERENT, "different")])
def test_an_offered_candidate_is_judged(asked: Request, judged: str) -> None:
    told = CandidateJudged(candidate=ONE, judgement=Judgement(judged))
    assert when(CASES, [OPENED, SOUGHT], asked, MANAGER) == [told]


def test_a_judgement_said_twice_is_true_once_and_can_be_changed() -> None:
    assert when(CASES, [OPENED, SOUGHT, JUDGED], SAME, MANAGER) == []
    assert len(when(CASES, [OPENED, SOUGHT, JUDGED], DIFFERENT, MANAGER)) == 1


def test_who_was_not_offered_is_not_judged() -> None:
    rule = "only-an-offered-candidate-is-judged"
    asked = JudgeCandidate(candidate=OTHER, judgement=Judgement.SAME)
    assert refusal(CASES, [OPENED, SOUGHT], asked, MANAGER) == rule
    assert refusal(CASES, [OPENED], SAME, MANAGER) == rule


@pytest.mark.parametrize("asked", [SEEK, SAME])
def test_nothing_is_sought_of_who_is_erased_or_of_no_case(asked: Request) -> None:
    erased = refusal(CASES, [OPENED, SOUGHT, ERASING], asked, MANAGER)
    assert erased == "what-was-erased-stays-erased"
    assert refusal(CASES, [], asked, MANAGER) == "the-case-exists"


def test_who_was_judged_another_stays_away_under_each_name_and_who_is_the_same_does_not() -> None:
    judged = {ONE: Judgement.DIFFERENT, OTHER: Judgement.SAME}
    back = who_was_judged_another_person_does_not_come_back
    assert not back({ONE}, judged)
    assert not back({ONE, OTHER}, judged)
    assert back({OTHER}, judged)
    assert back({"3" * 32}, judged)


@pytest.mark.parametrize(
    ("allowed", "kinds", "named"),
    [
        ({DataCategory.IDENTITY}, {Likeness.NAME_AND_YEAR}, True),
        ({DataCategory.CONTACT}, {Likeness.TELEPHONE}, True),
        ({DataCategory.CONTACT}, set(Likeness), True),
        ({DataCategory.CONTACT}, {Likeness.NAME_AND_YEAR}, False),
        ({DataCategory.IDENTITY}, {Likeness.SIMILAR_NAME_AND_YEAR}, True),
        ({DataCategory.CONTACT}, {Likeness.SIMILAR_NAME_AND_YEAR}, False),
        ({DataCategory.IDENTITY}, {Likeness.TELEPHONE}, False),
        ({DataCategory.HEALTH, DataCategory.NARRATIVE}, set(Likeness), False),
        (set(), set(Likeness), False),
    ],
)
def test_a_case_elsewhere_is_named_as_far_as_its_person_allows(
    allowed: set[DataCategory], kinds: set[Likeness], named: bool
) -> None:
    assert a_case_elsewhere_is_named_only_as_its_person_allows(allowed, kinds) is named


def test_the_coordinator_sets_where_numbers_are_from_and_nobody_else() -> None:
    point = ContactPoint(organisation="porto", telephone="051 219 3111")
    asked = SetMatching(telephone_region="IT", contact_points=(point,))
    told = MatchingSet(telephone_region="IT", contact_points={"porto": "051 219 3111"})
    assert when(MATCHING, [], asked, COORDINATOR) == [told]
    assert when(MATCHING, [told], asked, COORDINATOR) == []
    assert when(MATCHING, [told], SetMatching(), COORDINATOR) == [
        MatchingSet(telephone_region=None, contact_points={})
    ]
    rule = "only-the-coordinator-sets-how-likeness-is-found"
    assert refusal(MATCHING, [], asked, MANAGER) == rule


def test_a_fact_says_where_its_number_was_from() -> None:
    set_before = {MATCHING_STREAM: [ITALY]}
    (told,) = when(CONTACTS, [], REPORT, HOTLINE, set_before)
    assert isinstance(told, ContactReported)
    assert told.telephone_region == "IT"
    reach = RecordIdentity(reach=SecretStr("333 1234567"))
    (known,) = when(CASES, [OPENED], reach, MANAGER, set_before)
    assert isinstance(known, IdentityRecorded)
    assert known.telephone_region == "IT"
    (unknown,) = when(CASES, [OPENED], reach, MANAGER)
    assert isinstance(unknown, IdentityRecorded)
    assert unknown.telephone_region is None
    without = REPORT.model_copy(update={"callback": None})
    (silent,) = when(CONTACTS, [], without, HOTLINE, set_before)
    assert isinstance(silent, ContactReported)
    assert silent.telephone_region is None
    (named,) = when(CASES, [OPENED], RecordIdentity(name=SecretStr("Arta")), MANAGER, set_before)
    assert isinstance(named, IdentityRecorded)
    assert named.telephone_region is None


def test_who_judges_needs_no_count_of_searches() -> None:
    opened = CASES.evolve(CASES.initial, OPENED)
    assert CASES.beside(SAME, opened, MANAGER) == {}
    assert len(CASES.beside(SEEK, opened, MANAGER)) == 1
