"""Before anything is served: what was forgotten for good is compared with what is here.

A restore brings back tables and facts of those who were forgotten since, but not the marks in the
key store; an older key store brings back keys, but not what the log says. Whoever knows more wins.
"""

from collections.abc import Callable, Sequence

from shared.runtime.facts import Acting, Forget, Refused
from shared.runtime.forgetting import wipe, wiped
from shared.runtime.handle import in_rounds
from shared.runtime.inbox import Reaction
from shared.runtime.store import Store
from shared.runtime.tables import write_changes
from shared.runtime.work import Work

Follow = Callable[[str], Sequence[Reaction]]


def forget_again(
    store: Store, follow: Follow, acting: Acting, *, although_held: bool = False
) -> int:
    """Destroy again, clean again, and record it where the log does not know it yet. Returns how
    many subjects the log did not know. Safe to repeat, and to be killed.

    A store that is held is cleaned as well, since it is read; the facts follow when it is released.
    """
    known = {row["stream"] for row in store.rows("SELECT stream FROM forgotten")}
    marked = set(store.keys.destroyed())
    for stream in sorted(known - marked):
        store.keys.destroy(stream)
    unknown = sorted(marked - known)
    if unknown:
        _clean(store, unknown)
    if store.hold is None or although_held:
        for stream in unknown:
            in_rounds(lambda stream=stream: _follow(store, stream, follow, acting))  # type: ignore[misc]  # mypy cannot see the default's type
    return len(unknown)


def _clean(store: Store, streams: Sequence[str]) -> None:
    """Timers stay: one of them may be what is to complete it after a kill."""
    with store.transaction(commit=True) as run:
        # Every append holds it: an append that came between would write its rows again.
        run("UPDATE audit_head SET size = size WHERE id = 1")
        for stream in streams:
            forget = Forget(stream, (stream,), types=tuple(store.service.unheld))
            wipe(run, forget)
            write_changes(run, wiped(store.service.tables, forget))


def _follow(store: Store, stream: str, follow: Follow, acting: Acting) -> None:
    """What the log must say, too. Where the log knows nothing of it at all, there is nothing."""
    work = Work(store)
    try:
        for reaction in follow(stream):
            work.decide(reaction.decider, reaction.stream, reaction.command, acting)
    except Refused:
        return
    work.commit(although_held=True)
