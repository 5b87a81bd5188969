"""What the receivers of a referral decide, and the handover that follows: pure."""

from collections.abc import Sequence

from services.referral.custody import commands, consent_policies, events, policies
from services.referral.custody.events import Event
from services.referral.custody.state import Referral, Relay, Response, Stage
from services.referral.directory.decide import stream_of, take_place
from services.referral.directory.policies import the_organisation_is_registered
from shared.runtime.facts import Acting, In


def acknowledge(
    told: commands.AcknowledgeReferral, referral: Referral, acting: Acting
) -> Sequence[Event]:
    _may_answer(told.action, referral, acting)
    if referral.responses[acting.organisation] is Response.ACKNOWLEDGED:
        return []
    return [events.ReferralAcknowledged(referral=told.referral, receiver=acting.organisation)]


def accept(
    answer: commands.AcceptReferral, relay: Relay, referral: Referral, acting: Acting
) -> Sequence[Event | In]:
    policies.only_the_receiver_answers(acting, answer.action, referral)
    if referral.accepted_by == acting.organisation and referral.stage is Stage.ACCEPTED:
        return []  # said twice, true once
    _may_answer(answer.action, referral, acting)
    policies.only_who_has_the_person_hands_over(referral.sender, relay.custodian)
    consent_policies.a_referral_rests_on_a_live_consent(relay, referral.consent, acting.now)
    organisation = the_organisation_is_registered(relay.directory[stream_of(acting.organisation)])
    return [
        events.ReferralAccepted(referral=answer.referral, receiver=acting.organisation),
        take_place(organisation, referral.service, answer.referral),
    ]


def decline(
    answer: commands.DeclineReferral, referral: Referral, acting: Acting
) -> Sequence[Event]:
    _may_answer(answer.action, referral, acting)
    return [
        events.ReferralDeclined(
            referral=answer.referral, receiver=acting.organisation, reason=answer.reason
        )
    ]


def expire(due: commands.ExpireReferral, referral: Referral) -> Sequence[Event]:
    """The timer's command: nothing where the receiver answered, or nobody waits any more."""
    waiting = referral.responses.get(due.receiver) in {Response.WAITING, Response.ACKNOWLEDGED}
    if referral.stage is not Stage.SENT or not waiting:
        return []
    return [events.ReferralExpired(referral=due.referral, receiver=due.receiver)]


def confirm(
    told: commands.ConfirmHandover, relay: Relay, referral: Referral, acting: Acting
) -> Sequence[Event]:
    policies.only_the_two_sides_confirm_a_handover(acting, told.action, referral)
    policies.the_referral_is(referral, Stage.ACCEPTED)
    policies.only_who_has_the_person_hands_over(referral.sender, relay.custodian)
    name, consent = consent_policies.a_handover_rests_on_a_live_consent(relay, referral, acting.now)
    consent_policies.the_consent_names_who_takes_the_person(relay, consent, referral.accepted_by)
    if acting.organisation in referral.confirmed_by:
        return []
    confirmed = events.HandoverConfirmed(referral=told.referral, organisation=acting.organisation)
    if not referral.confirmed_by or referral.accepted_by is None:
        return [confirmed]
    return [
        confirmed,
        events.HandoverCompleted(
            referral=told.referral,
            consent=name,
            service=referral.service,
            sender=referral.sender,
            receiver=referral.accepted_by,
        ),
    ]


def _may_answer(action: str, referral: Referral, acting: Acting) -> None:
    policies.only_the_receiver_answers(acting, action, referral)
    policies.the_referral_is(referral, Stage.SENT)
    policies.a_receiver_answers_once(referral, acting.organisation)
    policies.an_answer_comes_in_time(referral.answer_by[acting.organisation], acting.now)
