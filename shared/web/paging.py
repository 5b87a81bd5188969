"""Paging by cursor: an opaque mark of the last row seen, stable while rows are added."""

import base64
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from shared.runtime.facts import Refused
from shared.runtime.store import Row

Item = TypeVar("Item", bound=BaseModel)
Limit = Annotated[int, Query(ge=1, le=200, description="At most so many items.")]
After = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]


class Page(BaseModel, Generic[Item]):
    """Some items, and where the next ones begin (null: these were the last)."""

    items: list[Item]
    next: str | None = Field(description="Pass as `after` to see the next page.")


def page(model: type[Item], rows: Sequence[Row], limit: int, by: str = "key") -> Page[Item]:
    """A page from `limit + 1` rows in order of the column `by`."""
    shown = rows[:limit]
    more = len(rows) > limit
    items = [line(model, row) for row in shown]
    return Page[Any](items=items, next=_mark(str(shown[-1][by])) if more else None)


def line(model: type[Item], row: Row) -> Item:
    """One row as its reader sees it: the columns that the model names."""
    return model(**{name: row[name] for name in model.model_fields})


def start(after: str | None) -> str:
    """The value after which the page begins; the empty text for the first page."""
    if after is None:
        return ""
    try:
        last = base64.urlsafe_b64decode(after).decode()
    except ValueError:
        raise _foreign() from None
    if _mark(last) != after or not last.isprintable():
        raise _foreign()
    return last


def _foreign() -> Refused:
    return Refused(
        "a-page-begins-where-another-ended",
        "This cursor was not given by this service.",
        "Begin without `after`.",
        "content",
    )


def _mark(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()
