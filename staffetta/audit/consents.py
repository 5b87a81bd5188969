"""What each service's log says of consents: given at `identification`, heard of at the others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from services.assistance import events as programme
from services.assistance.app import SERVICE as ASSISTANCE
from services.assistance.notes.events import NotesDisclosed
from services.identification.app import SERVICE as IDENTIFICATION
from services.identification.cases import events
from services.referral.app import SERVICE as REFERRAL
from services.referral.custody import events as relay
from shared.codes import DataCategory, OrganisationKind, Purpose
from shared.runtime.facts import Fact, Recorded
from staffetta.audit.erasures import DESTROYED
from staffetta.audit.recorded import names_of, recorded_of

_SERVICES = {each.name: each for each in (ASSISTANCE, IDENTIFICATION, REFERRAL)}
_OF_CONSENT: Mapping[str, Sequence[type[Fact]]] = {
    IDENTIFICATION.name: (
        events.ConsentGiven,
        events.ConsentNarrowed,
        events.ConsentWithdrawn,
        events.ConsentExpired,
        events.WithdrawalAcknowledged,
    ),
    ASSISTANCE.name: (
        programme.ConsentNoted,
        programme.WithdrawalNoted,
        programme.ExpiryNoted,
        programme.ProgrammeOpened,
        programme.ProgrammeRenewed,
        NotesDisclosed,
    ),
    REFERRAL.name: (
        relay.ConsentNoted,
        relay.WithdrawalNoted,
        relay.ExpiryNoted,
        relay.ReferralProposed,
        relay.AddressReleased,
    ),
}
_NAMES = {name: names_of(_SERVICES[name], *facts) for name, facts in _OF_CONSENT.items()}


@dataclass(frozen=True)
class Scope:
    """What a consent allows. `categories` are None where the log does not tell them: `referral`
    never does, `assistance` did not always."""

    recipient: str | None
    recipient_class: OrganisationKind | None
    purpose: Purpose
    valid_until: datetime
    categories: frozenset[DataCategory] | None


@dataclass(frozen=True)
class Said:
    """Something that became of a consent, where and when the log says so. `scope`: what it allows
    from then on, where it was given or narrowed."""

    number: int
    at: datetime
    consent: str
    what: Literal["scope", "withdrawn", "expired"]
    scope: Scope | None = None


@dataclass(frozen=True)
class Use:
    """Something that rests on a consent. `shown`: whether somebody was shown something; `to`: whom
    their consent must name, and the `categories` that were shown, where the log tells them."""

    number: int
    at: datetime
    case: str
    consent: str
    shown: bool = False
    to: str | None = None
    categories: frozenset[DataCategory] = frozenset()


@dataclass
class Consents:
    """Of one log: by case what became of its consents, in order; what rests on them; when it heard
    first that a withdrawal was acknowledged, by case, consent and service; the cases of who was
    erased; when it accepted a loss last."""

    said: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))
    uses: list[Use] = field(default_factory=list)
    acknowledged: dict[tuple[str, str, str], datetime] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    lost_at: datetime | None = None

    def hear(self, number: int, entry: Mapping[str, Any], service: str) -> None:
        if entry.get("kind") == "loss":
            self.lost_at = datetime.fromisoformat(entry["at"])
        elif entry.get("name") == DESTROYED:
            self.erased.add(str(entry["stream"]))
        elif service in _NAMES:
            told = recorded_of(_SERVICES[service], entry, _NAMES[service])
            if told is not None:
                self._note(number, told)

    def _note(self, number: int, told: Recorded) -> None:
        match told.event:
            case events.ConsentGiven() | programme.ConsentNoted() | relay.ConsentNoted() as given:
                self._scope(number, told, given.consent, _scope_of(given))
            case events.ConsentNarrowed() as less:
                self._scope(number, told, less.consent, self._narrowed(told.stream, less))
            case (
                events.ConsentWithdrawn() | programme.WithdrawalNoted() | relay.WithdrawalNoted()
            ) as withdrawn:
                said = Said(number, told.at, withdrawn.consent, "withdrawn")
                self.said[told.stream].append(said)
            case events.ConsentExpired() | programme.ExpiryNoted() | relay.ExpiryNoted() as expired:
                self.said[told.stream].append(Said(number, told.at, expired.consent, "expired"))
            case events.WithdrawalAcknowledged() as done:
                name = (told.stream, done.consent, done.holder)
                self.acknowledged.setdefault(name, told.at)
            case event:
                self._use(number, told, event)

    def _use(self, number: int, told: Recorded, event: Fact) -> None:
        match event:
            case NotesDisclosed() as shown:
                of = frozenset(shown.categories)
                use = Use(number, told.at, told.stream, shown.consent, True, shown.recipient, of)
            case relay.AddressReleased() as released:
                # To the escort of one of the two sides, who need not be whom the consent names.
                use = Use(number, told.at, told.stream, released.consent, True)
            case (
                programme.ProgrammeOpened()
                | programme.ProgrammeRenewed()
                | relay.ReferralProposed()
            ) as resting:
                use = Use(number, told.at, told.stream, resting.consent)
            case _:
                return
        self.uses.append(use)

    def _scope(self, number: int, told: Recorded, consent: str, scope: Scope | None) -> None:
        if scope is not None:
            self.said[told.stream].append(Said(number, told.at, consent, "scope", scope))

    def _narrowed(self, case_id: str, less: events.ConsentNarrowed) -> Scope | None:
        """Nothing where no consent was given: another check says so."""
        before = [said.scope for said in self.said[case_id] if said.consent == less.consent]
        purposes = [scope.purpose for scope in before if scope]
        if not purposes:
            return None
        return Scope(
            less.recipient,
            less.recipient_class,
            purposes[0],
            less.valid_until,
            frozenset(less.categories),
        )


def _scope_of(given: events.ConsentGiven | programme.ConsentNoted | relay.ConsentNoted) -> Scope:
    categories = () if isinstance(given, relay.ConsentNoted) else given.categories
    return Scope(
        given.recipient,
        given.recipient_class,
        given.purpose,
        given.valid_until,
        frozenset(categories) or None,
    )
