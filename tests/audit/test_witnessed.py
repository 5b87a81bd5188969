"""An export of four services that witness each other: quorum, second stories, what is missing."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.runtime.checkpoints import signing_key_of
from shared.runtime.store import Store
from shared.trust.cosigning import cosign
from shared.trust.merkle import canonical
from staffetta.audit.checks import Terms
from staffetta.audit.exporting import export
from staffetta.audit.findings import AS_GIVEN
from staffetta.audit.verifying import verify
from staffetta.installation import open_installation
from tests.audit.exported import AT, Exported, cosigned, exported, unseen
from tests.wire.relaying import Asking, met

NAMES = ("assistance", "identification", "observatory", "referral")
SPLIT, WHOLE = "no split view", "nothing missing and nothing besides"
QUORUM = "quorum"


def happened(stores: dict[str, Store], asking: Asking) -> None:
    met(asking)
    asking.heard()
    cosigned(stores.values())


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two exports of the same installation, `first` and `later`, and one of a fork of it."""
    data = tmp_path_factory.mktemp("witnessed")
    with closing(open_installation(data / "var")) as installation:
        asking = Asking(installation)
        stores = dict(installation.stores)
        happened(stores, asking)
        shutil.copytree(data / "var", data / "fork")
        export(stores, data / "first", lambda: AT, lambda _name: unseen)
        happened(stores, asking)
        export(stores, data / "later", lambda: AT, lambda _name: unseen)
    with closing(open_installation(data / "fork")) as installation:
        stores = dict(installation.stores)
        met(Asking(installation))
        happened(stores, Asking(installation))
        export(stores, data / "forked", lambda: AT, lambda _name: unseen)
    return data


@pytest.fixture
def later(places: Path, tmp_path: Path) -> Iterator[Exported]:
    """A copy of the later export, whose signing key somebody has."""
    shutil.copytree(places / "later", tmp_path / "later")
    with closing(open_installation(places / "var")) as installation:
        yield Exported(tmp_path / "later", installation.stores["identification"])


def failed(directory: Path, terms: Terms | None = None) -> dict[str, list[str]]:
    checks = verify(directory, terms or Terms(), unseen)
    return {f"{check.service} {check.what}": list(check.faults) for check in checks if check.faults}


def test_an_export_that_others_cosigned_passes(places: Path) -> None:
    for name in ("first", "later", "forked"):
        assert failed(places / name) == {}
        assert failed(places / name, Terms(quorum=3)) == {}
    assert failed(places / "later", Terms(saved=places / "first")) == {}
    assert sorted(place.name for place in (places / "first").iterdir()) == sorted(NAMES)


def test_a_quorum_that_is_not_reached_fails(places: Path) -> None:
    told = failed(places / "later", Terms(quorum=4))
    assert set(told) == {f"{name} quorum" for name in NAMES}
    assert told["referral quorum"] == ["3 of the witnesses cosigned it, where 4 must"]


def test_a_cosignature_counts_once_and_only_from_a_witness_of_the_policy(later: Exported) -> None:
    file = later.place / "cosigned"
    lines = file.read_text().splitlines(keepends=True)
    own, line = lines[-4], lines[-3]
    note = "".join([*lines[:-4], own])
    stranger = cosign(note, "stranger.example", signing_key_of(later.store), AT)
    file.write_text(f"{note}{line}{line}{stranger}\n")
    later.sealed()
    assert later.failed(quorum=2) == {
        QUORUM: ["1 of the witnesses cosigned it, where 2 must"],
    }
    file.write_text("")
    later.sealed()
    assert later.failed(quorum=None)[QUORUM] == ["nobody has cosigned it"]


def test_the_policy_that_was_kept_counts_and_not_the_one_that_comes(
    later: Exported, places: Path
) -> None:
    file = later.place / "policy"
    file.write_text(file.read_text().replace("group witnesses 2", "group witnesses 0"))
    (later.place / "cosigned").write_text("")
    later.sealed()
    assert QUORUM not in later.failed(quorum=None)
    assert later.failed(saved=places / "first", quorum=None) == {QUORUM: ["nobody has cosigned it"]}


def test_a_log_rewritten_with_its_own_key_is_another_than_its_witnesses_saw(
    later: Exported,
) -> None:
    later.doctored(lambda entries: entries[0].update(by="somebody-else"))
    told = later.failed(quorum=None)
    assert list(told) == [SPLIT]
    assert len(told[SPLIT]) == 4
    assert "assistance has seen" in "".join(told[SPLIT])
    assert "other entries under the same name" in told[SPLIT][0]


