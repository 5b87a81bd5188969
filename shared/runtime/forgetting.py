"""What goes when a subject is forgotten: all that is kept of it beside the log.

The log itself stays as it is: what was sealed in it opens for nobody, its keys being destroyed.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from shared.runtime.facts import Change, Forget, Recorded, Refused, Table

Run = Callable[[str, Sequence[Any]], object]
GONE = "staffetta.forgotten"
"""The type of a message that was heard of somebody who was forgotten. Its number and its id stay:
by these a sender and its receivers compare what they know. Nobody reacts to it."""


def refused() -> Refused:
    """Regulation (EU) 2016/679, art. 17(1): what was erased is not opened, and not begun again."""
    return Refused(
        "what-was-erased-stays-erased",
        "This was erased: its keys are destroyed, and nothing of it opens again.",
        "Nothing can be done about it here; the coordinator sees when it was erased.",
    )


class NamesStreams(Protocol):
    """A fact with which all these streams are forgotten."""

    @property
    def streams(self) -> tuple[str, ...]: ...


def forgets_with(
    told: type[NamesStreams], types: frozenset[str]
) -> Callable[[Recorded], Sequence[Forget]]:
    """What a service forgets that tells it by one kind of fact. `types`: of messages that stay."""

    def forgets(recorded: Recorded) -> Sequence[Forget]:
        event = recorded.event
        if not isinstance(event, told):
            return []
        return [Forget(recorded.stream, event.streams, types=tuple(types))]

    return forgets


def wiped(tables: Sequence[Table], forget: Forget) -> list[Change]:
    """The rows of the read tables that belong to what is forgotten."""
    return [
        Change(table.name, stream, None, table.subject)
        for table in tables
        if table.subject
        for stream in dict.fromkeys((forget.subject, *forget.streams))
    ]


def wipe(run: Run, forget: Forget) -> None:
    """Parked and kept messages, answers and snapshots."""
    kept = (*forget.types, GONE)
    among = f"NOT IN ({', '.join('?' * len(kept))})"
    run("DELETE FROM parked WHERE subject = ?", (forget.subject,))
    emptied = "UPDATE heard SET type = ?, subject = '', data = '{}' WHERE subject = ? AND type "
    run(emptied + among, (GONE, forget.subject, *kept))
    for stream in forget.streams:
        # Answers of an earlier version do not say which stream they are of; some name it.
        run(
            "DELETE FROM answers WHERE stream = ? OR (stream = '' AND outcome LIKE ?)",
            (stream, f'%"{stream}"%'),
        )
        run("DELETE FROM snapshots WHERE stream = ?", (stream,))


def forget_all(run: Run, forget: Forget) -> None:
    """The same, with its timers; and a note, so that the store says of itself what no key may ever
    open."""
    wipe(run, forget)
    kept = ("", *forget.timers)
    marks = ", ".join("?" * len(kept))
    for stream in forget.streams:
        run(f"DELETE FROM timers WHERE stream = ? AND id NOT IN ({marks})", (stream, *kept))  # noqa: S608  # marks
        run("INSERT INTO forgotten VALUES (?, ?) ON CONFLICT DO NOTHING", (stream, forget.subject))
