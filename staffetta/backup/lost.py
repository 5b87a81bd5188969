"""What a service lost that others saw: looked at, and accepted by somebody who says why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from shared.runtime.checkpoints import generation_of
from shared.runtime.facts import Acting, Refused
from shared.runtime.looking import Hearer
from shared.runtime.regaining import LOST, Loss, accept, losses
from shared.runtime.store import Store
from staffetta.backup.commands import at_scale
from staffetta.four import FOUR, Part
from staffetta.installation import fresh, now
from staffetta.terminal import complain, existing, say
from staffetta.where import Where

app = typer.Typer(
    name="lost",
    help="See what a restore lost that others saw, and go on.",
    no_args_is_help=True,
)
_PARTS = {part.name: part for part in FOUR}


@dataclass(frozen=True)
class Place:
    """A service's store, and who can say what they saw of it."""

    part: Part
    store: Store
    hearers: Sequence[Hearer]


@app.command("list")
def list_lost(data: Where = None) -> None:
    """Show what others saw of a service and it no longer has.

    For each lane how many numbers, and how many of them others can give back; then the cases
    that these tell of. Ends with 0 where nothing is lost, else with 1.
    """
    with _places(data) as places:
        told = [_told(place) for place in places]
    if any(told):
        say("Nothing is accepted yet: staffetta lost accept --why REASON")
        raise typer.Exit(1)
    say("Nothing is lost that others saw.")


@app.command("accept")
def accept_lost(
    why: Annotated[
        str,
        typer.Option(
            "--why", metavar="REASON", help="Kept for ever in the audit log: never a name."
        ),
    ],
    data: Where = None,
) -> None:
    """Go on after a restore, and record what was lost.

    What others can give back stands in this service's log again, and a withdrawn consent is
    withdrawn again. The rest is marked as lost. No number is used twice. Look at `staffetta lost
    list` first: the cases it names must be looked through by those who work on them.
    """
    reason = " ".join(why.split())
    if not 3 <= len(reason) <= 200:
        raise typer.BadParameter("a reason of 3 to 200 letters", param_hint="--why")
    with _places(data) as places:
        for place in places:
            _accepted(place, reason)


def _accepted(place: Place, reason: str) -> None:
    acting = Acting("command-line", "this-installation", now(), frozenset(), fresh())
    name, generation = place.part.name, generation_of(place.store)
    try:
        lost = accept(place.store, place.hearers, reason, acting, place.part.regain)
    except Refused as refused:
        complain(f"{name}: {refused.because} {refused.instead}")
        raise typer.Exit(1) from None
    if generation_of(place.store) > generation:
        say(f"{name}: its audit log goes on under a new name, since witnesses saw more of it.")
    elif not lost:
        say(f"{name}: nothing is lost that others saw.")
    if not lost:
        return
    back, gone = sum(len(each.told) for each in lost), sum(each.for_good for each in lost)
    say(f"{name}: given back by others: {back}; lost for good: {gone}. It goes on from here.")


def _told(place: Place) -> bool:
    """Whether anything of a service is lost or in doubt; it is told."""
    hold, lost = losses(place.store, place.hearers)
    name = place.part.name
    for silent in hold.unasked:
        say(f"{name}: {silent} does not answer; it may have seen more")
    for lane in hold.otherwise:
        say(f"{name}: {lane.topic}, lane {lane.lane}: others heard something else than is here")
    if hold.log:
        here, seen = hold.log
        say(f"{name}: its audit log has {here} entries; witnesses saw {seen}, or others than these")
    if hold.regaining:
        say(f"{name}: a loss was accepted, and not worked through to its end: accept it again")
    for each in lost:
        lane = each.lane
        say(
            f"{name}: {lane.topic}, lane {lane.lane}: numbers {lane.last + 1} to {lane.seen}"
            f" are gone; others can give back {len(each.told)} of {lane.count}"
        )
    for case, types in sorted(_cases(lost).items()):
        say(f"{name}: {case}: {', '.join(types)}")
    return bool(lost or hold.otherwise or hold.unasked or hold.regaining or hold.log)


def _cases(lost: Sequence[Loss]) -> dict[str, list[str]]:
    """What is known of each case, by kind. Contributions are of nobody that can be named."""
    kinds: dict[str, Counter[str]] = {}
    for loss in lost:
        for message in loss.told.values():
            if message.topic.endswith(".events") and message.type != LOST:
                kinds.setdefault(message.key, Counter())[message.type.split(".")[-2]] += 1
    return {
        case: [f"{count} {kind}" if count > 1 else kind for kind, count in sorted(found.items())]
        for case, found in kinds.items()
    }


@contextmanager
def _places(data: Path | None) -> Iterator[Sequence[Place]]:
    if at_scale(data):
        with _named_place() as place:
            yield [place]
        return
    with existing(data or Path("var")) as installation:
        watches = {part.name: installation.watch(part.name) for part in FOUR}
        yield [Place(_PARTS[name], watch.store, watch.hearers) for name, watch in watches.items()]


@contextmanager
def _named_place() -> Iterator[Place]:
    from staffetta.at_scale.environment import demanded, settings_of
    from staffetta.at_scale.hearing import hearers, service_token
    from staffetta.at_scale.settings import Settings
    from staffetta.at_scale.stores import store_of

    with ExitStack() as closing:
        with demanded():
            settings = settings_of(Settings)
            store = store_of(settings, closing)
        heard_by = hearers(settings, service_token(settings))
        yield Place(_PARTS[settings.service], store, heard_by)
