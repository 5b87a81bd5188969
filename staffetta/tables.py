"""Readable tables on a terminal."""

from collections.abc import Sequence

from rich.table import Table

from shared.runtime.trace import TraceLine


def trace_table(case: str, lines: Sequence[TraceLine]) -> Table:
    """The trace of a case: time, who, which organisation, what, under which consent."""
    table = Table(title=f"Trace of {case} (times in UTC)", title_justify="left")
    for column in ("Time", "Who", "Organisation", "Service", "What", "Consent"):
        table.add_column(column, overflow="fold")
    for line in lines:
        style = {"refusal": "yellow", "read": "dim"}.get(line.kind)
        table.add_row(
            line.at[:19].replace("T", " "),
            line.operator,
            line.organisation,
            line.service,
            line.what,
            (line.consent or "")[:8],
            style=style,
        )
    return table
