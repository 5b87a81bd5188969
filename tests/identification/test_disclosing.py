"""A disclosure rests on a live consent: this recipient, this purpose, now; it shows what of the
categories asked for that consent allows."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.identification.cases.commands import DiscloseDossier
from services.identification.cases.consent_policies import is_live
from services.identification.cases.consent_state import Consent
from services.identification.cases.decide import CASES
from services.identification.cases.events import DossierDisclosed
from services.identification.cases.policies import (
    the_custodian_and_the_coordination_see_a_case,
)
from shared.codes import DataCategory, Purpose, Role
from shared.runtime.facts import Fact, Refused
from tests.identification.given import (
    ANOTHER_CONSENT,
    CONSENT,
    CONSENTED,
    DISCLOSE,
    GIVEN,
    HOTLINE,
    INFORMED,
    NEXT_MONTH,
    OPENED,
    SHELTER,
    WITHDRAWN,
)
from tests.support.decisions import ACTIVE_ROLES, FRESH, NOW, acting, refusal, when

NO_CONSENT = "a-disclosure-rests-on-a-live-consent"
DISCLOSED = DossierDisclosed(
    disclosure=FRESH,
    recipient="casa-aperta",
    consent=CONSENT,
    purpose=Purpose.REFERRAL,
    categories=(DataCategory.IDENTITY,),
)
OTHER_GIVEN = GIVEN.model_copy(update={"consent": ANOTHER_CONSENT})


def test_the_recipient_sees_what_a_live_consent_covers() -> None:
    assert when(CASES, CONSENTED, DISCLOSE, SHELTER) == [DISCLOSED]


def test_every_covered_category_may_be_asked_for_and_is_recorded_once() -> None:
    twice = (DataCategory.NARRATIVE, DataCategory.IDENTITY, DataCategory.NARRATIVE)
    both = DISCLOSE.model_copy(update={"categories": twice})
    assert when(CASES, CONSENTED, both, SHELTER) == [
        DISCLOSED.model_copy(update={"categories": GIVEN.categories})
    ]


@pytest.mark.parametrize(
    "asked",
    [
        DISCLOSE.model_copy(update={"purpose": Purpose.LEGAL_AID}),
        DISCLOSE.model_copy(update={"categories": (DataCategory.HEALTH,)}),
        DISCLOSE.model_copy(update={"categories": (DataCategory.HEALTH, DataCategory.CONTACT)}),
    ],
)
def test_what_no_consent_covers_is_refused(asked: DiscloseDossier) -> None:
    assert refusal(CASES, CONSENTED, asked, SHELTER) == NO_CONSENT


def test_more_than_the_consent_covers_is_filtered_to_what_it_covers() -> None:
    asked = DISCLOSE.model_copy(update={"categories": tuple(DataCategory)})
    assert when(CASES, CONSENTED, asked, SHELTER) == [
        DISCLOSED.model_copy(update={"categories": GIVEN.categories})
    ]


def test_of_two_live_consents_the_one_that_allows_more_counts_whichever_came_first() -> None:
    narrow = OTHER_GIVEN.model_copy(update={"categories": (DataCategory.IDENTITY,)})
    asked = DISCLOSE.model_copy(update={"categories": tuple(DataCategory)})
    for given in ([narrow, GIVEN], [GIVEN, narrow]):
        (shown,) = when(CASES, [OPENED, INFORMED, *given], asked, SHELTER)
        assert shown == DISCLOSED.model_copy(update={"categories": GIVEN.categories})


OF_ALL = GIVEN.model_copy(update={"categories": tuple(DataCategory)})
PROSECUTES = [Role.POLICE_OFFICER, Role.JUDICIAL_AUTHORITY]


@pytest.mark.parametrize("role", PROSECUTES)
def test_police_and_courts_see_what_the_person_allowed_and_never_the_care_record(
    role: Role,
) -> None:
    asked = DISCLOSE.model_copy(update={"categories": tuple(DataCategory)})
    (shown,) = when(CASES, [OPENED, INFORMED, OF_ALL], asked, acting("casa-aperta", role))
    assert isinstance(shown, DossierDisclosed)
    assert set(shown.categories) == set(DataCategory) - {DataCategory.HEALTH}


@pytest.mark.parametrize("role", PROSECUTES)
@pytest.mark.parametrize("also", [(), (Role.CASE_MANAGER,), tuple(ACTIVE_ROLES)], ids=len)
def test_neither_a_consent_nor_a_second_role_opens_the_care_record_to_police_and_courts(
    role: Role, also: tuple[Role, ...]
) -> None:
    asked = DISCLOSE.model_copy(update={"categories": (DataCategory.HEALTH,)})
    given = [OPENED, INFORMED, OF_ALL]
    rule = refusal(CASES, given, asked, acting("casa-aperta", role, *also))
    assert rule == "police-and-courts-never-see-the-care-record"
    assert when(CASES, given, asked, SHELTER)


def test_without_a_consent_police_see_nothing_of_what_others_are_shown() -> None:
    asking = acting("questura", Role.POLICE_OFFICER)
    assert refusal(CASES, [OPENED, INFORMED, OF_ALL], DISCLOSE, asking) == NO_CONSENT


def test_another_organisation_than_the_recipient_is_refused() -> None:
    rule = refusal(CASES, CONSENTED, DISCLOSE, acting("porto", Role.PROVIDER_INTAKE))
    assert rule == NO_CONSENT


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.CASE_MANAGER, True),
        (Role.PROVIDER_INTAKE, True),
        (Role.HOTLINE_OPERATOR, True),
        (Role.STREET_OPERATOR, True),
        (Role.POLICE_OFFICER, True),
        (Role.JUDICIAL_AUTHORITY, True),
        (Role.ANALYST, False),
        (Role.AUDITOR, False),
        (Role.COORDINATOR, False),
    ],
)
def test_of_the_recipient_only_who_works_on_cases_sees_a_dossier(role: Role, shown: bool) -> None:
    asking = acting("casa-aperta", role)
    if shown:
        assert when(CASES, CONSENTED, DISCLOSE, asking) == [DISCLOSED]
    else:
        rule = refusal(CASES, CONSENTED, DISCLOSE, asking)
        assert rule == "who-works-on-cases-asks-for-a-dossier"


def test_not_even_the_custodian_sees_what_was_consented_to_another() -> None:
    assert refusal(CASES, CONSENTED, DISCLOSE, HOTLINE) == NO_CONSENT


@pytest.mark.parametrize("given", [[OPENED], [OPENED, INFORMED], [*CONSENTED, WITHDRAWN]], ids=str)
def test_without_a_live_consent_it_is_refused(given: Sequence[Fact]) -> None:
    assert refusal(CASES, given, DISCLOSE, SHELTER) == NO_CONSENT


@pytest.mark.parametrize(("seconds", "allowed"), [(-1, True), (0, False), (1, False)])
def test_a_consent_ends_at_its_moment(seconds: int, allowed: bool) -> None:
    late = acting("casa-aperta", Role.PROVIDER_INTAKE, now=NEXT_MONTH + timedelta(seconds=seconds))
    if allowed:
        assert when(CASES, CONSENTED, DISCLOSE, late) == [DISCLOSED]
    else:
        assert refusal(CASES, CONSENTED, DISCLOSE, late) == NO_CONSENT


def test_two_narrow_consents_do_not_add_up_to_a_wide_one() -> None:
    """Each was given to one scope; nobody said yes to both together."""
    narrow = GIVEN.model_copy(update={"categories": (DataCategory.IDENTITY,)})
    other = OTHER_GIVEN.model_copy(update={"categories": (DataCategory.NARRATIVE,)})
    both = DISCLOSE.model_copy(update={"categories": GIVEN.categories})
    assert when(CASES, [OPENED, INFORMED, narrow, other], both, SHELTER) == [DISCLOSED]


def test_another_live_consent_carries_on_where_one_was_withdrawn() -> None:
    given = [*CONSENTED, OTHER_GIVEN, WITHDRAWN]
    assert when(CASES, given, DISCLOSE, SHELTER) == [
        DISCLOSED.model_copy(update={"consent": ANOTHER_CONSENT})
    ]


def test_a_disclosure_takes_no_consent_away() -> None:
    assert when(CASES, [*CONSENTED, DISCLOSED], DISCLOSE, SHELTER) == [DISCLOSED]


def test_a_live_consent_is_neither_withdrawn_nor_ended() -> None:
    consent = Consent("casa-aperta", Purpose.REFERRAL, GIVEN.categories, NEXT_MONTH)
    assert is_live(consent, NOW)
    assert not is_live(consent, NEXT_MONTH)


ROW = {"custodian": "hotline"}


@pytest.mark.parametrize(
    ("organisation", "roles"),
    [
        ("hotline", {Role.CASE_MANAGER}),
        ("hotline", {Role.STREET_OPERATOR}),
        ("region", {Role.COORDINATOR}),
        ("region", {Role.AUDITOR}),
    ],
)
def test_who_sees_a_case_in_codes(organisation: str, roles: set[str]) -> None:
    seen = the_custodian_and_the_coordination_see_a_case(
        acting(organisation, *roles), "SeeCase", ROW
    )
    assert seen == ROW


@pytest.mark.parametrize("row", [ROW, None])
def test_who_does_not_see_a_case_does_not_learn_whether_there_is_one(
    row: dict[str, str] | None,
) -> None:
    with pytest.raises(Refused) as refused:
        the_custodian_and_the_coordination_see_a_case(
            acting("porto", Role.CASE_MANAGER), "SeeCase", row
        )
    assert refused.value.rule == "the-custodian-and-the-coordination-see-a-case"
    assert refused.value.kind == "missing"


def test_nor_does_the_coordination_see_a_case_that_is_not_there() -> None:
    with pytest.raises(Refused) as refused:
        the_custodian_and_the_coordination_see_a_case(
            acting("region", Role.COORDINATOR), "SeeCase", None
        )
    assert refused.value.kind == "missing"
