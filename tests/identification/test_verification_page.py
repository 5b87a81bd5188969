"""The page on which anybody verifies a receipt's code: what it says, and what it leaves out."""

import base64
import hashlib
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st

from services.identification.receipts import code
from services.identification.receipts.standing import Standing
from services.identification.receipts.texts import languages, texts
from shared.runtime.hold import Hold
from shared.web.languages import preferred
from tests.identification.desk import Desk
from tests.identification.given import CONSENT, WITHDRAW
from tests.identification.test_receipts import issued, shown, verify

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
VOID = {"meta", "input"}
SAID = {*Standing, "unknown", "mistyped", "too-often", "restored"}


def ask(desk: Desk, typed: str, language: str = "en") -> Response:
    """As a stranger with a browser."""
    return desk.web.client.post(
        "/receipt", data={"code": typed}, headers={"Accept-Language": language}
    )


def says(answer: Response, word: str, language: str = "en", status: int = 200) -> None:
    """This, and nothing else of what could be said."""
    assert answer.status_code == status, answer.text
    page = read(answer)
    assert page.status == [texts(language)["page"][word]]


class Page(HTMLParser):
    """Fails where an element is not closed as it was opened, or an id is there twice."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.status: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _value in attrs}) == len(attrs), f"twice the same in {tag}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if dict(attrs).get("role") == "status":
            self.status.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        assert tag not in VOID

    def handle_data(self, data: str) -> None:
        if self.status and self.open and self.open[-1] == "p" and not self.status[-1]:
            self.status[-1] = data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def read(answer: Response) -> Page:
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    page = Page()
    page.feed(answer.text)
    page.close()
    assert page.open == []
    return page


def test_a_stranger_is_told_in_words_how_the_consent_stands(desk: Desk) -> None:
    case, consent, printed = issued(desk)
    says(ask(desk, printed), "live")
    says(ask(desk, f" {printed.lower().replace('-', ' ')} ", "it-IT,en;q=0.5"), "live", "it")
    narrowed = {"consent": consent, "categories": ["identity"]}
    desk.web.post(f"/cases/{case}/consent-narrowings", narrowed, desk.by())
    says(ask(desk, printed), "narrowed")
    desk.done(case, WITHDRAW, consent=consent)
    says(ask(desk, printed, "it"), "withdrawn", "it")


def test_a_date_ends_it_in_words_as_well(desk: Desk) -> None:
    _case, _consent, printed = issued(desk)
    desk.web.clock.now += timedelta(days=31)
    says(ask(desk, printed), "expired")


def test_a_code_that_was_never_issued_is_unknown_and_a_slip_is_said_to_be_one(desk: Desk) -> None:
    _case, _consent, printed = issued(desk)
    says(ask(desk, code.first_code_of(desk.web.store.keys, "case-x", CONSENT)), "unknown")
    slip = ("0" if printed[0] != "0" else "1") + printed[1:]
    for typed in (slip, "", "é" * 28, "<script>"):
        answer = ask(desk, typed)
        says(answer, "mistyped", status=422)
        assert not typed or typed not in answer.text
        assert read(answer).of("input")[0]["aria-invalid"] == "true"


def test_what_was_typed_and_what_is_known_stay_out_of_the_page(desk: Desk) -> None:
    case, consent, printed = issued(desk)
    answer = ask(desk, printed)
    told = (printed, printed.replace("-", ""), case, consent, "hotline", "casa-aperta", "Arta")
    assert [each for each in told if each in answer.text + str(answer.headers)] == []


def test_both_doors_count_together_how_often_a_stranger_asks(desk: Desk) -> None:
    _case, _consent, printed = issued(desk)
    assert {verify(desk, printed).status_code for _time in range(5)} == {200}
    answers = [ask(desk, printed, "it") for _time in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    says(answers[-1], "too-often", "it", 429)
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert desk.web.client.get("/receipt").status_code == 200


def test_a_restored_service_says_nothing_of_a_consent(desk: Desk) -> None:
    _case, _consent, printed = issued(desk)
    desk.web.store.hold = Hold(unasked=("referral",))
    says(ask(desk, printed), "restored", status=503)


def test_the_code_comes_in_the_body_of_a_form_and_never_in_the_address(desk: Desk) -> None:
    _case, _consent, printed = issued(desk)
    asked = desk.web.client.get("/receipt", params={"code": printed})
    assert (asked.status_code, read(asked).status) == (200, [])
    (form,) = read(asked).of("form")
    assert form == {"method": "post"}
    as_json = desk.web.client.post("/receipt", json={"code": printed})
    assert (as_json.status_code, as_json.json()["rule"]) == (415, "a-form-is-sent-as-a-form")
    too_many = "&".join(f"code={each}" for each in range(9))
    answer = desk.web.client.post("/receipt", content=too_many, headers=FORM)
    says(answer, "mistyped", status=422)
    answer = desk.web.client.post("/receipt", content=b"code=\xff", headers=FORM)
    says(answer, "mistyped", status=422)


@pytest.mark.parametrize("language", languages())
def test_the_page_is_plain_and_can_be_read_aloud(desk: Desk, language: str) -> None:
    answer = desk.web.client.get("/receipt", headers={"Accept-Language": language})
    page, words = read(answer), texts(language)["page"]
    assert answer.text.startswith("<!doctype html>\n")
    assert page.of("html") == [{"lang": language}]
    assert answer.headers["Content-Language"] == language
    (field,) = page.of("input")
    assert page.of("label") == [{"for": field["id"]}]
    ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert field["aria-describedby"] in ids
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.of("meta")
    assert f"<title>{words['heading']}</title>" in answer.text
    tags = {tag for tag, _attributes in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "a"}
    assert set(words) >= SAID


def test_nothing_is_loaded_run_framed_or_kept(desk: Desk) -> None:
    _case, _consent, printed = issued(desk)
    for answer in (desk.web.client.get("/receipt"), ask(desk, printed), ask(desk, "x")):
        style = re.search(r"<style>(.*)</style>", answer.text, re.DOTALL)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert answer.headers["Content-Security-Policy"].split("; ") == [
            "default-src 'none'",
            f"style-src 'sha256-{digest}'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Vary"] == "Accept-Language"
        assert "Set-Cookie" not in answer.headers


def test_the_receipt_says_where_the_page_is(desk: Desk) -> None:
    case, consent, _code = issued(desk)
    assert shown(desk, case, consent).json()["verification"]["page"] == "/receipt"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("it", "it"),
        ("IT-ch, en", "it"),
        ("sq, it;q=0.3, en;q=0.7", "en"),
        ("en;q=0.2,it;q=0.8", "it"),
        ("it;q=0, en;q=0.1", "en"),
        ("it;q=x", "en"),
    ],
)
def test_the_page_is_in_the_language_that_the_browser_prefers(accepted: str, language: str) -> None:
    assert preferred(accepted, languages()) == language


@given(st.text(max_size=60))
def test_whatever_a_browser_prefers_there_are_words(accepted: str) -> None:
    assert preferred(accepted, languages()) in languages()
