"""`staffetta audit export` and `staffetta verify`."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from shared.runtime.store import Store
from shared.runtime.witnessing import StoreLog, turn
from staffetta.audit.checks import Check, Terms
from staffetta.audit.exporting import QUORUM, NotEmpty, export
from staffetta.audit.verifying import verify
from staffetta.installation import seconds
from staffetta.progress import progress
from staffetta.terminal import err, out, say
from staffetta.where import Where, stores_there

audit = typer.Typer(help="Give the audit log to whoever is to verify it.", no_args_is_help=True)
Export = Annotated[
    Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="An export.")
]
NewPlace = Annotated[Path, typer.Argument(metavar="DIR", help="Where to: a directory of its own.")]
_OF_QUORUM = {"min": 0, "max": 100, "metavar": "N", "envvar": "STAFFETTA_QUORUM"}
Quorum = Annotated[int, typer.Option(help="How many witnesses must have cosigned.", **_OF_QUORUM)]
OtherQuorum = Annotated[
    int | None,
    typer.Option(
        help="How many witnesses must have cosigned; else as the export says.", **_OF_QUORUM
    ),
]
Saved = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="An export that you kept: its keys count, and its log must be continued.",
    ),
]
Witnesses = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="STATE",
        exists=True,
        file_okay=False,
        help="The directory of `staffetta witness`: what it saw is compared. May be repeated.",
    ),
]


@audit.command("export")
def export_audit(directory: NewPlace, quorum: Quorum = QUORUM, data: Where = None) -> None:
    """Write everything that a stranger needs to verify the audit log.

    Ciphertext and pseudonyms, never a name. The services can go on serving meanwhile.
    `staffetta verify DIR` then checks it anywhere, without any store.
    """
    with stores_there(data) as stores:
        if len(stores) > 1:
            _cosign_now(list(stores.values()))
        sizes = _exported(stores, directory, quorum)
    for name, entries in sizes.items():
        say(f"{name}: {entries} entries")


def _exported(stores: Mapping[str, Store], directory: Path, quorum: int) -> Mapping[str, int]:
    """Written, with a bar for one service after the other."""
    with ExitStack() as showing:

        def shown(name: str) -> Callable[[int, int], None]:
            showing.close()
            return showing.enter_context(progress(name))

        try:
            return export(stores, directory, seconds, shown, quorum)
        except NotEmpty:
            why = "there is something in it already: name a new one"
        except OSError as trouble:
            why = f"nothing can be written there: {trouble.strerror}"
    raise typer.BadParameter(why, param_hint="DIR")


def verify_export(
    directory: Export,
    saved: Saved = None,
    quorum: OtherQuorum = None,
    witness: Witnesses = None,
) -> None:
    """Verify an export of the audit log, offline.

    Files, signature, tree, witnesses, density, and meaning: every disclosure under a live consent,
    which each service noted as it was given, emergencies and addresses within their bounds, every
    erasure attested. Ends with 1 where a check fails. Without `--saved` the export's own keys are
    trusted: keep the export, and verify the next one against it.
    """
    with progress("entries") as show:
        checks = list(verify(directory, Terms(saved, quorum, witness or ()), show))
    for check in checks:
        _say(check)
    failed = sum(bool(check.faults) for check in checks)
    if failed:
        err.print(f"Checks that failed: {failed} of {len(checks)}.", style="red")
        raise typer.Exit(1)
    out.print(f"All {len(checks)} checks passed.")


def _say(check: Check) -> None:
    mark = "✗" if check.faults else "✓"
    told = f" ({check.told})" if check.told else ""
    say(f"{mark} {': '.join(filter(None, (check.service, check.what)))}{told}")
    for fault in check.faults:
        say(f"    {fault}")


def _cosign_now(stores: list[Store]) -> None:
    """The services of one directory witness each other up to this moment."""
    for store in stores:
        turn(store, (), seconds)
    for store in stores:
        others = [StoreLog(each, store.service.name) for each in stores if each is not store]
        turn(store, others, seconds)
