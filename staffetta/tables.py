"""The trace as a table that can be read: whole words at 80 columns, a line for each at 120."""

import textwrap
from collections.abc import Sequence

from rich.table import Table

from shared.runtime.trace import TraceLine

_ONE_LINE_EACH = 120
_GAP, _LEAST = 2, 24
_STYLES = {"refusal": "yellow", "read": "dim"}


def trace_table(case: str, lines: Sequence[TraceLine], width: int) -> Table:
    """The trace of a case: time, who, which organisation, what, under which consent."""
    title = f"\nTrace of {case} (times in UTC)"
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1), pad_edge=False)
    if width >= _ONE_LINE_EACH:
        _beside(table, lines, width)
    else:
        _stacked(table, lines, width)
    return table


def _beside(table: Table, lines: Sequence[TraceLine], width: int) -> None:
    """Everything in a column of its own."""
    whos = max(len(line.operator) for line in lines)
    organisations = max(len(line.organisation) for line in lines)
    room = max(width - (19 + whos + organisations + 8 + 4 * _GAP), _LEAST)
    _columns(table, Time=19, Who=whos, Organisation=organisations, What=room, Consent=8)
    for line in lines:
        at, what, style = line.at[:19].replace("T", " "), _what(line, room), _STYLES.get(line.kind)
        table.add_row(at, line.operator, line.organisation, what, _consent(line), style=style)


def _stacked(table: Table, lines: Sequence[TraceLine], width: int) -> None:
    """The date above the time, the operator above the organisation, the consent below the words."""
    whos = max(max(len(line.operator), len(line.organisation)) for line in lines)
    room = max(width - (10 + whos + 2 * _GAP), _LEAST)
    _columns(table, Time=10, Who=whos, What=room)
    for line in lines:
        at, who = f"{line.at[:10]}\n{line.at[11:19]}", f"{line.operator}\n{line.organisation}"
        consent = f"\nunder consent {_consent(line)}" if line.consent else ""
        table.add_row(at, who, _what(line, room) + consent, style=_STYLES.get(line.kind))


def _columns(table: Table, **widths: int) -> None:
    """As wide as they must be. A narrower terminal breaks the lines itself: nothing is cut."""
    for name, width in widths.items():
        table.add_column(name, width=width, no_wrap=True)
    table.width = sum(widths.values()) + _GAP * (len(widths) - 1)


def _consent(line: TraceLine) -> str:
    """Its first digits: enough to tell the consents of one case apart."""
    return (line.consent or "")[:8]


def _what(line: TraceLine, room: int) -> str:
    """Broken between words; at the hyphens of an id only where it is longer than a line."""
    words = f"{line.service}: {line.what}"
    too_long = any(len(word) > room for word in words.split())
    return textwrap.fill(words, room, break_on_hyphens=too_long, break_long_words=False)
