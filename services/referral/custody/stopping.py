"""How a referral ends without a handover, and how its place becomes free again: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from services.referral.custody import commands, events, policies
from services.referral.custody.consent_policies import carrying
from services.referral.custody.events import Event
from services.referral.custody.state import Custody, Erased, Referral, Relay, Stage
from services.referral.directory.decide import free_place, stream_of
from services.referral.directory.events import PlaceFreed
from services.referral.directory.state import Registered, evolve
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Acting, In

_UNDER_WAY = (Stage.PROPOSED, Stage.SENT, Stage.ACCEPTED)
_HOLDS_A_PLACE = (Stage.ACCEPTED, Stage.HANDED_OVER)


def withdraw(
    asked: commands.WithdrawReferral, relay: Relay, referral: Referral, acting: Acting
) -> Sequence[Event | In]:
    policies.only_the_sender_disposes_of_a_referral(acting, asked.action, referral)
    if referral.stage is Stage.WITHDRAWN:
        return []
    policies.the_referral_is(referral, *_UNDER_WAY)
    withdrawn = events.ReferralWithdrawn(referral=asked.referral)
    return [withdrawn, *_freed(relay, asked.referral, referral)]


def return_place(
    heard: commands.ReturnPlace, relay: Relay, referral: Referral
) -> Sequence[Event | In]:
    """The programme closed. Heard twice it frees one place only."""
    if referral.stage is not Stage.HANDED_OVER:
        return []
    returned = events.PlaceReturned(referral=heard.referral)
    return [returned, *_freed(relay, heard.referral, referral)]


def stop_for_withdrawal(consent: str, relay: Relay, acting: Acting) -> Sequence[Event | In]:
    """Every referral under way that goes on with this consent alone stops; what is acknowledged
    says whether any did."""
    if consent in relay.withdrawn:
        return []
    happened: list[Event | In] = []
    stopped = {
        name: referral
        for name, referral in relay.referrals.items()
        if referral.stage in _UNDER_WAY and _needs(consent, relay, referral, acting.now)
    }
    holders = _were_asked(consent, relay) | set(holders_of_a_place(stopped.values()))
    for name, referral in stopped.items():
        freed = _freed(relay, name, referral)
        happened += [events.ReferralStopped(referral=name, consent=consent), *freed]
        relay = _after(relay, freed)
    did = Acknowledgement.STOPPED if happened else Acknowledgement.NOTHING_HELD
    noted = events.WithdrawalNoted(consent=consent, did=did, organisations=tuple(sorted(holders)))
    return [*happened, noted]


def _needs(consent: str, relay: Relay, referral: Referral, now: datetime) -> bool:
    """Whether nothing carries the referral once this consent is taken back. Its own always does:
    who takes that back has taken back the referral."""
    if referral.consent == consent:
        return True
    without = replace(relay, withdrawn=relay.withdrawn | {consent})
    return consent in carrying(relay, referral, now) and not carrying(without, referral, now)


def stop_for_expiry(consent: str, relay: Relay) -> Sequence[Event]:
    """What waits for an answer stops. A place that was taken stays taken: somebody may be on the
    way to it, and the person can be asked again before the handover."""
    if consent in relay.ended or consent in relay.withdrawn:
        return []
    stopped = [
        events.ReferralStopped(referral=name, consent=consent)
        for name, referral in relay.referrals.items()
        if referral.consent == consent and referral.stage in (Stage.PROPOSED, Stage.SENT)
    ]
    return [*stopped, events.ExpiryNoted(consent=consent)]


def _were_asked(consent: str, relay: Relay) -> set[str]:
    """Whoever was sent a referral under this consent has seen its codes, whatever it answered."""
    return {
        receiver
        for referral in relay.referrals.values()
        if referral.consent == consent
        for receiver in referral.answer_by
    }


def destroy(asked: commands.DestroyKeys, custody: Custody) -> Sequence[Event | In]:
    """The person is erased: places are free again, since nobody could ever return them. Each
    request is answered once."""
    if isinstance(custody, Erased) and (not asked.erasure or asked.erasure in custody.erasures):
        return []
    keys = custody.keys if isinstance(custody, Erased) else 0
    freed: list[Event | In] = []
    if isinstance(custody, Relay):
        keys, relay = len(custody.sealed), custody
        for name, referral in custody.referrals.items():
            places = _freed(relay, name, referral)
            freed, relay = [*freed, *places], _after(relay, places)
    return [
        *freed,
        events.KeysDestroyed(erasure=asked.erasure, streams=(asked.case,), keys=keys),
    ]


def holders_of_a_place(referrals: Iterable[Referral]) -> tuple[str, ...]:
    """The organisations in which these referrals hold a place."""
    return tuple(
        referral.accepted_by
        for referral in referrals
        if referral.accepted_by is not None and referral.stage in _HOLDS_A_PLACE
    )


def _freed(relay: Relay, name: str, referral: Referral) -> list[In]:
    organisations = [
        relay.directory[stream_of(holder)] for holder in holders_of_a_place([referral])
    ]
    return [
        free_place(organisation, referral.service, name)
        for organisation in organisations
        if isinstance(organisation, Registered)
    ]


def _after(relay: Relay, freed: Sequence[In]) -> Relay:
    """Two places of one organisation are counted one after the other."""
    directory = dict(relay.directory)
    for place in freed:
        event = cast(PlaceFreed, place.event)
        directory[place.stream] = evolve(directory[place.stream], event)
    return replace(relay, directory=directory)
