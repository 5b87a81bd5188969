"""`staffetta person view`: all of it in one document, for nobody else's eyes."""

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pypdf import PdfReader

from services.identification.cases.commands import RecordIdentity
from shared.codes import Role
from shared.trust.tokens import Bearer, issue
from staffetta.installation import Installation, now, open_installation, running
from staffetta.own_view.printing import as_pdf, has_letters_for
from staffetta.serving import listening, served
from tests.erasure.person import CANARIES, by_its_manager, helped
from tests.staffetta.conftest import Ask
from tests.staffetta.processes import Ended

MARKUP = "#panic() $ *b* \\ <a> @b // ] = É Ş"


@contextmanager
def a_person(directory: Path) -> Iterator[tuple[Installation, str, str]]:
    """The four services behind an address, and the case of somebody who was helped."""
    installation = open_installation(directory / "var")
    try:
        case = helped(installation)
        told = RecordIdentity(documents=SecretStr(MARKUP))
        by_its_manager(installation, case, told)
        with running(installation), served(installation, listening(0)) as address:
            yield installation, address, case
    finally:
        installation.close()


def token(
    installation: Installation, directory: Path, role: Role = Role.COORDINATOR, *factors: str
) -> Path:
    at = now() if factors else None
    bearer = Bearer("op-9", "regione", frozenset({role}), at, frozenset(factors))
    file = directory / "token"
    file.write_text(issue(installation.key, bearer, now(), timedelta(minutes=5)) + "\n")
    return file


def printed(ask: Ask, address: str, case: str, out: Path, by: Path) -> Ended:
    words: list[str | Path] = ["person", "view", "--case", case, "--out", out]
    return ask(*words, "--token", by, "--language", "sq", "--url", address)


def test_everything_held_is_in_one_file_that_nobody_else_reads(ask: Ask, tmp_path: Path) -> None:
    with a_person(tmp_path) as (installation, address, case):
        by = token(installation, tmp_path, Role.COORDINATOR, "otp")
        done = printed(ask, address, case, tmp_path / "view.json", by)
        assert (done.code, done.err) == (0, ""), done.err
        assert not [each for each in CANARIES.values() if each in done.out]
        pdf = tmp_path / "view.pdf"
        assert printed(ask, address, case, pdf, by).code == 0
        for file in (tmp_path / "view.json", pdf):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        view = json.loads((tmp_path / "view.json").read_bytes())
        _holds_all(json.dumps(view, ensure_ascii=False))
        text = "".join(page.extract_text() for page in PdfReader(pdf).pages)
        _holds_all(text.replace("\n", ""))
        assert MARKUP in text.replace("\n", " ")
        consent = view["identification"]["consents"][0]["key"]
        assert consent[:8] in text
        for name, stored in (("identification", "case"), ("assistance", "programme")):
            events = [each.topic for each in installation.stores[name].events(case)]
            assert events.count(f"{stored}.own-view-shown.v1") == 2
        entries = installation.stores["referral"].rows(
            "SELECT entry FROM audit WHERE stream = ? AND entry IS NOT NULL", (case,)
        )
        assert len(entries) == 2, "what referral holds, twice"


def _holds_all(text: str) -> None:
    missing = [each for each in CANARIES.values() if each not in text]
    assert missing == []


def test_without_fresh_proof_nothing_is_written(ask: Ask, tmp_path: Path) -> None:
    with a_person(tmp_path) as (installation, address, case):
        out = tmp_path / "view.pdf"
        done = printed(ask, address, case, out, token(installation, tmp_path))
        assert (done.code, out.exists()) == (1, False)
        assert "second factor" in done.err
        other = token(installation, tmp_path, Role.CASE_MANAGER, "otp")
        refused = printed(ask, address, case, out, other)
        assert (refused.code, out.exists()) == (1, False)
        assert "coordinator" in refused.err
        nobody = token(installation, tmp_path, Role.COORDINATOR, "otp")
        unknown = printed(ask, address, "case-" + 32 * "0", out, nobody)
        assert (unknown.code, unknown.err) == (1, "There is no such case here.\n")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"--out": "view.txt"}, "ends in .pdf or .json"),
        ({"--out": "there.pdf"}, "name a new one"),
        ({"--out": "nowhere/view.pdf"}, "no such directory"),
        ({"--token": "none"}, "cannot be read"),
        ({"--case": "anna"}, "a case's id is"),
        ({"--url": "http://127.0.0.1:1"}, "do not answer"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_opened(
    ask: Ask, tmp_path: Path, changed: dict[str, str], says: str
) -> None:
    (tmp_path / "there.pdf").touch()
    (tmp_path / "token").write_text("t")
    given = {"--case": "case-" + 32 * "0", "--out": "view.pdf", "--token": "token"} | changed
    files = {"--out", "--token"}
    words = [
        str(tmp_path / each) if name in files else each
        for name, value in given.items()
        for each in (name, value)
    ]
    words = [word.removeprefix(f"{tmp_path}/") if "--" in word else word for word in words]
    done = ask("person", "view", *words, "--language", "sq")
    assert done.code != 0
    assert says in done.err.replace("\n", " ")


@pytest.mark.parametrize(
    ("name", "printable"),
    [("Ndèye Þóra ʿAlī", True), ("Οδύσσεια Мария", True), ("مريم ليلى", True), ("王芳", False)],
)
def test_a_pdf_is_made_only_where_it_has_every_letter(name: str, printable: bool) -> None:
    assert has_letters_for({"held": [{"name": name}]}) is printable


def test_nothing_told_becomes_markup() -> None:
    empty: dict[str, Any] = {
        "case": "case-1",
        "identification": {
            "held": {"narrative": [MARKUP, '#import "x": y']},
            "case": {},
            "consents": [],
            "seen": [],
            "emergencies": [],
            "history": [],
        },
        "referral": None,
        "assistance": None,
    }
    assert as_pdf(empty, now()).startswith(b"%PDF")
