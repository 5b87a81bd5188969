"""An export that was touched in any way fails, offline; one that was not passes. Both stores."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from shared.codes import Role
from staffetta.audit.exporting import NotEmpty
from staffetta.audit.manifest import FILES, NAME
from tests.audit.exported import Exported, exported
from tests.identification.desk import Desk, open_desk
from tests.identification.given import DISCLOSE

SEED = 20_260_308
SMALL, SOME = 1_000, 300


def disclosed(desk: Desk) -> None:
    """A case whose dossier was shown, once and once again."""
    case, _consent = desk.consented()
    shelter = desk.by("casa-aperta", Role.PROVIDER_INTAKE)
    for _time in range(2):
        assert desk.ask(case, DISCLOSE, shelter, key=case).status_code == 201


@pytest.fixture
def desk(kind: str, tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(kind, tmp_path)
    yield desk
    desk.web.store.close()


@pytest.fixture
def export(desk: Desk, tmp_path: Path) -> Exported:
    disclosed(desk)
    return exported(desk.web.store, tmp_path / "export")


def test_an_untouched_export_passes_and_holds_every_leaf(desk: Desk, export: Exported) -> None:
    assert export.failed() == {}
    (row,) = desk.web.store.rows("SELECT size FROM audit_head")
    assert len(export.entries()) == row["size"] > 5


def test_nothing_personal_is_in_it(export: Exported) -> None:
    told = b"".join(file.read_bytes() for file in export.place.iterdir())
    for word in (b"Arta", b"Hoxha", b"baker", b"she told us"):
        assert word not in told
    assert {file.stat().st_mode & 0o777 for file in export.place.iterdir()} == {0o600}


def test_any_byte_that_is_another_fails(export: Exported) -> None:
    """Each byte of each small file, and some hundreds of a large one, by a fixed seed."""
    random = Random(SEED)
    for file in sorted(export.place.iterdir()):
        before = file.read_bytes()
        every = range(len(before))
        for place in every if len(before) < SMALL else random.sample(every, SOME):
            told = bytearray(before)
            told[place] ^= 1 << random.randrange(8)
            file.write_bytes(told)
            assert export.failed(), f"byte {place} of {file.name}"
        file.write_bytes(before)
    assert export.failed() == {}


@pytest.mark.parametrize("what", ["dropped", "swapped", "twice", "cut off", "no last newline"])
def test_lines_that_are_moved_or_gone_fail(export: Exported, what: str) -> None:
    file = export.place / "entries.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    changed = {
        "dropped": [*lines[:2], *lines[3:]],
        "swapped": [lines[1], lines[0], *lines[2:]],
        "twice": [*lines, lines[-1]],
        "cut off": [*lines[:-1], lines[-1][:20]],
        "no last newline": [*lines[:-1], lines[-1].rstrip(b"\n")],
    }
    file.write_bytes(b"".join(changed[what]))
    assert export.failed()


@pytest.mark.parametrize("name", [*FILES, NAME])
def test_a_file_that_is_missing_fails(export: Exported, name: str) -> None:
    (export.place / name).unlink()
    assert "files" in export.failed()


@pytest.mark.parametrize("name", FILES)
def test_each_fault_is_told_and_not_the_first_alone(export: Exported, name: str) -> None:
    """Whatever is damaged, what can still be judged is."""
    (export.place / "entries.jsonl").write_bytes(b"{}\n")
    (export.place / name).write_text("damaged")
    failed = export.failed()
    assert "files" in failed
    assert "entries" in failed
    if name in {"cosigned", "kept.jsonl"}:
        assert "root and inclusion" in failed


def test_a_file_that_does_not_belong_fails(export: Exported) -> None:
    (export.place / "note.txt").write_text("trust me")
    assert export.failed() == {"files": ["note.txt does not belong to the export"]}


def test_what_belongs_to_no_log_fails(export: Exported) -> None:
    (export.directory / "note.txt").write_text("trust me")
    assert "nothing missing and nothing besides" in export.failed()


def test_an_export_never_mixes_with_another(desk: Desk, export: Exported) -> None:
    with pytest.raises(NotEmpty):
        exported(desk.web.store, export.directory)


def test_a_log_that_went_on_continues_what_was_kept(
    desk: Desk, export: Exported, tmp_path: Path
) -> None:
    disclosed(desk)
    later = exported(desk.web.store, tmp_path / "later")
    assert later.failed(saved=export.directory) == {}
    assert later.failed(saved=later.directory) == {}


def test_a_log_that_was_rolled_back_is_seen_beside_what_was_kept(
    desk: Desk, export: Exported, tmp_path: Path
) -> None:
    disclosed(desk)
    later = exported(desk.web.store, tmp_path / "later")
    assert export.failed(saved=later.directory) == {
        "consistency with the checkpoint you kept": [
            f"{len(export.entries())} entries, where you have seen {len(later.entries())}"
        ]
    }


def test_a_log_rewritten_with_its_own_key_is_seen_beside_what_was_kept(
    export: Exported, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(export.directory, kept)
    export.doctored(lambda entries: entries[-1].update(by="somebody-else"))
    assert export.failed() == {}
    assert list(export.failed(saved=kept)) == ["consistency with the checkpoint you kept"]


def test_a_log_signed_by_another_key_is_seen_beside_what_was_kept(
    export: Exported, tmp_path: Path
) -> None:
    other = open_desk("sqlite", tmp_path / "other")
    disclosed(other)
    kept = exported(other.web.store, tmp_path / "kept")
    assert export.failed(saved=kept.directory) == {
        "files": ["key and manifest: the checkpoint is not signed by this key"],
        "signature": ["the checkpoint is not signed by this key"],
    }
    other.web.store.close()


def test_a_service_of_which_a_checkpoint_was_kept_may_not_be_missing(
    export: Exported, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    failed = Exported(empty, export.store).failed(saved=export.directory)
    assert "nothing missing and nothing besides" in failed
