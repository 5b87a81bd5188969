"""The rules of the search for duplicates, one sentence each, with where they come from."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from services.identification.duplicates.events import Judgement
from services.identification.duplicates.likeness import Likeness
from services.identification.duplicates.state import COUNTED_FOR
from shared.codes import DataCategory
from shared.rules.listing import who_may_list_all_lists_all_and_others_their_own
from shared.runtime.facts import Acting, Refused
from shared.trust.access import Thing

SEARCHES_A_DAY = 30
_SHOWS = {
    Likeness.NAME_AND_YEAR: DataCategory.IDENTITY,
    Likeness.SIMILAR_NAME_AND_YEAR: DataCategory.IDENTITY,
    Likeness.TELEPHONE: DataCategory.CONTACT,
}


def only_the_coordinator_sets_how_likeness_is_found(acting: Acting) -> None:
    """It holds for the whole network."""
    if not acting.may("SetMatching", Thing("Network")):
        raise Refused(
            "only-the-coordinator-sets-how-likeness-is-found",
            "Your role does not decide this for the network.",
            "Ask the coordinator.",
            "authority",
        )


def police_and_courts_do_not_seek_duplicates(acting: Acting, action: str, custodian: str) -> None:
    """Council of Europe Convention (2005), art. 11(1): that somebody is known to the network is
    private life; police and courts learn of it by what the person allowed. No second role helps."""
    rule = "police-and-courts-do-not-seek-duplicates"
    if rule in acting.forbidding(action, Thing("Case", {"custodian": custodian})):
        raise Refused(
            rule,
            "Police and courts do not search for who may be known to the network.",
            "Ask for a disclosure of a case that you know.",
            "authority",
        )


def the_custodians_case_manager_or_the_coordinator_seeks_duplicates(
    acting: Acting, action: str, custodian: str
) -> None:
    """Regulation (EU) 2016/679, art. 5(1)(c) and (f): whoever works with the person and must not
    count or refer them twice, and nobody else."""
    if not acting.may(action, Thing("Case", {"custodian": custodian})):
        raise Refused(
            "the-custodians-case-manager-or-the-coordinator-seeks-duplicates",
            "You are neither a case manager of this case's custodian nor the coordinator.",
            "Ask one of them to look.",
            "authority",
        )


def who_seeks_duplicates_is_told_where_a_search_is_due(acting: Acting) -> str | None:
    """Design, section 1: whose cases are listed; None for those of all."""
    otherwise = Refused(
        "who-seeks-duplicates-is-told-where-a-search-is-due",
        "Your role does not search for who may be known already.",
        "Ask a case manager of your organisation, or the coordinator.",
        "authority",
    )
    return who_may_list_all_lists_all_and_others_their_own(acting, "ListDueSearches", otherwise)


def a_search_rests_on_what_is_recorded(by: Collection[Likeness]) -> None:
    """Nobody is asked about who is not recorded in a case of one's own."""
    if not by:
        raise Refused(
            "a-search-rests-on-what-is-recorded",
            "Of this person neither a name of two words with the year of birth, nor a telephone"
            " number whose country is known, is recorded.",
            "Record them together, the number with its country's code, and search again.",
        )


def an_operator_searches_only_so_often(searches: Sequence[datetime], now: datetime) -> None:
    """Regulation (EU) 2016/679, art. 32(1)(b); OWASP ASVS 5.0, 2.4.1: whoever records one invented
    name after the other to see who is known meets an end, and has left a trace by then."""
    counted = [at for at in searches if at > now - COUNTED_FOR]
    if len(counted) >= SEARCHES_A_DAY:
        raise Refused(
            "an-operator-searches-only-so-often",
            f"You have searched {SEARCHES_A_DAY} times within 24 hours.",
            "Wait, or ask another case manager of your organisation to look.",
        )


def only_an_offered_candidate_is_judged(candidate: str, offered: Collection[str]) -> None:
    """Who is the same person is decided about somebody whom a search has shown."""
    if candidate not in offered:
        raise Refused(
            "only-an-offered-candidate-is-judged",
            "No search in this case has offered this candidate.",
            "Search for duplicates, and name one of the candidates.",
            "missing",
        )


def who_was_judged_another_person_does_not_come_back(
    names: Collection[str], judged: Mapping[str, Judgement]
) -> bool:
    """Whether it may be offered. `names`: all that the candidate was ever called here, as a contact
    and as a case."""
    return not any(judged.get(name) is Judgement.DIFFERENT for name in names)


def who_sees_a_case_anyway_is_told_which_it_is(acting: Acting, custodian: str) -> bool:
    """Design, section 3: their own organisation's, and the coordinator those of all."""
    return acting.may("SeeCase", Thing("Case", {"custodian": custodian}))


def a_case_elsewhere_is_named_only_as_its_person_allows(
    allowed: Collection[DataCategory], alike_by: Collection[Likeness]
) -> bool:
    """As in a disclosure (Regulation (EU) 2016/679, art. 6(1)(a)). `allowed`: the categories that
    live consents of that person open to the organisation that asks."""
    return any(_SHOWS[kind] in allowed for kind in alike_by)
