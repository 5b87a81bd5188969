"""What stands between the contracts of now and those that others already read."""

from collections.abc import Iterator, Sequence

from staffetta.contracts.changes import breaks
from staffetta.contracts.files import DOCUMENT, Schemas, text_of
from staffetta.contracts.schemas import Schema


def outdated(lying: dict[str, str], made: Schemas) -> list[str]:
    """The files that are not what the contracts say."""
    wanted = {name: text_of(schema) for name, schema in made.items()}
    differing = {
        name for name in lying.keys() | wanted.keys() if lying.get(name) != wanted.get(name)
    }
    return [f"{name}: not what the contracts say" for name in sorted(differing)]


def refused(versions: Sequence[Schemas], made: Schemas) -> list[str]:
    """What readers of any version before would not survive, a line each."""
    return list(dict.fromkeys(line for before in versions for line in _broken(before, made)))


def _broken(before: Schemas, made: Schemas) -> Iterator[str]:
    for name, schema in before.items():
        if name == DOCUMENT:
            yield from _topics_broken(schema, made[DOCUMENT])
        elif name in made:
            yield from breaks(name.removesuffix(".json"), schema, made[name])
        else:
            yield f"{name.removesuffix('.json')}: gone; outboxes hold rows of it, keep its contract"


def _topics_broken(before: Schema, after: Schema) -> Iterator[str]:
    """Lanes and topics are for ever: growing means a new generation of the topic."""
    for topic, channel in before["channels"].items():
        now = after["channels"].get(topic)
        if now is None:
            yield f"{topic}: the topic is gone"
            continue
        if _lanes(channel) != _lanes(now):
            yield f"{topic}: {_lanes(channel)} lanes became {_lanes(now)}; cases would change lanes"
        for type_ in channel["messages"].keys() - now["messages"].keys():
            yield f"{type_}: no longer sent to {topic}, where its readers listen"


def _lanes(channel: Schema) -> int:
    lanes: int = channel["bindings"]["kafka"]["partitions"]
    return lanes
