"""Facts to stored bytes and back: pydantic's JSON under explicit names, old forms upcast."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from eventsourcing.persistence import StoredEvent
from pydantic import ConfigDict, TypeAdapter

from shared.runtime.facts import Fact, Recorded
from shared.trust.merkle import canonical

Data = TypeVar("Data", bound=Fact)
Upcast = Callable[[dict[str, Any]], dict[str, Any]]
_HIDDEN = ConfigDict(hide_input_in_errors=True)


@dataclass(slots=True)
class _Stored(Generic[Data]):
    """The stored JSON: when (UTC), which operator, for which organisation, and the fact."""

    at: datetime
    by: str
    org: str
    data: Data


class Names:
    """Every stored name that a service has ever written, and how each is read today.

    `upcasters` map an old name to a pure function on its data and the name of the next version.
    """

    def __init__(
        self,
        facts: Sequence[type[Fact]],
        upcasters: Mapping[str, tuple[Upcast, str]] | None = None,
    ) -> None:
        self.facts = {fact.stored_name: fact for fact in facts}
        self.upcasters = dict(upcasters or {})
        if len(self.facts) != len(facts):
            raise ValueError("two facts claim the same stored name")
        self._stored: dict[str, TypeAdapter[_Stored[Any]]] = {
            name: TypeAdapter(_Stored[fact], config=_HIDDEN)  # type: ignore[valid-type]  # known when it runs
            for name, fact in self.facts.items()
        }

    def store(self, recorded: Recorded) -> StoredEvent:
        name = recorded.event.stored_name
        body = _Stored(recorded.at, recorded.operator, recorded.organisation, recorded.event)
        state = self._stored[name].dump_json(body)
        return StoredEvent(recorded.stream, recorded.version, name, state)

    def recorded(self, stored: StoredEvent) -> Recorded:
        name, state = stored.topic, stored.state
        if name in self.upcasters:
            name, state = self._upcast(name, json.loads(state))
        body = self._stored[name].validate_json(state)
        return Recorded(
            str(stored.originator_id),
            stored.originator_version,
            body.data,
            body.at,
            body.by,
            body.org,
            stored.topic,
        )

    def _upcast(self, name: str, body: dict[str, Any]) -> tuple[str, bytes]:
        while name in self.upcasters:
            upcast, name = self.upcasters[name]
            body = {**body, "data": upcast(body["data"])}
        return name, json.dumps(body).encode()


def envelope(service: str, stored: StoredEvent) -> bytes:
    """The canonical bytes of a stored event, which its audit leaf is the hash of."""
    return canonical(
        {
            "kind": "event",
            "service": service,
            "stream": str(stored.originator_id),
            "version": stored.originator_version,
            "name": stored.topic,
            "state": stored.state.decode(),
        }
    )
