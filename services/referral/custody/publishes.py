"""What others may hear of a case's way and of the directory: codes only, chosen field by field."""

from collections.abc import Callable, Sequence

from services.referral.custody import events
from services.referral.directory.events import OrganisationRegistered
from shared.contracts import referral as contract
from shared.contracts.envelope import Contract, events_topic
from shared.runtime.append import instant
from shared.runtime.facts import Public, Recorded

TOPIC = events_topic("referral")


def public(recorded: Recorded, _pseudonym: Callable[[str], str]) -> Sequence[Public]:
    """The public events of one fact; most facts stay at home."""
    told = _told(recorded)
    if told is None:
        return []
    at = instant(recorded.at)
    return [Public(TOPIC, recorded.stream, told.type, at, told.model_dump(mode="json"))]


def _told(recorded: Recorded) -> Contract | None:
    match recorded.event:
        case events.HandoverCompleted() as event:
            return contract.HandoverCompleted(
                case=recorded.stream,
                referral=event.referral,
                consent=event.consent,
                service=event.service,
                sender=event.sender,
                receiver=event.receiver,
            )
        case events.WithdrawalNoted() as event:
            return contract.WithdrawalAcknowledged(
                case=recorded.stream,
                consent=event.consent,
                did=event.did,
                organisations=event.organisations,
            )
        case OrganisationRegistered() as event:
            return contract.OrganisationRegistered(organisation=event.organisation, kind=event.kind)
        case events.KeysDestroyed(erasure=str() as erasure, keys=keys):
            return contract.KeysDestroyed(case=recorded.stream, erasure=erasure, keys=keys)
        case _:
            return None
