"""`staffetta witness` against an installation that is served: real HTTP, files of its own."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.runtime.checkpoints import sign_head
from shared.trust.cosigning import cosigned
from shared.trust.notes import COSIGNATURE, verifier_of
from staffetta.accounts import keep_accounts
from staffetta.installation import Installation, open_installation
from staffetta.network import Account
from staffetta.serving import free_or, served
from tests.audit.test_cli_audit import asked
from tests.staffetta.processes import Ended
from tests.wire.relaying import Asking, met

NAME = "agency.example/witness"


@dataclass(frozen=True)
class Outside:
    """An agency with its own directory, and the network that it looks at."""

    installation: Installation
    address: str
    state: Path
    capsys: pytest.CaptureFixture[str]

    def look(self, *more: str) -> Ended:
        words = ("witness", self.address, "--state", str(self.state), "--once")
        return asked(self.capsys, *words, *more)

    def happens(self) -> None:
        met(Asking(self.installation))
        for store in self.installation.stores.values():
            sign_head(store)


@pytest.fixture
def outside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outside]:
    with closing(open_installation(tmp_path / "var")) as installation:
        told = {"operator": "op-audit", "organisation": "agency", "roles": {"auditor"}}
        keep_accounts(installation.directory, [Account.model_validate(told)])
        monkeypatch.setenv("STAFFETTA_TOKEN", installation.token("op-audit"))
        with served(installation, free_or(0)) as address:
            yield Outside(installation, address, tmp_path / "agency", capsys)


def test_it_cosigns_what_grew_and_the_export_carries_it(outside: Outside, tmp_path: Path) -> None:
    outside.happens()
    first = outside.look("--name", NAME)
    assert (first.code, first.err) == (0, "")
    assert "identification: cosigned" in first.out
    assert outside.look().out.count("nothing new") == 4
    outside.happens()
    assert "identification: cosigned" in outside.look().out
    key = verifier_of((outside.state / "witness").read_text(), COSIGNATURE)
    note = (outside.state / "logs" / "identification" / "1.note").read_text()
    assert cosigned(note, key) is not None
    assert (outside.state / "witness.pem").stat().st_mode & 0o777 == 0o600
    where = ("--data", str(tmp_path / "var"))
    export = tmp_path / "export"
    assert asked(outside.capsys, "audit", "export", export, *where).code == 0
    assert NAME in (export / "identification" / "policy").read_text()
    passed = asked(outside.capsys, "verify", export, "--witness", outside.state)
    assert (passed.code, passed.out.count("✗")) == (0, 0)


def test_a_log_that_was_rolled_back_is_not_cosigned_and_holds_the_service(
    outside: Outside, tmp_path: Path
) -> None:
    outside.happens()
    outside.look("--name", NAME)
    seen = (outside.state / "logs" / "identification" / "1.note").read_text()
    store = outside.installation.stores["identification"]
    with store.transaction(commit=True) as run:
        run("DELETE FROM audit WHERE idx >= 2")
        run("UPDATE audit_head SET size = 2")
        run("DELETE FROM checkpoints")
    sign_head(store)
    again = outside.look()
    assert again.code == 1
    assert "NOT COSIGNED: it is shorter than what was seen before" in again.err
    assert (outside.state / "logs" / "identification" / "1.note").read_text() == seen
    assert list((outside.state / "logs" / "identification").glob("refused-*"))
    watch = outside.installation.watch("identification")
    assert not watch.over
    assert watch.look() is not None
    with closing(open_installation(tmp_path / "var")) as opened:
        assert opened.stores["identification"].hold is not None, "also when it starts anew"


def test_a_view_of_an_outside_witness_shows_a_second_story(
    outside: Outside, tmp_path: Path
) -> None:
    outside.happens()
    outside.look("--name", NAME)
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "var" / "keys", other / "keys")
    with closing(open_installation(other)) as forked:
        met(Asking(forked))
        met(Asking(forked))
    export = tmp_path / "export"
    assert asked(outside.capsys, "audit", "export", export, "--data", str(other)).code == 0
    assert asked(outside.capsys, "verify", export).code == 0, "it agrees with itself"
    failed = asked(outside.capsys, "verify", export, "--witness", outside.state)
    assert failed.code == 1
    assert "✗ identification: no split view" in failed.out
    assert f"{NAME} has seen" in failed.out


def test_wrong_use_and_what_does_not_answer_are_told(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outside.look().code == 2, "a new witness needs a name"
    assert outside.look("--name", "Ü").code == 2
    assert outside.look("--name", NAME).code == 0
    assert outside.look("--name", "another.example").code == 2
    monkeypatch.setenv("STAFFETTA_TOKEN", "nobody")
    refused = outside.look()
    assert (refused.code, refused.err.count("it refuses the token (401): ask for another")) == (
        1,
        4,
    )
    nowhere = ("witness", "http://127.0.0.1:1", "--once", "--state")
    away = asked(outside.capsys, *nowhere, outside.state)
    assert (away.code, away.err.count("it does not answer")) == (1, 4)
    (outside.state / "witness").write_text("nothing")
    assert outside.look().code == 2
