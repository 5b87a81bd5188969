"""What others may hear of a programme: codes only, chosen field by field."""

from collections.abc import Callable, Sequence

from services.assistance import events
from shared.contracts import assistance as contract
from shared.contracts.envelope import Contract, events_topic
from shared.runtime.append import instant
from shared.runtime.facts import Public, Recorded

TOPIC = events_topic("assistance")


def public(recorded: Recorded, _pseudonym: Callable[[str], str]) -> Sequence[Public]:
    """The public events of one fact; plans and services stay at home."""
    match recorded.event:
        case events.ProgrammeClosed() as event:
            closed = contract.ProgrammeClosed(
                case=recorded.stream,
                referral=event.referral,
                organisation=event.organisation,
                closure=event.closure,
            )
            return [_operational(recorded, closed)]
        case events.WithdrawalNoted() as event:
            done = contract.WithdrawalAcknowledged(
                case=recorded.stream,
                consent=event.consent,
                did=event.did,
                organisations=event.organisations,
            )
            return [_operational(recorded, done)]
        case events.KeysDestroyed(erasure=str() as erasure, keys=keys):
            gone = contract.KeysDestroyed(case=recorded.stream, erasure=erasure, keys=keys)
            return [_operational(recorded, gone)]
        case _:
            return []


def _operational(recorded: Recorded, told: Contract) -> Public:
    at = instant(recorded.at)
    return Public(TOPIC, recorded.stream, told.type, at, told.model_dump(mode="json"))
