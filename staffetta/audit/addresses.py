"""Addresses of shelters, as the log of `referral` tells of them: told to the escort whom one of the
two sides had named, after the shelter accepted, under a consent that was live (decision 34)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.referral.app import SERVICE
from services.referral.custody import events
from shared.runtime.facts import Recorded
from staffetta.audit.recorded import recorded_of

_NAMES = {
    fact.stored_name
    for fact in (
        events.AddressReleased,
        events.ConsentNoted,
        events.EscortNamed,
        events.ExpiryNoted,
        events.HandoverCompleted,
        events.ReferralAccepted,
        events.ReferralProposed,
        events.ReferralStopped,
        events.ReferralWithdrawn,
        events.WithdrawalNoted,
    )
}


@dataclass
class Addresses:
    """By case and consent until when it was heard to last; by referral its consent, and who had
    accepted, while that stands; by side who goes along."""

    lasts: dict[tuple[str, str], datetime] = field(default_factory=dict)
    over: set[tuple[str, str]] = field(default_factory=set)
    rests_on: dict[str, str] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)
    escorts: dict[tuple[str, str], str] = field(default_factory=dict)

    def faults(self, number: int, entry: Mapping[str, Any]) -> Iterator[str]:
        told = recorded_of(SERVICE, entry, _NAMES)
        if told is None:
            return
        if isinstance(told.event, events.AddressReleased):
            for fault in self._wrong(told, told.event):
                yield f"entry {number}: an address was told {fault}"
        else:
            self._hear(told)

    def _hear(self, told: Recorded) -> None:
        match told.event:
            case events.ConsentNoted() as noted:
                self.lasts[told.stream, noted.consent] = noted.valid_until
            case events.WithdrawalNoted(consent=consent) | events.ExpiryNoted(consent=consent):
                self.over.add((told.stream, consent))
            case events.ReferralProposed() as proposed:
                self.rests_on[proposed.referral] = proposed.consent
            case events.ReferralAccepted() as accepted:
                self.accepted[accepted.referral] = accepted.receiver
            case (
                events.HandoverCompleted()
                | events.ReferralStopped()
                | events.ReferralWithdrawn() as ended
            ):
                self.accepted.pop(ended.referral, None)
            case events.EscortNamed() as named:
                self.escorts[named.referral, named.organisation] = named.operator

    def _wrong(self, told: Recorded, released: events.AddressReleased) -> Iterator[str]:
        if (told.operator, told.organisation) != (released.operator, released.organisation):
            yield "to somebody else than who had asked"
        if self.accepted.get(released.referral) != released.shelter:
            yield "of a shelter that had not accepted, or where nobody is awaited any more"
        if self.escorts.get((released.referral, released.organisation)) != released.operator:
            yield "to somebody who was not named as the escort"
        if self.rests_on.get(released.referral) != released.consent:
            yield "under another consent than its referral rests on"
        consent = (told.stream, released.consent)
        until = self.lasts.get(consent)
        if until is None or consent in self.over or told.at >= until:
            yield "without a live consent"
