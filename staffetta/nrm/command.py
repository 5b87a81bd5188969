"""`staffetta load nrm`: the people of a national mechanism's published statistics."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter

from staffetta.faults import Fault, FaultyFile
from staffetta.installation import Installation, now
from staffetta.joining import join
from staffetta.network import read_network
from staffetta.nrm.check import check
from staffetta.nrm.load import load
from staffetta.nrm.rows import Row, read
from staffetta.progress import progress
from staffetta.terminal import Data, err, existing, opened, say, tell

NETWORK = Path(__file__).parents[2] / "deploy" / "networks" / "nrm.toml"
_LAST = "nrm-files.json"
_NAMES = TypeAdapter(list[Path])


def load_nrm(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="CSV files as published, one for each quarter."),
    ] = None,
    only_check: Annotated[
        bool,
        typer.Option(
            "--check", help="Load nothing; compare with these files, or with those loaded last."
        ),
    ] = False,
    data: Data = Path("var"),
) -> None:
    """Load the public statistics of a national referral mechanism.

    Each person counted there becomes a contact, a case and a referral. Stopped at any point, the
    same command goes on where it was, and counts nobody twice. At the end the observatory's
    totals are compared with the files: equal, or each difference is named and the command ends
    with 1.
    """
    if not files and not only_check:
        raise typer.BadParameter("name at least one file", param_hint="FILE")
    if only_check:
        with existing(data) as installation:
            _compared(installation, _read(files or _loaded_last(data), "Nothing was compared."))
        return
    rows = _read(files or [], "Nothing was loaded.")
    with opened(data) as installation:
        _remember(files or [], data)
        _loaded(installation, rows)
        _compared(installation, rows)


def _loaded_last(data: Path) -> Sequence[Path]:
    try:
        return _NAMES.validate_json((data / _LAST).read_bytes())
    except (OSError, ValueError):
        raise typer.BadParameter(
            "name the files: none was loaded here yet", param_hint="FILE"
        ) from None


def _remember(files: Sequence[Path], data: Path) -> None:
    (data / _LAST).write_bytes(_NAMES.dump_json([file.resolve() for file in files]))


def _read(files: Sequence[Path], otherwise: str) -> list[Row]:
    """All rows of all files, or every fault and exit code 2: nothing is done with a bad set."""
    rows: list[Row] = []
    faulty = False
    for file in files:
        try:
            rows += _unlike(rows, read(file, now().date()), file)
        except FaultyFile as fault:
            tell(fault)
            faulty = True
    if faulty:
        err.print(otherwise)
        raise typer.Exit(2)
    return rows


def _unlike(known: Sequence[Row], rows: list[Row], file: Path) -> list[Row]:
    """The rows of a further file. A row of two files would stand for the same people twice."""
    seen = {row.identity for row in known}
    rule = "a file before this one has a row of these categories"
    faults = [Fault(str(file), row.line, "", rule) for row in rows if row.identity in seen]
    if faults:
        raise FaultyFile(faults)
    return rows


def _loaded(installation: Installation, rows: Sequence[Row]) -> None:
    join(installation, read_network(NETWORK))
    total, done = sum(row.people for row in rows), 0

    with progress("people") as show:

        def further(people: int) -> None:
            nonlocal done
            done += people
            show(done, total)

        further(0)
        try:
            load(installation, rows, further)
        except KeyboardInterrupt:
            err.print(f"Stopped after {done} of {total} people: the same command goes on there.")
            raise


def _compared(installation: Installation, rows: Sequence[Row]) -> None:
    found = check(installation, rows)
    people = sum(row.people for row in rows)
    if not found:
        say(f"Equal: {people} people per quarter, responder type, exploitation, age and gender.")
        return
    for difference in found:
        say(difference)
    say(f"{len(found)} {'difference' if len(found) == 1 else 'differences'}.")
    raise typer.Exit(1)
