"""Every read of facts: people are counted, and no fact is ever shown by itself."""

from collections.abc import Sequence
from enum import StrEnum

from shared.runtime.store import Row, Store


class Dimension(StrEnum):
    """What people are counted by. The values are the only names that reach a statement."""

    QUARTER = "quarter"
    AREA = "area"
    CHANNEL = "channel"
    EXPLOITATION = "exploitation"
    AGE_GROUP = "age_group"
    GENDER = "gender"
    CITIZENSHIP_GROUP = "citizenship_group"


def counts(store: Store, by: Sequence[Dimension]) -> list[Row]:
    """Every cell that is not empty, as its dimensions and `people`, in order; none: the total."""
    named = [dimension.value for dimension in by]
    columns = ", ".join((*named, "COUNT(*) AS people"))
    grouped = f" GROUP BY {', '.join(named)}" if named else ""
    cells = store.rows(f"SELECT {columns} FROM facts{grouped}")  # noqa: S608  # names of Dimension
    # Sorted here: the stores do not agree on the order of texts.
    return sorted(
        (cell for cell in cells if cell["people"]),
        key=lambda cell: [cell[name] for name in named],
    )
