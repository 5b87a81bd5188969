"""Given a referral, when an escort is named and asks where to go: then this, or a refusal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import SecretStr

from services.referral.custody.commands import NameEscort, ReleaseAddress
from services.referral.custody.decide import CUSTODY
from services.referral.custody.events import AddressReleased, EscortNamed
from services.referral.directory.commands import KeepAddress
from services.referral.directory.decide import DIRECTORY
from shared.codes import OrganisationKind, Role, ServiceType
from shared.runtime.facts import Acting, Fact, Refused
from tests.referral.given import (
    ACCEPTED,
    ANEW,
    ANOTHER_CONSENT,
    ASKED,
    AT_SHELTER,
    BEGUN,
    ENDED_NOTHING,
    ERASED,
    HOTLINE,
    IN_A_MONTH,
    KEPT,
    KNOWN,
    LAPSED,
    MOVED,
    NAMED,
    NETWORK,
    NOTED,
    PORTO,
    REFERRAL,
    RELEASED,
    RESIDENTIAL,
    SHELTER,
    STOPPED,
    STRANGER,
    TAKEN,
    UNKNOWN,
    WHERE,
    WITHDRAWN,
)
from tests.support.decisions import ACTIVE_ROLES, acting, refusal, when

KEEP = KeepAddress(service=RESIDENTIAL, address=WHERE)
NAME = NameEscort(referral=REFERRAL, operator="op-7")
RELEASE = ReleaseAddress(referral=REFERRAL)
ESCORT = acting("hotline", Role.STREET_OPERATOR, operator="op-7")
BY_SHELTER = EscortNamed(referral=REFERRAL, organisation="casa-aperta", operator="op-7")
SECRET: dict[str, list[Fact]] = {AT_SHELTER: [*NETWORK[AT_SHELTER], KEPT]}
GOING: list[Fact] = [*TAKEN, NAMED]
NOT_NAMED = "only-the-named-escort-is-told-an-address"
AT_ANOTHER = "the-referral-is-at-another-stage"


def test_given_a_service_when_its_organisation_says_where_it_is_then_it_is_kept_sealed() -> None:
    assert when(DIRECTORY, NETWORK[AT_SHELTER], KEEP, SHELTER) == [KEPT]
    manager = acting("casa-aperta", Role.CASE_MANAGER)
    assert when(DIRECTORY, SECRET[AT_SHELTER], KEEP, manager) == [KEPT]


@pytest.mark.parametrize(
    "by",
    [
        acting("casa-aperta", Role.COORDINATOR, Role.STREET_OPERATOR),
        acting("regione", Role.COORDINATOR),
        PORTO,
        STRANGER,
    ],
)
def test_when_anybody_else_says_where_a_shelter_is_then_it_is_refused(by: Acting) -> None:
    rule = "only-the-shelter-itself-says-where-it-is"
    assert refusal(DIRECTORY, NETWORK[AT_SHELTER], KEEP, by) == rule


def test_when_it_is_not_said_where_or_of_which_service_then_it_is_refused() -> None:
    empty = KEEP.model_copy(update={"address": SecretStr(" \n ")})
    assert refusal(DIRECTORY, NETWORK[AT_SHELTER], empty, SHELTER) == "an-address-says-where"
    other = KEEP.model_copy(update={"service": ServiceType.WORK})
    assert refusal(DIRECTORY, NETWORK[AT_SHELTER], other, SHELTER) == "the-service-is-offered"
    assert refusal(DIRECTORY, [], KEEP, SHELTER) == "the-organisation-is-registered"


@pytest.mark.parametrize(
    ("by", "named"),
    [
        (HOTLINE, NAMED),
        (acting("hotline", Role.CASE_MANAGER), NAMED),
        (acting("hotline", Role.STREET_OPERATOR), NAMED),
        (SHELTER, BY_SHELTER),
    ],
)
def test_given_an_acceptance_when_a_side_names_its_escort_then_it_is_so(
    by: Acting, named: Fact
) -> None:
    assert when(CUSTODY, TAKEN, NAME, by) == [named]
    assert when(CUSTODY, [*TAKEN, named], NAME, by) == []
    another = NAME.model_copy(update={"operator": "op-8"})
    assert len(when(CUSTODY, [*TAKEN, named], another, by)) == 1


@pytest.mark.parametrize(
    "by", [PORTO, STRANGER, acting("hotline", Role.ANALYST, Role.COORDINATOR, Role.AUDITOR)]
)
def test_given_an_acceptance_when_anybody_else_names_an_escort_then_it_is_refused(
    by: Acting,
) -> None:
    assert refusal(CUSTODY, TAKEN, NAME, by) == "only-the-two-sides-name-an-escort"


@pytest.mark.parametrize("facts", [ASKED, MOVED, [*ASKED, WITHDRAWN]])
def test_given_no_acceptance_or_an_end_when_an_escort_is_named_then_it_is_refused(
    facts: Sequence[Fact],
) -> None:
    assert refusal(CUSTODY, facts, NAME, HOTLINE) == AT_ANOTHER


def test_given_an_escort_when_they_ask_where_to_go_then_it_is_recorded_each_time() -> None:
    assert when(CUSTODY, GOING, RELEASE, ESCORT, SECRET) == [RELEASED]
    assert when(CUSTODY, [*GOING, RELEASED], RELEASE, ESCORT, SECRET) == [RELEASED]


def test_given_a_consent_to_a_class_when_one_of_it_has_accepted_then_its_escort_is_told() -> None:
    to_ngos = NOTED.model_copy(update={"recipient": None, "recipient_class": OrganisationKind.NGO})
    agencies = to_ngos.model_copy(update={"recipient_class": OrganisationKind.HEALTH_AGENCY})
    going = GOING[len(KNOWN) :]
    assert when(CUSTODY, [BEGUN, to_ngos, *going], RELEASE, ESCORT, SECRET) == [RELEASED]
    rule = "the-consent-names-who-takes-the-person"
    assert refusal(CUSTODY, [BEGUN, agencies, *going], RELEASE, ESCORT, SECRET) == rule


def test_given_a_consent_given_anew_when_the_old_one_ended_then_the_escort_is_told_on_it() -> None:
    going: list[Fact] = [*GOING, LAPSED]
    told = RELEASED.model_copy(update={"consent": ANOTHER_CONSENT})
    assert when(CUSTODY, [*going, ANEW], RELEASE, ESCORT, SECRET) == [told]
    elsewhere = ANEW.model_copy(update={"recipient": "porto"})
    for facts in (going, [*going, elsewhere]):
        rule = refusal(CUSTODY, facts, RELEASE, ESCORT, SECRET)
        assert rule == "a-referral-rests-on-a-live-consent"


def test_given_the_shelters_own_escort_when_they_ask_where_to_go_then_they_are_told() -> None:
    by = acting("casa-aperta", Role.PROVIDER_INTAKE, operator="op-7")
    (told,) = when(CUSTODY, [*TAKEN, BY_SHELTER], RELEASE, by, SECRET)
    assert isinstance(told, AddressReleased)
    assert (told.organisation, told.shelter) == ("casa-aperta", "casa-aperta")


@pytest.mark.parametrize(
    ("facts", "by"),
    [
        (TAKEN, ESCORT),
        (GOING, HOTLINE),
        (GOING, replace(ESCORT, organisation="casa-aperta")),
        (GOING, replace(ESCORT, roles=frozenset({Role.COORDINATOR}))),
        (GOING, replace(ESCORT, roles=frozenset({Role.STREET_OPERATOR, Role.AUDITOR}))),
        (GOING, replace(STRANGER, roles=frozenset({Role.COORDINATOR}))),
        ([*GOING, NAMED.model_copy(update={"operator": "op-8"})], ESCORT),
        (ASKED, SHELTER),
    ],
)
def test_given_an_acceptance_when_who_is_not_named_asks_where_to_go_then_it_is_refused(
    facts: Sequence[Fact], by: Acting
) -> None:
    assert refusal(CUSTODY, facts, RELEASE, by, SECRET) == NOT_NAMED


@pytest.mark.parametrize("role", [Role.POLICE_OFFICER, Role.JUDICIAL_AUTHORITY])
def test_when_police_or_a_court_asks_where_to_go_then_it_is_refused(role: Role) -> None:
    by = replace(ESCORT, roles=frozenset({Role.STREET_OPERATOR, role}))
    rule = "no-police-and-no-court-is-told-an-address"
    assert refusal(CUSTODY, GOING, RELEASE, by, SECRET) == rule


MOVED_ON = [*ASKED, ACCEPTED, NAMED, *MOVED[len(TAKEN) :]]


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (MOVED_ON, AT_ANOTHER),
        ([*GOING, WITHDRAWN], AT_ANOTHER),
        ([*GOING, STOPPED], AT_ANOTHER),
        ([*GOING, ENDED_NOTHING], "a-referral-rests-on-a-live-consent"),
        ([*GOING, ERASED], "what-was-erased-stays-erased"),
        ([], "the-case-exists"),
    ],
)
def test_given_an_end_when_the_escort_asks_where_to_go_then_it_is_refused(
    facts: Sequence[Fact], rule: str
) -> None:
    assert refusal(CUSTODY, facts, RELEASE, ESCORT, SECRET) == rule


def test_given_a_consent_that_has_ended_when_the_escort_asks_then_it_is_refused() -> None:
    by = replace(ESCORT, now=IN_A_MONTH)
    rule = "a-referral-rests-on-a-live-consent"
    assert refusal(CUSTODY, GOING, RELEASE, by, SECRET) == rule


def test_given_a_consent_to_another_when_the_escort_asks_then_it_is_refused() -> None:
    porto = ACCEPTED.model_copy(update={"receiver": "porto"})
    rule = "the-consent-names-who-takes-the-person"
    assert refusal(CUSTODY, [*ASKED, porto, NAMED], RELEASE, ESCORT, NETWORK) == rule


def test_given_custody_elsewhere_when_the_escort_asks_then_it_is_refused() -> None:
    other = MOVED[-1].model_copy(update={"referral": "b" * 32, "receiver": "porto"})
    proposed = ASKED[2].model_copy(update={"referral": "b" * 32})
    facts = [*GOING, proposed, other]
    assert refusal(CUSTODY, facts, RELEASE, ESCORT, SECRET) == "only-who-has-the-person-hands-over"


def test_given_no_address_or_no_such_referral_when_the_escort_asks_then_it_is_refused() -> None:
    assert refusal(CUSTODY, GOING, RELEASE, ESCORT, NETWORK) == "an-address-was-kept"
    unknown = ReleaseAddress(referral=UNKNOWN)
    assert refusal(CUSTODY, GOING, unknown, ESCORT, SECRET) == "the-referral-exists"


_FACTS = [ACCEPTED, NAMED, BY_SHELTER, STOPPED, WITHDRAWN, ENDED_NOTHING]


@given(
    some.lists(some.sampled_from(_FACTS), max_size=6),
    some.sampled_from(["hotline", "casa-aperta", "porto", "regione"]),
    some.sampled_from(["op-7", "op-8"]),
    some.integers(0, 40),
)
def test_whatever_happened_an_address_goes_to_a_named_escort_on_a_live_consent_alone(
    happened: list[Fact], organisation: str, operator: str, days: int
) -> None:
    facts = [*ASKED, *happened]
    by = acting(organisation, *(ACTIVE_ROLES - {Role.POLICE_OFFICER, Role.JUDICIAL_AUTHORITY}))
    by = replace(by, operator=operator, now=by.now + timedelta(days=days))
    try:
        (told,) = when(CUSTODY, facts, RELEASE, by, SECRET)
    except Refused:
        return
    assert isinstance(told, AddressReleased)
    stages = [fact for fact in happened if fact in (ACCEPTED, STOPPED, WITHDRAWN)]
    assert stages[-1] == ACCEPTED
    assert ENDED_NOTHING not in happened
    assert EscortNamed(referral=REFERRAL, organisation=organisation, operator="op-7") in happened
    assert (told.organisation, told.operator) == (organisation, "op-7") == (organisation, operator)
    assert by.now < IN_A_MONTH
