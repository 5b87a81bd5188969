"""The read tables `custody`, `referrals` and `responses`: what each side has on its desk."""

from collections.abc import Sequence
from typing import assert_never

from services.referral.custody import events
from services.referral.custody.events import Event
from services.referral.custody.state import Response, Stage
from shared.runtime.append import instant
from shared.runtime.facts import Change, Recorded, Table

CUSTODY = Table("custody", {"custodian": "TEXT"}, indexes=(("custodian", "key"),))
REFERRALS = Table(
    "referrals",
    {
        "case_id": "TEXT",
        "service": "TEXT",
        "consent": "TEXT",
        "sender": "TEXT",
        "stage": "TEXT",
        "accepted_by": "TEXT",
        "proposed_at": "TEXT",
    },
    indexes=(("case_id",), ("sender", "key")),
    subject="case_id",
)
RESPONSES = Table(
    "responses",
    {
        "case_id": "TEXT",
        "referral": "TEXT",
        "receiver": "TEXT",
        "response": "TEXT",
        "reason": "TEXT",
        "answer_by": "TEXT",
    },
    indexes=(("receiver", "key"), ("referral",)),
    subject="case_id",
)


def custody(event: Event, recorded: Recorded) -> Sequence[Change]:
    match event:
        case events.RelayBegun():
            return [Change("custody", recorded.stream, {"custodian": event.custodian})]
        case events.ReferralProposed():
            return _proposed(event, recorded)
        case events.ReferralSent():
            sent = [
                _response(event.referral, asked.receiver, answer_by=instant(asked.answer_by))
                for asked in event.asked
            ]
            return [_stage(event.referral, Stage.SENT), *sent]
        case events.ReferralAcknowledged():
            return [_response(event.referral, event.receiver, response=Response.ACKNOWLEDGED)]
        case events.ReferralDeclined():
            told = {"response": Response.DECLINED, "reason": event.reason}
            return [_response(event.referral, event.receiver, **told)]
        case events.ReferralExpired():
            return [_response(event.referral, event.receiver, response=Response.EXPIRED)]
        case events.ReferralAccepted():
            accepted = {"accepted_by": event.receiver, "stage": Stage.ACCEPTED}
            return [Change("referrals", event.referral, accepted)]
        case events.HandoverCompleted():
            moved = Change("custody", recorded.stream, {"custodian": event.receiver})
            return [_stage(event.referral, Stage.HANDED_OVER), moved]
        case _:
            return _ended(event)


Ending = (
    events.ReferralWithdrawn
    | events.ReferralStopped
    | events.PlaceReturned
    | events.ConsentNoted
    | events.ExpiryNoted
    | events.WithdrawalNoted
    | events.HandoverConfirmed
    | events.EscortNamed
    | events.AddressReleased
    | events.KeysDestroyed
)


def _ended(event: Ending) -> Sequence[Change]:
    match event:
        case events.ReferralWithdrawn():
            return [_stage(event.referral, Stage.WITHDRAWN)]
        case events.ReferralStopped():
            return [_stage(event.referral, Stage.STOPPED)]
        case events.PlaceReturned():
            return [_stage(event.referral, Stage.RETURNED)]
        case (
            events.ConsentNoted()
            | events.ExpiryNoted()
            | events.WithdrawalNoted()
            | events.HandoverConfirmed()
            | events.EscortNamed()
            | events.AddressReleased()
            | events.KeysDestroyed()
        ):
            return []
        case _:
            assert_never(event)


def _proposed(event: events.ReferralProposed, recorded: Recorded) -> list[Change]:
    row = {
        "case_id": recorded.stream,
        "service": event.service,
        "consent": event.consent,
        "sender": event.sender,
        "stage": Stage.PROPOSED,
        "proposed_at": instant(recorded.at),
    }
    asked = [
        Change(
            "responses",
            f"{event.referral}/{receiver}",
            {
                "case_id": recorded.stream,
                "referral": event.referral,
                "receiver": receiver,
                "response": Response.WAITING,
            },
        )
        for receiver in event.receivers
    ]
    return [Change("referrals", event.referral, row), *asked]


def _stage(referral: str, stage: Stage) -> Change:
    return Change("referrals", referral, {"stage": stage})


def _response(referral: str, receiver: str, **told: str) -> Change:
    return Change("responses", f"{referral}/{receiver}", told)
