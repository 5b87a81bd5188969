"""What others may hear of a case: codes only, chosen field by field."""

from collections.abc import Callable, Sequence

from services.identification.cases import events
from shared.codes import citizenship_group, exploitation_key
from shared.contracts import identification as contract
from shared.contracts.envelope import STATISTICS, Contract, events_topic
from shared.contracts.statistics import CaseContributed
from shared.runtime.append import instant
from shared.runtime.facts import Public, Recorded

_SCOPE = {"consent", "purpose", "categories", "valid_until"}
TOPIC = events_topic("identification")


def public(recorded: Recorded, pseudonym: Callable[[str], str]) -> Sequence[Public]:
    """The public events of one fact; most facts stay at home."""
    match recorded.event:
        case events.CaseOpened() as event:
            return [
                _operational(
                    recorded,
                    contract.CaseOpened(
                        case=recorded.stream, organisation=event.organisation, area=event.area
                    ),
                ),
                _contribution(event, pseudonym(recorded.stream)),
            ]
        case events.ConsentGiven() as event:
            return [_operational(recorded, _given(event, recorded.stream))]
        case events.ConsentNarrowed() as event:
            return [_operational(recorded, _narrowed(event, recorded.stream))]
        case events.ConsentExpired() as event:
            expired = contract.ConsentExpired(case=recorded.stream, consent=event.consent)
            return [_operational(recorded, expired)]
        case events.ConsentWithdrawn() as event:
            withdrawn = contract.ConsentWithdrawn(case=recorded.stream, consent=event.consent)
            return [_operational(recorded, withdrawn)]
        case events.ErasureRequested(erasure=erasure):
            asked = contract.ErasureRequested(case=recorded.stream, erasure=erasure)
            return [_operational(recorded, asked)]
        case events.KeysDestroyed(erasure=str() as erasure, keys=keys):
            gone = contract.KeysDestroyed(case=recorded.stream, erasure=erasure, keys=keys)
            return [_operational(recorded, gone)]
        case events.ErasureCompleted(erasure=erasure):
            done = contract.ErasureCompleted(case=recorded.stream, erasure=erasure)
            return [_operational(recorded, done)]
        case _:
            return []


def _given(event: events.ConsentGiven, case: str) -> Contract:
    scope = {"case": case, **event.model_dump(include=_SCOPE)}
    if event.recipient_class is None:
        return contract.ConsentGiven.model_validate({**scope, "recipient": event.recipient})
    to_class = {**scope, "recipient_class": event.recipient_class}
    return contract.ConsentGivenToClass.model_validate(to_class)


def _narrowed(event: events.ConsentNarrowed, case: str) -> Contract:
    return contract.ConsentNarrowed(
        case=case,
        consent=event.consent,
        recipient=event.recipient,
        recipient_class=event.recipient_class,
        categories=event.categories,
        valid_until=event.valid_until,
    )


def _operational(recorded: Recorded, told: Contract) -> Public:
    at = instant(recorded.at)
    return Public(TOPIC, recorded.stream, told.type, at, told.model_dump(mode="json"))


def _contribution(event: events.CaseOpened, pseudonym: str) -> Public:
    told = CaseContributed(
        month=event.month,
        area=event.area,
        channel=event.channel,
        exploitation=exploitation_key(event.exploitation),
        age_group=event.age_group,
        gender=event.gender,
        citizenship_group=citizenship_group(event.citizenship),
    )
    # The envelope's time is the data's own month: the moment would tell which case it is.
    month = f"{event.month}-01T00:00:00Z"
    return Public(STATISTICS, pseudonym, told.type, month, told.model_dump(mode="json"))
