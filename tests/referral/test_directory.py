"""Who belongs to the network, what they offer, and how many places are free."""

import pytest
from pydantic import ValidationError

from services.referral.directory.commands import OfferService, RegisterOrganisation, SetPlaces
from services.referral.directory.decide import DIRECTORY, free_place, take_place
from services.referral.directory.events import Event, PlaceFreed, PlaceTaken
from services.referral.directory.state import Offer, Organisation, Registered, Unregistered
from shared.codes import Area, OrganisationKind, Role, ServiceType
from shared.runtime.facts import Acting, Fact, In, Refused, Request
from tests.referral.given import (
    AT_SHELTER,
    COORDINATOR,
    REFERRAL,
    RESIDENTIAL,
    SHELTER,
    offered,
    places,
    registered,
)
from tests.support.decisions import ACTIVE_ROLES, acting, refusal, when

REGISTER = RegisterOrganisation(
    organisation="casa-aperta", name="casa-aperta", kind=OrganisationKind.NGO, area=Area.BOLOGNA
)
OFFER = OfferService(
    service=RESIDENTIAL, area=Area.BOLOGNA, answer_within_hours=48, languages=("sq", "it")
)
THREE = SetPlaces(service=RESIDENTIAL, places=3)
REGISTERED, OFFERED = registered("casa-aperta"), offered(48)
TAKEN = PlaceTaken(service=RESIDENTIAL, referral=REFERRAL, free=2)


def decided(given: list[Fact], command: Request, by: Acting) -> list[Fact | In]:
    return list(when(DIRECTORY, given, command, by))


def refused(given: list[Fact], command: Request, by: Acting) -> str:
    return refusal(DIRECTORY, given, command, by)


def organisation(*given: Event) -> Organisation:
    state: Organisation = Unregistered()
    for fact in given:
        state = DIRECTORY.evolve(state, fact)
    return state


def shelter(*given: Event) -> Registered:
    state = organisation(REGISTERED, *given)
    assert isinstance(state, Registered)
    return state


def test_when_the_coordinator_registers_an_organisation_then_it_belongs_to_the_network() -> None:
    assert decided([], REGISTER, COORDINATOR) == [REGISTERED]
    assert organisation(REGISTERED) == Registered("casa-aperta", kind=OrganisationKind.NGO)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR}))
def test_when_another_role_registers_an_organisation_then_it_is_refused(role: Role) -> None:
    rule = "only-the-coordinator-registers-organisations"
    assert refused([], REGISTER, acting("casa-aperta", role)) == rule
    assert refused([REGISTERED], REGISTER, acting("casa-aperta", role)) == rule


def test_given_an_organisation_when_its_short_name_is_registered_again_then_it_is_refused() -> None:
    rule = "an-organisation-is-registered-once"
    assert refused([REGISTERED], REGISTER, COORDINATOR) == rule


@pytest.mark.parametrize("name", ["Casa", "casa aperta", "-casa", "casa-", "casa--aperta", ""])
def test_when_a_short_name_has_another_form_then_it_is_no_short_name(name: str) -> None:
    with pytest.raises(ValidationError):
        RegisterOrganisation(organisation=name, name="x", kind=OrganisationKind.NGO)


@pytest.mark.parametrize("role", [Role.PROVIDER_INTAKE, Role.CASE_MANAGER])
def test_when_an_organisation_speaks_for_itself_then_it_is_done(role: Role) -> None:
    by = acting("casa-aperta", role)
    assert decided([REGISTERED], OFFER, by) == [OFFERED]
    assert decided([REGISTERED, OFFERED], THREE, by) == [places(3, 3)]


def test_when_the_coordinator_helps_out_then_it_is_done() -> None:
    assert decided([REGISTERED], OFFER, COORDINATOR) == [OFFERED]
    assert decided([REGISTERED, OFFERED], THREE, COORDINATOR) == [places(3, 3)]


@pytest.mark.parametrize("command", [OFFER, THREE])
@pytest.mark.parametrize(
    "by",
    [
        acting("porto", *ACTIVE_ROLES - {Role.COORDINATOR}),
        acting("casa-aperta", Role.HOTLINE_OPERATOR, Role.STREET_OPERATOR, Role.AUDITOR),
        acting("casa-aperta"),
    ],
)
def test_when_somebody_else_speaks_for_an_organisation_then_it_is_refused(
    command: Request, by: Acting
) -> None:
    assert refused([REGISTERED, OFFERED], command, by) == "an-organisation-speaks-for-itself"


@pytest.mark.parametrize("command", [OFFER, THREE])
def test_given_no_organisation_when_it_speaks_then_it_is_missing(command: Request) -> None:
    assert refused([], command, SHELTER) == "the-organisation-is-registered"


def test_given_no_offer_when_places_are_set_then_it_is_refused() -> None:
    work = SetPlaces(service=ServiceType.WORK, places=3)
    assert refused([REGISTERED, OFFERED], work, SHELTER) == "the-service-is-offered"


def test_given_places_when_the_same_number_is_set_then_nothing_happens() -> None:
    assert decided([REGISTERED, OFFERED, places(3, 3), TAKEN], THREE, SHELTER) == []


def test_given_a_place_taken_when_the_number_changes_then_it_stays_taken() -> None:
    given: list[Fact] = [REGISTERED, OFFERED, places(3, 3), TAKEN]
    five, none = (SetPlaces(service=RESIDENTIAL, places=number) for number in (5, 0))
    assert decided(given, five, SHELTER) == [places(5, 4)]
    assert decided(given, none, SHELTER) == [places(0, -1)]


def test_given_places_when_a_service_answers_faster_then_its_places_stay() -> None:
    faster = shelter(OFFERED, places(3, 3), TAKEN, offered(2))
    assert faster.offers[RESIDENTIAL] == Offer(answer_within_hours=2, places=3, free=2)


def test_given_a_free_place_when_it_is_taken_and_freed_then_it_is_counted() -> None:
    full = shelter(OFFERED, places(3, 3))
    assert take_place(full, RESIDENTIAL, REFERRAL) == In(AT_SHELTER, TAKEN)
    freed = PlaceFreed(service=RESIDENTIAL, referral=REFERRAL, free=3)
    assert free_place(shelter(OFFERED, places(3, 3), TAKEN), RESIDENTIAL, REFERRAL) == In(
        AT_SHELTER, freed
    )
    assert shelter(OFFERED, places(3, 3), TAKEN, freed) == full


@pytest.mark.parametrize("set_to", [[], [places(1, 0)], [places(0, -1)]])
def test_given_no_free_place_when_one_is_taken_then_it_is_refused(set_to: list[Event]) -> None:
    with pytest.raises(Refused) as no:
        take_place(shelter(OFFERED, *set_to), RESIDENTIAL, REFERRAL)
    assert no.value.rule == "an-acceptance-takes-a-free-place"


def test_given_another_service_when_a_place_is_taken_then_it_is_refused() -> None:
    with pytest.raises(Refused) as no:
        take_place(shelter(OFFERED, places(3, 3)), ServiceType.WORK, REFERRAL)
    assert no.value.rule == "the-service-is-offered"


def test_before_it_is_registered_an_organisation_has_nothing() -> None:
    assert organisation(OFFERED, places(3, 3)) == Unregistered()


@pytest.mark.parametrize("name", ["", "a\x00b", "a\nb", "\x7f", "a" * 201])
def test_when_a_name_cannot_be_shown_then_it_is_no_request(name: str) -> None:
    with pytest.raises(ValidationError):
        RegisterOrganisation(organisation="porto", name=name, kind=OrganisationKind.NGO)
