"""Addresses of shelters, as the log of `referral` tells of them: told to the escort whom one of the
two sides had named, after the shelter accepted, under a consent that was live (decision 34)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.referral.app import SERVICE
from services.referral.custody import events
from services.referral.directory.events import OrganisationRegistered
from shared.codes import OrganisationKind
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
        OrganisationRegistered,
    )
}


@dataclass
class Addresses:
    """By case and consent what was heard of it last; by organisation its kind; by referral its
    consent, and who had accepted, while that stands; by side who goes along."""

    noted: dict[tuple[str, str], events.ConsentNoted] = field(default_factory=dict)
    withdrawn: set[tuple[str, str]] = field(default_factory=set)
    expired: set[tuple[str, str]] = field(default_factory=set)
    kinds: dict[str, OrganisationKind] = field(default_factory=dict)
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
            case OrganisationRegistered() as registered:
                self.kinds[registered.organisation] = registered.kind
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
            case _:
                self._hear_of_consent(told)

    def _hear_of_consent(self, told: Recorded) -> None:
        match told.event:
            case events.ConsentNoted() as noted:
                self.noted[told.stream, noted.consent] = noted
            case events.WithdrawalNoted(consent=consent):
                self.withdrawn.add((told.stream, consent))
            case events.ExpiryNoted(consent=consent):
                self.expired.add((told.stream, consent))

    def _wrong(self, told: Recorded, released: events.AddressReleased) -> Iterator[str]:
        consent = (told.stream, released.consent)
        if (told.operator, told.organisation) != (released.operator, released.organisation):
            yield "to somebody else than who had asked"
        if self.accepted.get(released.referral) != released.shelter:
            yield "of a shelter that had not accepted, or where nobody is awaited any more"
        elif not self._agreed(self.noted.get(consent), released.shelter):
            yield "of a shelter that the person had not agreed to"
        if self.escorts.get((released.referral, released.organisation)) != released.operator:
            yield "to somebody who was not named as the escort"
        if not self._carries(told, released):
            yield "under another consent than its referral rests on"
        if consent in self.withdrawn or self._is_past(consent, told.at):
            yield "without a live consent"

    def _carries(self, told: Recorded, released: events.AddressReleased) -> bool:
        """The referral's own consent; or, once that one's date has passed, one that was given anew
        for the same purpose."""
        own = (told.stream, self.rests_on.get(released.referral, ""))
        old, new = self.noted.get(own), self.noted.get((told.stream, released.consent))
        if own[1] == released.consent or old is None or new is None:
            return own[1] == released.consent
        ended = own not in self.withdrawn and self._is_past(own, told.at)
        return ended and new.purpose == old.purpose

    def _agreed(self, consent: events.ConsentNoted | None, shelter: str) -> bool:
        """Of a consent that was never heard of, another check says so."""
        if consent is None or consent.recipient is not None:
            return consent is None or consent.recipient == shelter
        return self.kinds.get(shelter) == consent.recipient_class

    def _is_past(self, consent: tuple[str, str], at: datetime) -> bool:
        """Or never heard of."""
        noted = self.noted.get(consent)
        return noted is None or consent in self.expired or at >= noted.valid_until
