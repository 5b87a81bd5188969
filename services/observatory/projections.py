"""The read table `facts`: one row per person counted."""

from collections.abc import Sequence

from services.observatory.events import Event
from shared.runtime.facts import Change, Recorded, Table

FACTS = Table(
    "facts",
    {
        "quarter": "TEXT",
        "month": "TEXT",
        "area": "TEXT",
        "channel": "TEXT",
        "exploitation": "TEXT",
        "age_group": "TEXT",
        "gender": "TEXT",
        "citizenship_group": "TEXT",
    },
)


def facts(event: Event, recorded: Recorded) -> Sequence[Change]:
    row = {"quarter": quarter_of(event.month), **event.model_dump(mode="json")}
    return [Change("facts", recorded.stream, row)]


def quarter_of(month: str) -> str:
    """2026-03 is in 2026-Q1."""
    year, number = month.split("-")
    return f"{year}-Q{(int(number) + 2) // 3}"
