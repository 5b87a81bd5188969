"""Who escorts the person, and who is told where to: pure."""

from collections.abc import Sequence

from services.referral.custody import commands, consent_policies, escort_policies, events, policies
from services.referral.custody.events import Event
from services.referral.custody.state import Referral, Relay, Stage
from services.referral.directory.decide import stream_of
from services.referral.directory.policies import (
    the_organisation_is_registered,
    the_service_is_offered,
)
from shared.runtime.facts import Acting

OfEscort = commands.NameEscort | commands.ReleaseAddress


def decide(command: OfEscort, relay: Relay, referral: Referral, acting: Acting) -> Sequence[Event]:
    if isinstance(command, commands.NameEscort):
        return _name(command, referral, acting)
    return _release(command, relay, referral, acting)


def _name(named: commands.NameEscort, referral: Referral, acting: Acting) -> Sequence[Event]:
    escort_policies.only_the_two_sides_name_an_escort(acting, named.action, referral)
    policies.the_referral_is(referral, Stage.ACCEPTED)
    if referral.escorts.get(acting.organisation) == named.operator:
        return []  # said twice, true once
    return [
        events.EscortNamed(
            referral=named.referral, organisation=acting.organisation, operator=named.operator
        )
    ]


def _release(
    asked: commands.ReleaseAddress, relay: Relay, referral: Referral, acting: Acting
) -> Sequence[Event]:
    escort_policies.no_police_and_no_court_is_told_an_address(acting, asked.action, referral)
    escort_policies.only_the_named_escort_is_told_an_address(acting, asked.action, referral)
    policies.the_referral_is(referral, Stage.ACCEPTED)
    policies.only_who_has_the_person_hands_over(referral.sender, relay.custodian)
    name, consent = consent_policies.a_handover_rests_on_a_live_consent(relay, referral, acting.now)
    consent_policies.the_consent_names_who_takes_the_person(relay, consent, referral.accepted_by)
    shelter = escort_policies.somebody_has_accepted(referral)
    registered = the_organisation_is_registered(relay.directory[stream_of(shelter)])
    offer = the_service_is_offered(registered, referral.service)
    escort_policies.an_address_was_kept(offer)
    return [
        events.AddressReleased(
            referral=asked.referral,
            release=acting.fresh,
            consent=name,
            shelter=shelter,
            organisation=acting.organisation,
            operator=acting.operator,
        )
    ]
