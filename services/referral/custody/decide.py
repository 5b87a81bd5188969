"""From a command on a case's way and what is known, to what happens: pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, assert_never

from services.referral.custody import (
    answering,
    commands,
    consent_policies,
    escorting,
    events,
    policies,
    stopping,
)
from services.referral.custody.commands import Command
from services.referral.custody.events import Event
from services.referral.custody.state import (
    Custody,
    Referral,
    Relay,
    Shape,
    Stage,
    Unbegun,
    evolve,
    with_directory,
)
from services.referral.directory.decide import DIRECTORY, stream_of
from services.referral.directory.policies import (
    the_organisation_is_registered,
    the_service_is_offered,
)
from services.referral.directory.state import Offer
from shared.codes import ServiceType
from shared.runtime.facts import Acting, Decider, In, Refused


def decide(command: Command, known: Custody, acting: Acting) -> Sequence[Event | In]:
    if isinstance(command, commands.DestroyKeys):
        return stopping.destroy(command, known)
    custody = policies.an_erased_case_takes_nothing_more(known)
    if isinstance(command, commands.BeginRelay):
        begun = events.RelayBegun(custodian=command.custodian)
        return [begun] if isinstance(custody, Unbegun) else []
    if isinstance(custody, Unbegun):
        raise _no_such_case()
    match command:
        case commands.ProposeReferral():
            return _propose(command, custody, acting)
        case commands.NoteConsent() | commands.NoteNarrowing():
            return _note(command, custody)
        case commands.StopForWithdrawal():
            return stopping.stop_for_withdrawal(command.consent, custody, acting)
        case commands.StopForExpiry():
            return stopping.stop_for_expiry(command.consent, custody)
        case _:
            referral = policies.the_referral_exists(custody, command.referral)
            return _of_referral(command, custody, referral, acting)


OfReferral = (
    commands.SendReferral
    | commands.AcknowledgeReferral
    | commands.AcceptReferral
    | commands.DeclineReferral
    | commands.WithdrawReferral
    | commands.ConfirmHandover
    | commands.ExpireReferral
    | commands.NameEscort
    | commands.ReleaseAddress
    | commands.ReturnPlace
)


def _of_referral(
    command: OfReferral, relay: Relay, referral: Referral, acting: Acting
) -> Sequence[Event | In]:
    match command:
        case commands.SendReferral():
            return _send(command, relay, referral, acting)
        case commands.AcknowledgeReferral():
            return answering.acknowledge(command, referral, acting)
        case commands.AcceptReferral():
            return answering.accept(command, relay, referral, acting)
        case commands.DeclineReferral():
            return answering.decline(command, referral, acting)
        case commands.ExpireReferral():
            return answering.expire(command, referral)
        case commands.ConfirmHandover():
            return answering.confirm(command, relay, referral, acting)
        case commands.WithdrawReferral():
            return stopping.withdraw(command, relay, referral, acting)
        case commands.ReturnPlace():
            return stopping.return_place(command, relay, referral)
        case commands.NameEscort() | commands.ReleaseAddress():
            return escorting.decide(command, relay, referral, acting)
        case _:
            assert_never(command)


def _propose(asked: commands.ProposeReferral, relay: Relay, acting: Acting) -> Sequence[Event]:
    policies.only_the_custodian_refers(acting, asked.action, relay.custodian)
    receivers = tuple(dict.fromkeys(asked.receivers))
    policies.nobody_refers_to_itself(acting.organisation, receivers)
    consent = consent_policies.a_referral_rests_on_a_live_consent(relay, asked.consent, acting.now)
    consent_policies.the_consent_names_a_receiver(relay, consent, receivers)
    for receiver in receivers:
        _offer(relay, receiver, asked.service)
    return [
        events.ReferralProposed(
            referral=acting.fresh,
            service=asked.service,
            consent=asked.consent,
            sender=acting.organisation,
            receivers=receivers,
        )
    ]


def _send(
    asked: commands.SendReferral, relay: Relay, referral: Referral, acting: Acting
) -> Sequence[Event]:
    policies.only_the_sender_disposes_of_a_referral(acting, asked.action, referral)
    policies.the_referral_is(referral, Stage.PROPOSED)
    policies.only_who_has_the_person_hands_over(referral.sender, relay.custodian)
    consent_policies.a_referral_rests_on_a_live_consent(relay, referral.consent, acting.now)
    hours = {
        receiver: _offer(relay, receiver, referral.service).answer_within_hours
        for receiver in referral.responses
    }
    return [
        events.ReferralSent(
            referral=asked.referral,
            asked=tuple(
                events.Asked(receiver=receiver, answer_by=acting.now + timedelta(hours=within))
                for receiver, within in hours.items()
            ),
        )
    ]


def _offer(relay: Relay, organisation: str, service: ServiceType) -> Offer:
    registered = the_organisation_is_registered(relay.directory[stream_of(organisation)])
    return the_service_is_offered(registered, service)


def _note(heard: commands.NoteConsent | commands.NoteNarrowing, relay: Relay) -> Sequence[Event]:
    known = relay.consents.get(heard.consent)
    if isinstance(heard, commands.NoteConsent):
        return [] if known else [events.ConsentNoted(**heard.model_dump())]
    if known is None:
        return []  # of a purpose that was not heard of nothing rests here
    noted = events.ConsentNoted(purpose=known.purpose, **heard.model_dump())
    return [] if evolve(relay, noted) == relay else [noted]


def _no_such_case() -> Refused:
    return Refused(
        "the-case-exists",
        "There is no such case here, or its opening has not been heard yet.",
        "Look for it in the list of cases; try again in a moment.",
        "missing",
    )


def _touched(
    command: Command, custody: Custody, acting: Acting
) -> Mapping[str, Decider[Any, Any, Any]]:
    """The organisations whose offers or places the command needs."""
    match command, custody:
        case commands.ProposeReferral(), _:
            touched = command.receivers
        case commands.SendReferral(), Relay():
            known = custody.referrals.get(command.referral)
            touched = tuple(known.responses) if known else ()
        case commands.AcceptReferral(), _:
            touched = (acting.organisation,)
        case commands.ConfirmHandover() | commands.ReleaseAddress(), Relay():
            taken = custody.referrals.get(command.referral)
            touched = (taken.accepted_by,) if taken and taken.accepted_by else ()
        case commands.WithdrawReferral() | commands.ReturnPlace(), Relay():
            referral = custody.referrals.get(command.referral)
            touched = stopping.holders_of_a_place([referral] if referral else [])
        case commands.StopForWithdrawal() | commands.DestroyKeys(), Relay():
            touched = stopping.holders_of_a_place(custody.referrals.values())
        case _:
            touched = ()
    return {stream_of(organisation): DIRECTORY for organisation in touched}


CUSTODY: Decider[Command, Custody, Event] = Decider(
    Shape, Unbegun(), decide, evolve, _touched, with_directory
)
