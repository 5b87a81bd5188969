"""A sender's outbox that lives in memory, for messages made by hand; it can lose rows."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from shared.contracts.envelope import Contract
from shared.runtime.message import Message
from shared.runtime.wake import Wake
from shared.runtime.work import lane_of

AT = "2026-03-01T00:00:00Z"


class MemoryOutbox:
    """Dense numbers per topic and lane, as any `Outbox`; proven by the same contract tests."""

    def __init__(self, sender: str, lanes: int) -> None:
        self.sender, self._lanes, self._wake = sender, lanes, Wake()
        self._rows: dict[tuple[str, int], list[Message]] = defaultdict(list)
        self._lost: set[str] = set()

    @property
    def wake(self) -> Wake:
        return self._wake

    def heads(self, topic: str) -> Mapping[int, int]:
        return {lane: len(self._rows[topic, lane]) for lane in range(self._lanes)}

    def rows(self, topic: str, lane: int, after: int, limit: int) -> Sequence[Message]:
        kept = [row for row in self._rows[topic, lane] if row.id not in self._lost]
        return [row for row in kept if row.number > after][:limit]

    def publish(self, topic: str, key: str, type_: str, data: Mapping[str, object]) -> Message:
        lane = lane_of(key, self._lanes)
        written = self._rows[topic, lane]
        number, text = len(written) + 1, json.dumps(data)
        name = uuid.uuid4().hex
        message = Message(self.sender, topic, lane, number, name, type_, key, AT, text)
        written.append(message)
        self._wake.up()
        return message

    def tell(self, topic: str, key: str, told: Contract) -> Message:
        return self.publish(topic, key, told.type, told.model_dump(mode="json"))

    def lose(self, messages: Iterable[Message]) -> None:
        """Those rows are gone, as after a restore that forgot them; the heads stand."""
        self._lost |= {message.id for message in messages}
