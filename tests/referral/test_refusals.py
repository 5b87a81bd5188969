"""How a refusal speaks: of which kind it is, why it is, and what to do instead, in sentences."""

import re
from collections.abc import Callable

import pytest

from services.referral.custody import consent_policies as consents
from services.referral.custody import escort_policies as escort
from services.referral.custody import policies
from services.referral.custody.decide import CUSTODY
from services.referral.custody.state import Consent, Referral, Relay, Response, Stage, Unbegun
from services.referral.directory import policies as directory
from services.referral.directory.commands import RegisterOrganisation
from services.referral.directory.decide import DIRECTORY
from services.referral.directory.state import Offer, Registered, Unregistered
from shared.codes import OrganisationKind, Purpose, Role
from shared.runtime.facts import RefusalKind, Refused
from tests.referral.given import (
    CONSENT,
    COORDINATOR,
    HOTLINE,
    IN_A_MONTH,
    PORTO,
    RESIDENTIAL,
    SEND,
    SHELTER,
)
from tests.support.decisions import NOW, acting

SENTENCES = re.compile(r"[A-Z][a-z ].*[a-z]\.")
ANALYST = acting("porto", Role.ANALYST)
POLICE = acting("questura", Role.POLICE_OFFICER)
TO_PORTO = Consent("porto", IN_A_MONTH, Purpose.REFERRAL)
RELAY = Relay("hotline")
ANSWERED = Referral(RESIDENTIAL, CONSENT, "hotline", {"porto": Response.DECLINED}, Stage.SENT)
REGISTER = RegisterOrganisation(organisation="porto", name="Porto", kind=OrganisationKind.NGO)
Refusal = tuple[Callable[..., object], tuple[object, ...], RefusalKind]
OF_CUSTODY: list[Refusal] = [
    (policies.only_the_custodian_refers, (PORTO, "ProposeReferral", "hotline"), "authority"),
    (policies.an_organisation_lists_what_it_was_asked, (ANALYST,), "authority"),
    (
        policies.whoever_is_involved_sees_the_referrals,
        (PORTO, "SeeReferrals", "hotline", {"casa-aperta"}),
        "missing",
    ),
    (
        policies.only_the_sender_disposes_of_a_referral,
        (PORTO, "SendReferral", ANSWERED),
        "authority",
    ),
    (policies.only_the_receiver_answers, (SHELTER, "AcceptReferral", ANSWERED), "authority"),
    (
        policies.only_the_two_sides_confirm_a_handover,
        (PORTO, "ConfirmHandover", ANSWERED),
        "authority",
    ),
    (policies.only_who_has_the_person_hands_over, ("hotline", "porto"), "state"),
    (policies.nobody_refers_to_itself, ("porto", ("porto",)), "content"),
    (consents.a_referral_rests_on_a_live_consent, (RELAY, CONSENT, NOW), "state"),
    (consents.the_consent_names_a_receiver, (RELAY, TO_PORTO, ("casa-aperta",)), "state"),
    (
        consents.the_consent_names_who_takes_the_person,
        (RELAY, TO_PORTO, "casa-aperta"),
        "state",
    ),
    (policies.the_referral_is, (ANSWERED, Stage.PROPOSED), "state"),
    (policies.a_receiver_answers_once, (ANSWERED, "porto"), "state"),
    (policies.an_answer_comes_in_time, (NOW, NOW), "state"),
    (policies.the_referral_exists, (RELAY, SEND.referral), "missing"),
    (policies.there_is_a_way_to_show, (None,), "missing"),
    (CUSTODY.decide, (SEND, Unbegun(), HOTLINE), "missing"),
]
OF_AN_ESCORT: list[Refusal] = [
    (escort.only_the_two_sides_name_an_escort, (PORTO, "NameEscort", ANSWERED), "authority"),
    (
        escort.only_the_named_escort_is_told_an_address,
        (PORTO, "ReleaseAddress", ANSWERED),
        "authority",
    ),
    (
        escort.no_police_and_no_court_is_told_an_address,
        (POLICE, "ReleaseAddress", ANSWERED),
        "authority",
    ),
    (escort.somebody_has_accepted, (ANSWERED,), "state"),
    (escort.an_address_was_kept, (Offer(48),), "missing"),
    (
        directory.only_the_shelter_itself_says_where_it_is,
        (PORTO, "KeepAddress", "hotline"),
        "authority",
    ),
    (directory.an_address_says_where, (" \n ",), "content"),
]
OF_THE_DIRECTORY: list[Refusal] = [
    (directory.only_the_coordinator_registers_organisations, (PORTO,), "authority"),
    (directory.the_network_looks_into_its_directory, (ANALYST, "ListOffers"), "authority"),
    (directory.an_organisation_speaks_for_itself, (PORTO, "SetPlaces", "hotline"), "authority"),
    (directory.the_organisation_is_registered, (Unregistered(),), "missing"),
    (directory.the_service_is_offered, (Registered("porto"), RESIDENTIAL), "state"),
    (directory.an_acceptance_takes_a_free_place, (Offer(48),), "state"),
    (DIRECTORY.decide, (REGISTER, Registered("porto"), COORDINATOR), "state"),
]
# All others are named as their functions.
NAMES: dict[Callable[..., object], str] = {
    policies.the_referral_is: "the-referral-is-at-another-stage",
    CUSTODY.decide: "the-case-exists",
    DIRECTORY.decide: "an-organisation-is-registered-once",
}


@pytest.mark.parametrize(("rule", "given", "kind"), [*OF_CUSTODY, *OF_AN_ESCORT, *OF_THE_DIRECTORY])
def test_when_a_rule_says_no_then_it_says_which_it_is_and_why_and_what_to_do_instead(
    rule: Callable[..., object], given: tuple[object, ...], kind: RefusalKind
) -> None:
    with pytest.raises(Refused) as refused:
        rule(*given)
    assert refused.value.rule == NAMES.get(rule, rule.__name__.replace("_", "-"))
    assert refused.value.kind == kind
    assert SENTENCES.fullmatch(refused.value.because)
    assert SENTENCES.fullmatch(refused.value.instead)


def test_who_answers_for_an_organisation_lists_what_it_alone_was_asked() -> None:
    assert policies.an_organisation_lists_what_it_was_asked(PORTO) == "porto"
