"""`staffetta load nrm`: the people of a national mechanism's published statistics."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from staffetta.faults import FaultyFile
from staffetta.installation import Installation, now
from staffetta.joining import join
from staffetta.network import read_network
from staffetta.nrm.check import check
from staffetta.nrm.load import load
from staffetta.nrm.rows import Row, read
from staffetta.terminal import Data, err, opened, out, tell

NETWORK = Path(__file__).parents[2] / "deploy" / "networks" / "nrm.toml"


def load_nrm(
    files: Annotated[
        list[Path] | None, typer.Argument(help="CSV files, one a quarter.", metavar="FILE…")
    ] = None,
    only_check: Annotated[
        bool,
        typer.Option("--check", help="Load nothing: compare with the files, or the last loaded."),
    ] = False,
    data: Data = Path("var"),
) -> None:
    """Load the published statistics of a national referral mechanism, person by person.

    Every person becomes a contact, a case and a referral. Killed at any point, it goes on where
    it stopped. At the end the observatory's totals are compared with the files'.
    """
    with opened(data) as installation:
        chosen = _chosen(files or [], only_check, data)
        rows = _read(chosen)
        if not only_check:
            _loaded(installation, rows)
            _remember(chosen, data)
        _compared(installation, rows)


def _chosen(files: Sequence[Path], only_check: bool, data: Path) -> Sequence[Path]:
    if files:
        return files
    remembered = data / "nrm-files.json"
    if only_check and remembered.exists():
        return [Path(name) for name in json.loads(remembered.read_text())]
    raise typer.BadParameter("name at least one file", param_hint="FILE…")


def _remember(files: Sequence[Path], data: Path) -> None:
    names = json.dumps([str(file.resolve()) for file in files])
    (data / "nrm-files.json").write_text(names)


def _read(files: Sequence[Path]) -> list[Row]:
    """All rows of all files, or every fault and exit code 2: nothing is loaded of a bad set."""
    rows: list[Row] = []
    faulty = False
    for file in files:
        try:
            rows += read(file, now().date())
        except FaultyFile as fault:
            tell(fault)
            faulty = True
    if faulty:
        err.print("Nothing was loaded.")
        raise typer.Exit(2)
    return rows


def _loaded(installation: Installation, rows: Sequence[Row]) -> None:
    join(installation, read_network(NETWORK))
    columns = (TextColumn("people"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as bars:
        bar = bars.add_task("people", total=sum(row.people for row in rows))
        load(installation, rows, lambda done: bars.advance(bar, done))


def _compared(installation: Installation, rows: Sequence[Row]) -> None:
    found = check(installation, rows)
    people = sum(row.people for row in rows)
    if not found:
        out.print(
            f"Equal: {people} people per quarter, responder type, exploitation, age and gender."
        )
        return
    for difference in found:
        out.print(difference, markup=False, highlight=False, soft_wrap=True)
    out.print(f"{len(found)} differences.")
    raise typer.Exit(1)
