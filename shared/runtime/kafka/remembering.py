"""The broker as somebody who heard us: our own topics, read from their ends backwards."""

from collections.abc import Mapping, Sequence

from kafka import KafkaConsumer, TopicPartition

from shared.runtime.kafka.broker import Broker
from shared.runtime.kafka.envelope import Malformed, message_of
from shared.runtime.looking import Seen
from shared.runtime.message import Message

_STEP = 200
_POLL_MS = 5_000


class TopicHearer:
    """`topics`: our own, with their lanes. A topic keeps its records for its retention only."""

    name = "the broker"

    def __init__(self, broker: Broker, topics: Mapping[str, int]) -> None:
        self._broker, self._topics = broker, topics

    def seen(self, sender: str) -> Sequence[Seen]:
        with _Reading(self._broker) as reading:
            last = [
                last_told(reading.back(sender, topic, lane, None))
                for topic, lanes in self._topics.items()
                for lane in range(lanes)
            ]
        return [Seen(m.topic, m.lane, m.number, m.id) for m in last if m is not None]

    def kept(self, sender: str, topic: str, lane: int, after: int) -> Sequence[Message]:
        """All that is still in the topic, each number once."""
        with _Reading(self._broker) as reading:
            found = reading.back(sender, topic, lane, after)
        rows = {message.number: message for message in found if message.number > after}
        return [rows[number] for number in sorted(rows)]

    def seen_log(self, _sender: str) -> None:
        """A broker is nobody's witness."""


class _Reading:
    """A consumer without a group: it commits nothing, and nobody's lanes are moved by it."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def __enter__(self) -> "_Reading":
        self._consumer = KafkaConsumer(
            **self._broker.options(),
            enable_auto_commit=False,
            bootstrap_timeout_ms=_POLL_MS,
            request_timeout_ms=_POLL_MS,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def back(self, sender: str, topic: str, lane: int, after: int | None) -> list[Message]:
        """What the lane's end holds, far enough back to hold a number up to `after` (None: any).

        A relay that was killed sends rows again, so that numbers in a partition go back at times;
        hence steps that are larger than what a relay has under way.
        """
        partition = TopicPartition(topic, lane)
        self._consumer.assign([partition])
        first = self._consumer.beginning_offsets([partition])[partition]
        end = self._consumer.end_offsets([partition])[partition]
        start, step, found = end, _STEP, list[Message]()
        while start > first:
            start, step = max(first, start - step), step * 4
            found = self._between(partition, start, end, sender)
            if found and (after is None or min(map(_number, found)) <= after):
                break
        return found

    def _between(
        self, partition: TopicPartition, start: int, end: int, sender: str
    ) -> list[Message]:
        self._consumer.seek(partition, start)
        found = []
        while self._consumer.position(partition) < end:
            records = self._consumer.poll(timeout_ms=_POLL_MS).get(partition, [])
            if not records:
                raise TimeoutError("the broker did not answer")
            for record in records:
                try:
                    message = message_of(
                        record.topic, record.partition, record.key, record.value, record.headers
                    )
                except Malformed:
                    continue
                if message.sender == sender:
                    found.append(message)
        return found


def last_told(found: Sequence[Message]) -> Message | None:
    """The highest of the numbers that follow another: a sender leaves none out, so that one which
    jumps is not the sender's, whoever wrote it. Where none follows another, the highest."""
    numbers = {message.number for message in found}
    following = [message for message in found if message.number - 1 in numbers]
    return max(following or found, key=_number, default=None)


def _number(message: Message) -> int:
    return message.number
