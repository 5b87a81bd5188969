"""From commands to one append: load, decide, and everything that follows from what was decided."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from zlib import crc32

from shared.runtime.append import Append, instant
from shared.runtime.changing import changes_of
from shared.runtime.facts import Acting, Decider, Fact, In, Public, Recorded
from shared.runtime.forgetting import refused
from shared.runtime.loading import asking, loaded, snapshot
from shared.runtime.mapper import envelope
from shared.runtime.message import Message, tells_its_case
from shared.runtime.metrics import Outcome, count
from shared.runtime.recorders import Read
from shared.runtime.rows import Firing, Guard, Leaf, OutboxRow, Parked, Position, Recollection
from shared.runtime.spans import apart, current, span
from shared.runtime.store import Row, Store
from shared.trust.keys import DestroyedKey, UnknownKey
from shared.trust.merkle import canonical, leaf_hash
from shared.trust.protected import Place, seal_fields
from shared.trust.pseudonyms import ROOT, pseudonym

SNAPSHOT_EVERY = 50
_COMPACT = json.JSONEncoder(separators=(",", ":"))


@dataclass
class _Stream:
    decider: Decider[Any, Any, Any]
    state: Any
    version: int
    loaded: int


class Work:
    """Decisions that become true together. Ask `decide` for each, then `commit` once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._streams: dict[str, _Stream] = {}
        self._fetched: dict[str, list[Row]] = {}
        self._recorded: list[Recorded] = []
        self._traces: list[str] = []
        self._outcomes: list[Outcome] = []
        self.service = store.service.name
        self._append = Append()
        self._entries: list[Leaf] = []
        self._read: set[str] = set()

    def decide(
        self, decider: Decider[Any, Any, Any], stream: str, command: Any, acting: Acting
    ) -> Sequence[Fact | In]:
        """What the command leads to, in its own stream and in those beside. May be refused."""
        opened = self._open(decider, stream)
        others = decider.beside(command, opened.state, acting)
        self.load(others)
        self._read.update(others)
        seen = {name: self._streams[name].state for name in others}
        state = decider.seeing(opened.state, seen) if others else opened.state
        events = decider.decide(command, state, acting)
        self._outcomes.append((type(command).__name__, None))
        for name, sealed in self._sealed(stream, events):
            self._record(name, sealed, acting)
        return events

    def load(
        self, streams: Mapping[str, Decider[Any, Any, Any]], *also: Read
    ) -> Sequence[Sequence[Row]]:
        """Load streams that are not loaded yet; what else is asked for is read in the same go."""
        if not streams and not also:
            return ()
        told = self.fetch(streams, *also)
        for name, decider in streams.items():
            if name not in self._streams:
                state, version = loaded(self._store, decider, name, self._fetched.pop(name))
                self._streams[name] = _Stream(decider, state, version, version)
        return told

    def fetch(
        self, streams: Mapping[str, Decider[Any, Any, Any]], *also: Read
    ) -> Sequence[Sequence[Row]]:
        """Read in one go what is stored of these streams; each is understood when it is needed,
        so that one that cannot be read is the trouble of whoever needs it."""
        new = {name: decider for name, decider in streams.items() if not self._has(name)}
        stored = asking(new)
        found = self._store.reads(*stored, *also) if stored or also else []
        self._fetched |= {name: [] for name in new}
        for row in chain(*found[: len(stored)]):
            self._fetched[row["stream"]].append(row)
        return found[len(stored) :]

    def _has(self, name: str) -> bool:
        return name in self._streams or name in self._fetched

    def version(self, decider: Decider[Any, Any, Any], stream: str) -> int:
        return self._open(decider, stream).version

    def state(self, decider: Decider[Any, Any, Any], stream: str) -> Any:
        return self._open(decider, stream).state

    def remember(self, answer: Recollection) -> None:
        self._append.answers.append(answer)

    def move(self, position: Position) -> None:
        self._append.positions.append(position)

    def hear(self, messages: Sequence[Message]) -> None:
        self._append.heard.extend(messages)

    def park(self, message: Message, fault: str) -> None:
        self._append.parked.append(Parked(message, fault))

    def unpark(self, message: Message) -> None:
        """Conflicts where it is parked no longer."""
        self._append.unparked.append(message)

    def fault(self, message: Message, fault: str) -> None:
        """A parked message still cannot be applied; conflicts where it is parked no longer."""
        self._append.faulty.append(Parked(message, fault))

    def fire(self, firing: Firing) -> None:
        self._append.firings.append(firing)

    def guard(self, stream: str) -> None:
        """What is committed here must rest on the version of the stream that was loaded."""
        self._append.guards.append(Guard(stream, self._streams[stream].loaded))

    def entry(self, kind: str, stream: str, acting: Acting, **told: str) -> None:
        """A line of the audit log that is no event: a refusal, or a read."""
        if kind == "refusal":
            self._outcomes.append((told["command"], told["rule"]))
        text = canonical(
            {
                "kind": kind,
                "service": self.service,
                "stream": stream,
                "at": instant(acting.now),
                "by": acting.operator,
                "org": acting.organisation,
                **told,
            }
        )
        self._entries.append(Leaf(leaf_hash(text), stream, None, text.decode()))

    def commit(self, *, although_held: bool = False) -> None:
        """One append transaction. Raises `Conflict`: then nothing happened; decide again."""
        self._append.although_held = although_held
        with span("append", within=self._traces, service=self.service):
            self._commit()
        count(self.service, self._outcomes)

    def _commit(self) -> None:
        service, append = self._store.service, self._append
        stored = [service.names.store(recorded) for recorded in self._recorded]
        for recorded, kept, trace in zip(self._recorded, stored, self._traces, strict=True):
            leaf = leaf_hash(envelope(service.name, kept))
            append.leaves.append(Leaf(leaf, recorded.stream, recorded.version, None))
            append.forgotten.extend(service.forgets(recorded))
            append.changes.extend(changes_of(self._store, recorded))
            append.timers.extend(service.deadlines(recorded))
            append.outbox.extend(
                self._outbox_row(public, trace)
                for public in service.publish(recorded, self._pseudonym)
            )
        append.leaves.extend(self._entries)
        for name in sorted(self._read):
            # What is written to is held by its next version; what a decision only read, by this.
            if self._streams[name].version == self._streams[name].loaded:
                self.guard(name)
        append.snapshots.extend(
            snapshot(held.decider, name, held.state, held.version)
            for name, held in self._streams.items()
            if held.version // SNAPSHOT_EVERY > held.loaded // SNAPSHOT_EVERY
        )
        # Before the append: killed between the two, all of it is decided again, and a key that is
        # gone is destroyed again without harm. The other way round a key could outlive its mark.
        for stream in (each for forget in append.forgotten for each in forget.streams):
            self._store.keys.destroy(stream)
        self._store.append(stored, append)

    def _open(self, decider: Decider[Any, Any, Any], stream: str) -> _Stream:
        if stream not in self._streams:
            self.load({stream: decider})
        return self._streams[stream]

    def _sealed(self, stream: str, events: Sequence[Fact | In]) -> list[tuple[str, Fact]]:
        """All of them, before the first is recorded: of a refusal nothing must remain."""
        told: list[tuple[str, Fact]] = []
        version: dict[str, int] = {}
        for each in events:
            name, event = (each.stream, each.event) if isinstance(each, In) else (stream, each)
            version[name] = version.get(name, self._streams[name].version) + 1
            place = Place(self.service, name, version[name], event.stored_name)
            try:
                told.append((name, seal_fields(event, place, self._store.keys)))
            except DestroyedKey:
                raise refused() from None
        return told

    def _record(self, name: str, sealed: Fact, acting: Acting) -> None:
        stream = self._streams[name]
        stream.version += 1
        stream.state = stream.decider.evolve(stream.state, sealed)
        self._traces.append(current())
        self._recorded.append(
            Recorded(name, stream.version, sealed, acting.now, acting.operator, acting.organisation)
        )

    def _pseudonym(self, case: str) -> str:
        """Over a random root of the case, which is destroyed with its keys; a case that was there
        before roots were keeps the one that it has, over its id."""
        audience, keys = self._store.keys.secret("observatory"), self._store.keys
        if not self._streams[case].loaded:
            return pseudonym(audience, keys.key_for(case, ROOT).hex())
        try:
            return pseudonym(audience, keys.known_key(case, ROOT).hex())
        except UnknownKey:
            return pseudonym(audience, case)

    def _outbox_row(self, public: Public, trace: str) -> OutboxRow:
        lane = lane_of(public.key, self._store.service.topics[public.topic])
        data = _COMPACT.encode(public.data)
        if not tells_its_case(public.topic):
            # The same trace on both would join the pseudonym to the case, and to its moment.
            trace = apart(trace, service=self.service, topic=public.topic)
        return OutboxRow(
            public.topic, lane, str(uuid.uuid4()), public.type, public.key, public.at, data, trace
        )


def lane_of(key: str, lanes: int) -> int:
    """The lane of a case or pseudonym: fixed for ever, the same in every language."""
    return crc32(key.encode()) % lanes
