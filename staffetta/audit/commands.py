"""`staffetta audit export` and `staffetta verify`."""

from pathlib import Path
from typing import Annotated

import typer

from staffetta.audit.exporting import NotEmpty, export
from staffetta.audit.verifying import verify
from staffetta.progress import progress
from staffetta.terminal import err, out, say
from staffetta.where import Where, stores_there

audit = typer.Typer(help="Give the audit log to whoever is to verify it.", no_args_is_help=True)
Export = Annotated[
    Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="An export.")
]


@audit.command("export")
def export_audit(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to: a directory of its own.")
    ],
    data: Where = None,
) -> None:
    """Write everything that a stranger needs to verify the audit log.

    Ciphertext and pseudonyms, never a name. The services can go on serving meanwhile.
    `staffetta verify DIR` then checks it anywhere, without any store.
    """
    with stores_there(data) as stores:
        for name, store in stores.items():
            try:
                with progress(name) as show:
                    entries = export(store, directory, show)
            except NotEmpty:
                raise typer.BadParameter(
                    "there is something in it already: name a new one", param_hint="DIR"
                ) from None
            except OSError as trouble:
                raise typer.BadParameter(
                    f"nothing can be written there: {trouble.strerror}", param_hint="DIR"
                ) from None
            say(f"{name}: {entries} entries")


def verify_export(
    directory: Export,
    saved: Annotated[
        Path | None,
        typer.Option(
            "--saved",
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="An export that you kept: its keys count, and its log must be continued.",
        ),
    ] = None,
) -> None:
    """Verify an export of the audit log, offline.

    Signature, tree, density, and meaning: every disclosure under a live consent. Ends with 1
    where a check fails. Without `--saved` the export's own key is trusted: keep the export, and
    verify the next one against it.
    """
    with progress("entries") as show:
        checks = list(verify(directory, saved, show))
    for check in checks:
        mark = "✗" if check.faults else "✓"
        say(f"{mark} {': '.join(filter(None, (check.service, check.what)))}")
        for fault in check.faults:
            say(f"    {fault}")
    failed = sum(bool(check.faults) for check in checks)
    if failed:
        err.print(f"Checks that failed: {failed} of {len(checks)}.", style="red")
        raise typer.Exit(1)
    out.print(f"All {len(checks)} checks passed.")
