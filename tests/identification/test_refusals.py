"""How a refusal speaks: of which kind it is, why it is, and what to do instead, in sentences."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.identification.alarms.policies import the_coordinator_sees_what_waits
from services.identification.cases import ending_policies, erasure_policies, policies
from services.identification.cases.decide import CASES
from services.identification.cases.emergency import policies as emergency
from services.identification.cases.emergency.fields import EmergencyVerdict
from services.identification.cases.emergency.state import Emergency
from services.identification.cases.state import Open, Unopened
from services.identification.contacts import policies as contacts
from services.identification.contacts.decide import CONTACTS
from services.identification.contacts.state import Reported, Unreported
from services.identification.duplicates import policies as duplicates
from services.identification.retention.policies import only_the_coordinator_says_what_must_be_kept
from shared.codes import Channel, DataCategory, Purpose, Role
from shared.rules import own_view
from shared.runtime.facts import RefusalKind
from tests.identification.given import CASE, HOTLINE, INFORM, OPEN, REPORT, TODAY
from tests.identification.refusing import Refusal, in_sentences, own_name, refused
from tests.support.decisions import NOW, acting

ANALYST = acting("porto", Role.ANALYST)
LINKED = Reported(Channel.HOTLINE, TODAY, CASE)
ASKED = (Purpose.REFERRAL, [DataCategory.IDENTITY])
OF_A_CASE: list[Refusal] = [
    (own_view.the_coordinator_prints_what_is_held, (ANALYST, "ShowOwnView"), "authority"),
    (own_view.what_is_held_is_opened_on_fresh_proof, (ANALYST,), "authority"),
    (policies.whoever_meets_people_may_open_a_case, (ANALYST,), "authority"),
    (policies.only_the_custodian_works_on_a_case, (ANALYST, "GiveConsent", "hotline"), "authority"),
    (policies.the_custodian_and_the_coordination_see_a_case, (ANALYST, "SeeCase", None), "missing"),
    (policies.a_contact_belongs_to_one_case, (Unreported(),), "missing"),
    (policies.a_contact_belongs_to_one_case, (LINKED,), "state"),
    (policies.citizenship_is_a_known_code, ("ZZ",), "content"),
    (policies.who_works_on_cases_asks_for_a_dossier, (ANALYST,), "authority"),
    (
        policies.police_and_courts_never_see_the_care_record,
        (acting("questura", Role.POLICE_OFFICER), [DataCategory.HEALTH]),
        "authority",
    ),
    (policies.a_disclosure_rests_on_a_live_consent, (ANALYST, None, {}, *ASKED), "authority"),
    (policies.something_is_recorded, (None, None), "content"),
    (CASES.decide, (INFORM, Unopened(), HOTLINE), "missing"),
    (CASES.decide, (OPEN, Open(CASE, "hotline"), HOTLINE), "state"),
]
OF_ERASURE: list[Refusal] = [
    (
        erasure_policies.only_the_custodians_case_manager_or_the_coordinator_asks_for_erasure,
        (acting("porto", Role.CASE_MANAGER), "RequestErasure", "hotline"),
        "authority",
    ),
    (erasure_policies.an_erasure_was_requested, (None,), "missing"),
    (the_coordinator_sees_what_waits, (ANALYST,), "authority"),
    (only_the_coordinator_says_what_must_be_kept, (ANALYST,), "authority"),
]
OF_DUPLICATES: list[Refusal] = [
    (duplicates.only_the_coordinator_sets_how_likeness_is_found, (ANALYST,), "authority"),
    (
        duplicates.police_and_courts_do_not_seek_duplicates,
        (acting("tribunale", Role.JUDICIAL_AUTHORITY), "SeekDuplicates", "hotline"),
        "authority",
    ),
    (
        duplicates.the_custodians_case_manager_or_the_coordinator_seeks_duplicates,
        (acting("porto", Role.CASE_MANAGER), "SeekDuplicates", "hotline"),
        "authority",
    ),
    (duplicates.who_seeks_duplicates_is_told_where_a_search_is_due, (ANALYST,), "authority"),
    (duplicates.a_search_rests_on_what_is_recorded, ((),), "state"),
    (duplicates.an_operator_searches_only_so_often, ([NOW] * 30, NOW), "state"),
    (duplicates.only_an_offered_candidate_is_judged, ("1" * 32, ("2" * 32,)), "missing"),
]
RUNNING = Emergency("op-1", "porto", NOW)
OPENER = acting("porto", Role.COORDINATOR, Role.CASE_MANAGER)
OF_AN_EMERGENCY: list[Refusal] = [
    (emergency.who_works_with_people_sees_them_in_an_emergency, (ANALYST,), "authority"),
    (
        emergency.an_emergency_wants_fresh_proof_of_who_acts,
        (None, frozenset[str](), NOW),
        "authority",
    ),
    (
        emergency.the_coordination_lists_all_emergencies_and_others_their_own,
        (ANALYST,),
        "authority",
    ),
    (emergency.an_emergency_has_a_reason, ("why",), "content"),
    (emergency.an_emergency_lasts_an_hour_at_most, (timedelta(hours=2),), "content"),
    (emergency.the_emergency_was_opened, (None,), "missing"),
    (
        emergency.only_who_opened_an_emergency_looks,
        (acting("porto", Role.CASE_MANAGER, operator="op-2"), RUNNING),
        "authority",
    ),
    (emergency.nobody_looks_after_an_emergency_has_ended, (RUNNING, NOW), "state"),
    (emergency.the_coordinator_reviews_emergencies, (ANALYST, RUNNING), "authority"),
    (emergency.nobody_reviews_their_own_emergency, (OPENER, RUNNING), "authority"),
    (
        emergency.an_emergency_is_reviewed_once,
        (replace(RUNNING, verdict=EmergencyVerdict.JUSTIFIED), EmergencyVerdict.NOT_JUSTIFIED),
        "state",
    ),
    (
        emergency.who_opened_or_judges_it_sees_an_emergency,
        (ANALYST, None),
        "missing",
    ),
]
OF_LISTS: list[Refusal] = [
    (policies.the_coordinator_lists_all_cases_and_others_their_own, (ANALYST,), "authority"),
    (contacts.the_coordinator_lists_all_contacts_and_others_their_own, (ANALYST,), "authority"),
    (
        ending_policies.the_coordinator_lists_all_withdrawals_and_others_their_own,
        (ANALYST,),
        "authority",
    ),
]
OF_A_CONTACT: list[Refusal] = [
    (contacts.whoever_meets_people_may_report_a_contact, (ANALYST,), "authority"),
    (contacts.a_contact_has_taken_place, (TODAY + timedelta(days=1), TODAY), "content"),
    (CONTACTS.decide, (REPORT, LINKED, HOTLINE), "state"),
]


@pytest.mark.parametrize(
    ("rule", "given", "kind"),
    [*OF_A_CASE, *OF_ERASURE, *OF_DUPLICATES, *OF_AN_EMERGENCY, *OF_LISTS, *OF_A_CONTACT],
)
def test_when_a_rule_says_no_then_it_says_why_and_what_to_do_instead(
    rule: Callable[..., object], given: tuple[object, ...], kind: RefusalKind
) -> None:
    told = refused(rule, given)
    assert told.kind == kind
    assert in_sentences(told)


@pytest.mark.parametrize(
    ("rule", "given"),
    [told[:2] for told in (*OF_ERASURE, *OF_DUPLICATES, *OF_AN_EMERGENCY, *OF_LISTS)],
)
def test_the_rules_of_these_features_are_named_as_their_functions(
    rule: Callable[..., object], given: tuple[object, ...]
) -> None:
    assert refused(rule, given).rule == own_name(rule)


def test_an_erasure_that_was_asked_for_is_seen_and_the_coordinator_sees_all() -> None:
    coordinator = acting("regione", Role.COORDINATOR)
    assert erasure_policies.an_erasure_was_requested({"key": CASE}) == {"key": CASE}
    the_coordinator_sees_what_waits(coordinator)
    only_the_coordinator_says_what_must_be_kept(coordinator)
