"""What an append writes besides the events: one class for each kind of row."""

from dataclasses import dataclass

from shared.runtime.message import Message


@dataclass(frozen=True)
class OutboxRow:
    """A public event on its way. `id` is random; `at` is as coarse as the data allows; `trace` is
    the W3C trace context in which it was decided, where somebody traces."""

    topic: str
    lane: int
    id: str
    type: str
    key: str
    at: str
    data: str
    trace: str = ""


@dataclass(frozen=True)
class Leaf:
    """One leaf of the audit log: of an event (its place), or of an entry (its JSON)."""

    hash: bytes
    stream: str
    version: int | None
    entry: str | None


@dataclass(frozen=True)
class Snapshot:
    stream: str
    version: int
    fingerprint: str
    state: str


@dataclass(frozen=True)
class Recollection:
    """The answer given under an idempotency key, so that it can be given again."""

    scope: str
    key: str
    digest: str
    outcome: str
    stream: str = ""


@dataclass(frozen=True)
class Position:
    """How far a sender's lane has been applied: moves from `before` to `number`, or conflicts."""

    sender: str
    topic: str
    lane: int
    before: int
    number: int


@dataclass(frozen=True)
class Guard:
    """The stream must still stand at this version (0: must not exist), or all of it conflicts."""

    stream: str
    version: int


@dataclass(frozen=True)
class Firing:
    """The timer must still be set to this moment, or all of it conflicts; then it is gone."""

    timer: str
    due: str


@dataclass(frozen=True)
class Parked:
    """A message that could not be applied, or waits behind one of its case that could not.

    `fault` is the kind of error, or empty for one that only waits.
    """

    message: Message
    fault: str
