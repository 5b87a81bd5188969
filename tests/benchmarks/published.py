"""The published year, where it lies beside the repository; else a small invented sample."""

from datetime import UTC, datetime
from pathlib import Path

from staffetta.nrm.rows import Row, read

_ROOT = Path(__file__).parents[2]
_YEAR = _ROOT.parent / "shared" / "data" / "nrm"
_SAMPLE = _ROOT / "tests" / "staffetta" / "nrm-sample.csv"


def year() -> tuple[str, list[Row]]:
    """In words which one it is, and its rows."""
    files = sorted(_YEAR.glob("*.csv"))
    today = datetime.now(UTC).date()
    rows = [row for file in files or [_SAMPLE] for row in read(file, today)]
    return "the published year" if files else "an invented sample", rows