def test_a_log_rolled_back_with_its_own_key_is_shorter_than_its_witnesses_saw(
    later: Exported,
) -> None:
    later.doctored(lambda entries: entries.pop())
    told = later.failed(quorum=None)
    assert list(told) == [SPLIT, AS_GIVEN]
    assert "entries of it, here are" in told[SPLIT][0]


def test_one_log_of_a_fork_among_the_others_is_a_split_view(places: Path, tmp_path: Path) -> None:
    shutil.copytree(places / "later", tmp_path / "mixed")
    shutil.rmtree(tmp_path / "mixed" / "referral")
    shutil.copytree(places / "forked" / "referral", tmp_path / "mixed" / "referral")
    told = failed(tmp_path / "mixed")
    assert any(key.endswith(SPLIT) for key in told)
    assert failed(places / "forked", Terms(saved=places / "later"))


def test_what_was_seen_after_the_export_says_nothing_of_it(later: Exported, places: Path) -> None:
    """An older log beside newer ones, as where each service exports by itself."""
    shutil.rmtree(later.place)
    shutil.copytree(places / "first" / "identification", later.place)
    assert SPLIT in later.failed(quorum=None)
    later.sealed(at=AT + 1, alone=True)
    assert SPLIT in later.failed(quorum=None), "seen before it was exported"
    later.sealed(at=AT, alone=True)
    assert SPLIT not in later.failed(quorum=None)


@pytest.mark.parametrize("name", NAMES)
def test_a_log_that_is_missing_is_named(later: Exported, name: str) -> None:
    shutil.rmtree(later.directory / name)
    assert f"the log of {name} is missing" in later.failed(quorum=None)[WHOLE]


def test_a_witness_that_hides_what_it_saw_is_noticed(later: Exported) -> None:
    """Its own file is signed: a line less is another file."""
    file = later.directory / "referral" / "kept.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    for told in (lines[1:], [*lines, lines[0]], lines[::-1], [lines[0].replace(b"{", b"{ ", 1)]):
        file.write_bytes(b"".join(told))
        assert later.failed(quorum=None)


def test_a_view_that_nobody_signed_is_named(later: Exported) -> None:
    file = later.place / "kept.jsonl"
    told = [json.loads(line) for line in file.read_text().splitlines()]
    told[0]["note"] = told[1]["note"]
    file.write_bytes(b"".join(canonical(each) + b"\n" for each in told))
    later.sealed()
    failing = later.failed(quorum=None)
    assert list(failing) == [SPLIT]
    assert "what identification keeps of it" in failing[SPLIT][0]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_byte_of_any_file_that_is_another_fails(data: st.DataObject, later: Exported) -> None:
    files = [file for file in sorted(later.directory.rglob("*.*")) if file.stat().st_size]
    files += [file for file in sorted(later.directory.glob("*/*")) if "." not in file.name]
    file = data.draw(st.sampled_from(files))
    before = file.read_bytes()
    told = bytearray(before)
    place = data.draw(st.integers(0, len(before) - 1))
    told[place] ^= data.draw(st.integers(1, 255))
    file.write_bytes(told)
    try:
        assert later.failed(quorum=None), f"byte {place} of {file.name}"
    finally:
        file.write_bytes(before)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_lines_that_are_moved_or_gone_fail(data: st.DataObject, later: Exported) -> None:
    file = later.directory / data.draw(st.sampled_from(NAMES)) / "entries.jsonl"
    before = file.read_bytes()
    lines = before.splitlines(keepends=True)
    if not lines:
        return
    one, other = (data.draw(st.integers(0, len(lines) - 1)) for _each in range(2))
    what = data.draw(st.sampled_from(["drop", "swap", "twice", "truncate"]))
    changed = {
        "drop": [*lines[:one], *lines[one + 1 :]],
        "swap": [
            {one: lines[other], other: lines[one]}.get(at, line) for at, line in enumerate(lines)
        ],
        "twice": [*lines[:one], lines[one], *lines[one:]],
        "truncate": lines[:one],
    }[what]
    file.write_bytes(b"".join(changed))
    try:
        assert bool(later.failed(quorum=None)) == (b"".join(changed) != before)
    finally:
        file.write_bytes(before)


def test_one_service_alone_has_no_witness(places: Path, tmp_path: Path) -> None:
    with closing(open_installation(places / "fork")) as installation:
        alone = exported(installation.stores["referral"], tmp_path / "alone")
    assert alone.failed(quorum=None) == {}, "it carries the cosignatures it has"
