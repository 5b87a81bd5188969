"""Each way to tamper with a log: flipped, dropped, reordered, truncated, forked, rolled back.

By a stranger, who has the files; and by whoever runs the service, who has its database and its
signing key as well: then it is what others kept that betrays it.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.audit.exported import Exported, exported
from tests.audit.test_verifying import disclosed
from tests.identification.desk import Desk, open_desk

Entries = list[dict[str, Any]]
CONTINUES = "consistency with the checkpoint you kept"


def flip(entries: Entries) -> None:
    changed = bytearray(entries[3]["state"].encode())
    changed[-3] ^= 1
    entries[3]["state"] = changed.decode()


def drop(entries: Entries) -> None:
    del entries[3]


def reorder(entries: Entries) -> None:
    entries[2], entries[3] = entries[3], entries[2]


def truncate(entries: Entries) -> None:
    del entries[-2:]


def fork(entries: Entries) -> None:
    """As long as before, and another story from some place on."""
    entries[-2:] = [{**entry, "by": "somebody-else"} for entry in entries[-2:]]


MUTATIONS = [flip, drop, reorder, truncate, fork]


@pytest.fixture
def desk(kind: str, tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(kind, tmp_path)
    disclosed(opened)
    yield opened
    opened.web.store.close()


@pytest.fixture
def export(desk: Desk, tmp_path: Path) -> Exported:
    """The log as it went on after somebody kept it."""
    exported(desk.web.store, tmp_path / "kept")
    disclosed(desk)
    return exported(desk.web.store, tmp_path / "later")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.__name__)
def test_a_stranger_cannot(export: Exported, mutation: Callable[[Entries], None]) -> None:
    """Without the key the tree's root is another one than what was signed."""
    entries = export.entries()
    mutation(entries)
    sealed_before = (export.place / "checkpoint").read_bytes()
    export.doctored(lambda all_: all_.__setitem__(slice(None), entries))
    (export.place / "checkpoint").write_bytes(sealed_before)
    export.sealed()
    assert "root and inclusion" in export.failed()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.__name__)
def test_whoever_holds_the_key_cannot_beside_what_was_kept(
    export: Exported, tmp_path: Path, mutation: Callable[[Entries], None]
) -> None:
    untouched = tmp_path / "untouched"
    shutil.copytree(export.directory, untouched)
    export.doctored(mutation)
    assert CONTINUES in export.failed(saved=untouched)


def test_rolled_back_it_is_shorter_than_what_was_kept(
    desk: Desk, export: Exported, tmp_path: Path
) -> None:
    """Whole, signed, and true as far as it goes."""
    kept = Exported(tmp_path / "kept", desk.web.store)
    assert kept.failed() == {}
    assert CONTINUES in kept.failed(saved=export.directory)


def test_untouched_it_continues_what_was_kept(export: Exported, tmp_path: Path) -> None:
    assert export.failed(saved=tmp_path / "kept") == {}
