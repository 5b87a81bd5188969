"""The messages that wait because they could not be applied: looked at, replayed, given up."""

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from shared.runtime.facts import Acting
from shared.runtime.message import Message
from shared.runtime.parking import OutOfTurn, Waiting, discard, first_in_turn, parked, replay
from shared.runtime.store import Store
from staffetta.four import FOUR
from staffetta.installation import fresh, now
from staffetta.terminal import err, say, whole
from staffetta.where import Where, stores_there

app = typer.Typer(
    name="parked",
    help="Look after messages that could not be applied.",
    no_args_is_help=True,
)
Case = Annotated[
    str, typer.Argument(metavar="CASE", help="A case, as `staffetta parked list` names it.")
]
_PARTS = {part.name: part for part in FOUR}


@app.command("list")
def list_parked(data: Where = None) -> None:
    """Show every case with messages that wait.

    A message that cannot be applied holds up its own case; everybody else goes on.
    """
    with stores_there(data) as stores:
        waiting = {name: parked(store) for name, store in stores.items()}
    table = _table("Service", "Case", "From", "Waiting", "Fault")
    for service, found in waiting.items():
        for queue in _queues(found):
            first = queue[0].message
            row = (service, first.key, first.sender, str(len(queue)), _fault(queue[0]))
            table.add_row(*map(_plain, row))
    if not table.row_count:
        say("Nothing is parked.")
        return
    whole.print(table, soft_wrap=True)


@app.command()
def show(case: Case, data: Where = None) -> None:
    """Show what waits of a case, in order.

    What a message is and where its sender wrote it; never what it says.
    """
    with stores_there(data) as stores:
        waiting = {name: parked(store, case) for name, store in stores.items()}
    table = _table("Service", "From", "Message", "Type", "Number", "Fault")
    for service, found in waiting.items():
        for each in found:
            told = each.message
            number = f"{told.topic} {told.lane}:{told.number}"
            row = (service, told.sender, told.id, told.type, number, _fault(each))
            table.add_row(*map(_plain, row))
    _or_nothing(table.row_count)
    whole.print(table, soft_wrap=True)


@app.command("replay")
def replay_parked(case: Case, data: Where = None) -> None:
    """Try again what waits of a case, in order.

    For when the cause is mended. Ends with 0 where all of it was applied; with 1 where one still
    cannot be: it and those behind it go on waiting.
    """
    with stores_there(data) as stores:
        there = {name: store for name, store in stores.items() if parked(store, case)}
        _or_nothing(len(there))
        applied = sum(_replayed(name, store, case) for name, store in there.items())
        left = sum(len(parked(store, case)) for store in there.values())
    say(f"Applied: {applied}. Still waiting: {left}.")
    raise typer.Exit(1 if left else 0)


@app.command("discard")
def discard_parked(
    message: Annotated[
        str, typer.Argument(metavar="MESSAGE", help="Its id, from `staffetta parked show`.")
    ],
    why: Annotated[
        str,
        typer.Option(
            "--why",
            metavar="REASON",
            help="Kept for ever in the trace of the case: never a name, never a number.",
        ),
    ],
    data: Where = None,
) -> None:
    """Give one message up, for a reason that is kept.

    Only the first that waits of its case. What waited behind it is then tried, in order.
    """
    reason = " ".join(why.split())
    if not 3 <= len(reason) <= 200:
        raise typer.BadParameter("a reason of 3 to 200 letters", param_hint="--why")
    acting = Acting("command-line", "this-installation", now(), frozenset(), fresh())
    with stores_there(data) as stores:
        name, waiting = _found(stores, message)
        case = waiting.message.key
        try:
            discard(stores[name], waiting, reason, acting)
        except OutOfTurn:
            first = first_in_turn(stores[name], case)
            before = ", ".join(head.message.id for head in first)
            err.print(f"It waits behind another one of its case: {before}", soft_wrap=True)
            raise typer.Exit(1) from None
        applied = _replayed(name, stores[name], case)
        left = len(parked(stores[name], case))
    say(f"Given up. Applied of what waited behind it: {applied}. Still waiting: {left}.")


def _replayed(name: str, store: Store, case: str) -> int:
    def acting(message: Message) -> Acting:
        return Acting("relay", message.sender, now(), frozenset(), fresh())

    return replay(store, case, _PARTS[name].react, acting)


def _found(stores: Mapping[str, Store], message: str) -> tuple[str, Waiting]:
    for name, store in stores.items():
        for waiting in parked(store):
            if waiting.message.id == message:
                return name, waiting
    err.print("No such message is parked here.")
    raise typer.Exit(1)


def _or_nothing(count: int) -> None:
    if not count:
        err.print("Nothing of this case is parked here.")
        raise typer.Exit(1)


def _queues(found: list[Waiting]) -> list[list[Waiting]]:
    """What waits behind each other: of one sender, topic and case."""
    queues: dict[tuple[str, str, str], list[Waiting]] = {}
    for each in found:
        told = each.message
        queues.setdefault((told.sender, told.topic, told.key), []).append(each)
    return list(queues.values())


def _fault(waiting: Waiting) -> str:
    return waiting.fault or "waits"


def _plain(text: str) -> Text:
    """What came over the wire, without anything that a terminal would obey."""
    seen = (letter if letter.isascii() and letter.isprintable() else "?" for letter in text)
    return Text("".join(seen))


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=True)
    return table
