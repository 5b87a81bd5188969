"""Each kind of change to a contract: what the check says, and that real readers agree."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from staffetta.contracts.changes import breaks
from tests.wire.changing import Change, contract, may_write, reads


class Two(StrEnum):
    A, B = "a", "b"


class Turned(StrEnum):
    B, A = "b", "a"


class Three(StrEnum):
    A, B, C = "a", "b", "c"


class Place(BaseModel):
    area: str


class PlaceMore(Place):
    kind: str = "unknown"


class PlaceNeedsMore(Place):
    kind: str


Short = Annotated[str, StringConstraints(max_length=3)]
Longer = Annotated[str, StringConstraints(max_length=5)]
Month = Annotated[str, StringConstraints(pattern="^[0-9]{4}-[0-9]{2}$")]
Year = Annotated[str, StringConstraints(pattern="^[0-9]{4}$")]
Some = Annotated[tuple[str, ...], Field(min_length=1)]
Described = Annotated[str, Field(description="Told better.", title="X")]


def value(kind: Any, default: Any = ...) -> Any:
    """The contract whose field `x` is of that kind, beside one that stays."""
    return contract(case=(str, ...), x=(kind, default))


def row(**fields: Any) -> dict[str, Any]:
    return {"case": "c", **fields}


CASE = contract(case=(str, ...))
GONE = "x: removed or renamed; older readers would do without what it says"
OLDER = "x: older readers would refuse some of what is now written"
NEWER = "x: rows written before have values that would now be refused"
NEW = "x: new without a default; rows written before do not have it"
BEYOND = "x: its pattern, its format or the like has changed, and with it what is let in"
DEFAULT = "x: another default; rows written before would be read otherwise"
CODE_NEW = 'x: older readers would refuse the code "c"'
CODE_GONE = 'x: rows written before have the code "c" that would now be refused'

REFUSED = {
    "field removed": Change(value(str), CASE, (GONE,), to_older=row()),
    "field renamed": Change(
        value(str),
        contract(case=(str, ...), y=(str, ...)),
        (GONE, NEW.replace("x", "y", 1)),
        to_older=row(y="1"),
        to_newer=row(x="1"),
    ),
    "field with a default removed": Change(value(str, "1"), CASE, (GONE,)),
    "type changed": Change(value(str), value(int), (OLDER, NEWER), row(x=1), row(x="a")),
    "type widened": Change(value(int), value(float), (OLDER,), to_older=row(x=1.5)),
    "may now be null": Change(value(str), value(str | None), (OLDER,), to_older=row(x=None)),
    "may no longer be null": Change(value(str | None), value(str), (NEWER,), None, row(x=None)),
    "one became many": Change(
        value(str), value(tuple[str, ...]), (OLDER, NEWER), row(x=["a"]), row(x="a")
    ),
    "code added": Change(value(Two), value(Three), (CODE_NEW,), to_older=row(x="c")),
    "code removed": Change(value(Three), value(Two), (CODE_GONE,), to_newer=row(x="c")),
    "code added within a list": Change(
        value(tuple[Two, ...]), value(tuple[Three, ...]), (CODE_NEW,), to_older=row(x=["a", "c"])
    ),
    "code removed within a list": Change(
        value(tuple[Three, ...]), value(tuple[Two, ...]), (CODE_GONE,), to_newer=row(x=["c"])
    ),
    "code list opened": Change(value(Two), value(str), (OLDER,), to_older=row(x="c")),
    "code list closed": Change(value(str), value(Two), (NEWER,), to_newer=row(x="c")),
    "new field without a default": Change(CASE, value(str), (NEW,), to_newer=row()),
    "default lost": Change(
        value(str, "1"),
        value(str),
        ("x: has lost its default; rows written before may not have it",),
        to_newer=row(),
    ),
    "may now be absent": Change(
        value(str),
        value(str, "1"),
        ("x: may now be absent; older readers need it",),
        to_older=row(),
    ),
    "another default": Change(value(str, "1"), value(str, "2"), (DEFAULT,)),
    "length limited": Change(value(str), value(Short), (NEWER,), to_newer=row(x="long")),
    "limit loosened": Change(value(Short), value(Longer), (OLDER,), to_older=row(x="long")),
    "limit tightened": Change(value(Longer), value(Short), (NEWER,), to_newer=row(x="long")),
    "never empty": Change(value(tuple[str, ...]), value(Some), (NEWER,), to_newer=row(x=[])),
    "pattern added": Change(value(str), value(Month), (BEYOND,), to_newer=row(x="any")),
    "pattern taken away": Change(value(Month), value(str), (BEYOND,), to_older=row(x="any")),
    "another pattern": Change(
        value(Month), value(Year), (BEYOND,), row(x="2026"), row(x="2026-03")
    ),
    "another format": Change(
        value(AwareDatetime),
        value(date),
        (BEYOND,),
        row(x="2026-03-08"),
        row(x="2026-03-08T21:30:00Z"),
    ),
    "part without a default": Change(
        value(Place), value(PlaceNeedsMore), (NEWER,), to_newer=row(x={"area": "IT-BO"})
    ),
    "part removed": Change(
        value(PlaceNeedsMore), value(Place), (OLDER,), to_older=row(x={"area": "IT-BO"})
    ),
}
SURVIVED = {
    "nothing": Change(value(Two), value(Two), (), row(x="a"), row(x="b")),
    "field added with a default": Change(CASE, value(Two, Two.A), (), row(x="b"), row()),
    "field added that may be null": Change(CASE, value(Two | None, None), (), row(x="a"), row()),
    "words added": Change(value(str), value(Described), (), row(x="1"), row(x="1")),
    "codes in another order": Change(value(Two), value(Turned), (), row(x="a"), row(x="b")),
    "fields in another order": Change(
        contract(x=(str, ...), case=(str, ...)), value(str), (), row(x="1"), row(x="1")
    ),
    "part added with a default": Change(
        value(Place),
        value(PlaceMore),
        (),
        row(x={"area": "IT-BO", "kind": "desk"}),
        row(x={"area": "IT-BO"}),
    ),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_a_reader_would_not_survive_is_refused_in_words(change: Change) -> None:
    assert tuple(change.judged()) == change.says


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_real_readers_do_not_survive_it(change: Change) -> None:
    if change.to_older is not None:
        assert may_write(change.new, change.to_older)
        assert not reads(change.old, change.to_older)
    if change.to_newer is not None:
        assert may_write(change.old, change.to_newer)
        assert not reads(change.new, change.to_newer)


@pytest.mark.parametrize("change", SURVIVED.values(), ids=SURVIVED)
def test_what_every_reader_survives_is_let_pass(change: Change) -> None:
    assert change.judged() == []


@pytest.mark.parametrize("change", SURVIVED.values(), ids=SURVIVED)
def test_real_readers_survive_it(change: Change) -> None:
    assert change.to_older is not None
    assert change.to_newer is not None
    assert may_write(change.new, change.to_older)
    assert reads(change.old, change.to_older)
    assert may_write(change.old, change.to_newer)
    assert reads(change.new, change.to_newer)


def test_a_reader_is_open_and_a_writer_is_closed() -> None:
    assert reads(CASE, row(added_later=1))
    assert not may_write(CASE, row(added_later=1))


def test_what_is_no_matter_of_one_field_is_refused_as_a_whole() -> None:
    nothing, words = {"type": "object"}, {"type": "array", "items": {"type": "string"}}
    assert breaks("t.v1", nothing, words) == [
        "t.v1: as a whole: older readers would refuse some of what is now written",
        "t.v1: as a whole: rows written before have values that would now be refused",
    ]
