"""`staffetta person view`: all of it in one document, for nobody else's eyes."""

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pypdf import PdfReader

from services.assistance.api import DeliveryLine, ProgrammeLine
from services.identification.cases.api import CaseLine, ConsentLine
from services.identification.cases.commands import RecordIdentity
from services.identification.cases.emergency.fields import EmergencyField, EmergencyVerdict
from services.referral.custody.api import ReferralLine, ResponseLine
from services.referral.custody.state import Response, Stage
from shared.codes import DataCategory, Purpose, Role
from shared.trust.tokens import Bearer, issue
from staffetta.installation import Installation, now, open_installation, running
from staffetta.own_view.coded import CODED, words_in
from staffetta.own_view.printing import as_pdf, has_letters_for
from staffetta.own_view.texts import FALLBACK, language_for, languages, texts
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


def printed(ask: Ask, address: str, case: str, out: Path, by: Path, *more: str) -> Ended:
    words: list[str | Path] = ["person", "view", "--case", case, "--out", out]
    return ask(*words, "--token", by, "--language", "sq", "--url", address, *more)


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
            assert events.count(f"{stored}.own-view-shown.v2") == 2
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
        ({"--words": "xx"}, "words in en and it alone"),
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


def holding(held: dict[str, Any], referral: dict[str, Any] | None = None) -> dict[str, Any]:
    """A view with nothing else in it."""
    nothing: dict[str, Any] = {"consents": [], "seen": [], "emergencies": [], "history": []}
    return {
        "case": "case-1",
        "identification": {"held": held, "case": {}, **nothing},
        "referral": referral,
        "assistance": None,
    }


def test_nothing_told_becomes_markup() -> None:
    told = holding({"narrative": [MARKUP, '#import "x": y']})
    assert as_pdf(told, now(), "en").startswith(b"%PDF")


def test_who_declined_stands_in_it_and_who_accepted_stands_beside_the_referral(
    tmp_path: Path,
) -> None:
    answers = [
        {"referral": "1", "receiver": "porto", "response": "declined"},
        {"referral": "1", "receiver": "casa-aperta", "response": "acknowledged"},
    ]
    referral = {"key": "1", "accepted_by": "casa-aperta"}
    way = {"referrals": [referral], "responses": answers, "seen": [], "history": []}
    pdf = tmp_path / "view.pdf"
    pdf.write_bytes(as_pdf(holding({}, way), now(), "en"))
    text = _text(pdf)
    assert (text.count("Declined"), text.count("casa-aperta")) == (1, 1)
    assert "Received" not in text


def test_it_is_printed_in_the_language_that_is_asked_for(ask: Ask, tmp_path: Path) -> None:
    with a_person(tmp_path) as (installation, address, case):
        by = token(installation, tmp_path, Role.COORDINATOR, "otp")
        for number, (asked, language) in enumerate(
            {("--words", "it-CH"): "it", (): "en", ("--language", "it"): "it"}.items()
        ):
            pdf, file = (tmp_path / f"{number}{end}" for end in (".pdf", ".json"))
            for out in (pdf, file):
                assert printed(ask, address, case, out, by, *asked).code == 0
            words, text = words_in(language), _text(pdf)
            for name in ("title", "told", "in_programmes", "consents", "seen", "history"):
                assert words[name] in text, name
            assert words["fields"]["opened_at"] in text
            assert words["data"]["narrative"] in text
            assert str(PdfReader(pdf).root_object["/Lang"]) == language
            told = json.loads(file.read_bytes())
            assert (told["language"], told["words"]) == (language, words)
            _is_said_in(language, text)
            said = [each["what"] for name in SERVICES for each in _lines(told[name])]
            _is_said_in(language, "; ".join(said))
            _holds_all(text)


SAID = {
    "en": ("case opened; custodian", "heard of the consent", "referral sent", "plan agreed"),
    "it": ("caso aperto; lo segue", "saputo del consenso", "invio mandato", "progetto concordato"),
}
SERVICES = ("identification", "referral", "assistance")


def _lines(view: dict[str, Any]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = [*view["seen"], *view["history"]]
    return lines


def _is_said_in(language: str, text: str) -> None:
    """By every service, and in no other language."""
    for tag, sentences in SAID.items():
        for sentence in sentences:
            assert (sentence in text) is (tag == language), sentence


def test_codes_are_printed_in_words(tmp_path: Path) -> None:
    codes = {"exploitation": "labour+sexual", "area": "IT-BO", "status": None, "citizenship": "AL"}
    told = holding({})
    told["identification"]["case"] = codes
    for language, expected in {
        "it": ("Lavoro forzato o servizi forzati; Sfruttamento sessuale", "Bologna", "AL"),
        "en": ("Forced labour or services; Sexual exploitation", "Bologna", "AL"),
    }.items():
        pdf = tmp_path / f"{language}.pdf"
        pdf.write_bytes(as_pdf(told, now(), language))
        text = _text(pdf)
        assert [each for each in expected if each not in text] == []
        assert "labour+sexual" not in text


def _text(pdf: Path) -> str:
    pages = PdfReader(pdf).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("language", languages())
def test_each_language_has_a_word_for_everything(language: str) -> None:
    words, english = texts(language), texts(FALLBACK)
    assert _names(words) == _names(english)
    assert all(word.strip() for word in _words(words))
    codes: dict[str, type[StrEnum]] = {
        "data": DataCategory,
        "purposes": Purpose,
        "looked": EmergencyField,
        "verdicts": EmergencyVerdict,
    }
    assert set(words["steps"]["stage"]) == set(Stage)
    assert set(words["steps"]["response"]) == set(Response)
    for name, listed in codes.items():
        assert set(words[name]) == set(listed)
    lines = (CaseLine, ConsentLine, ReferralLine, ResponseLine, ProgrammeLine, DeliveryLine)
    fields = {name for line in lines for name in line.model_fields}
    assert set(CODED) <= fields
    assert set(words["fields"]) >= fields | {"name", "birth_date", "documents"}


def _names(words: dict[str, Any]) -> dict[str, Any]:
    return {name: _names(of) if isinstance(of, dict) else "" for name, of in words.items()}


def _words(words: dict[str, Any]) -> list[str]:
    parts = [_words(of) if isinstance(of, dict) else [of] for of in words.values()]
    return [word for part in parts for word in part]


def test_a_language_without_words_is_printed_in_english() -> None:
    assert {"en", "it"} <= set(languages())
    assert [language_for(tag) for tag in ("it", "it-CH", "sq", "en-GB")] == ["it", "it", "en", "en"]
