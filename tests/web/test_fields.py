"""Fields that are not what is needed: each is named with its rule, and never with its value."""

import json
from typing import Any

import pytest

from tests.support.web import Web
from tests.web.asking import (
    INTAKE,
    NAME,
    UNREADABLE,
    fields,
    hotline,
    opened,
    problem,
    send,
    unsaid,
)

HIDDEN = {"field": "body", "rule": "A field here is not known to this request."}
NO_TEXT = "a text in Unicode, without NUL"


def report(web: Web, **changed: Any) -> Any:
    return web.post("/contacts", INTAKE | changed, hotline(web))


def sent(web: Web, body: dict[str, Any]) -> Any:
    """As JSON in ASCII: halves of surrogate pairs travel as escapes."""
    return send(web, json.dumps(body).encode("ascii"))


@pytest.mark.parametrize("field", ["channel", "area"])
@pytest.mark.parametrize(
    "value", [NAME, "", "HOTLINE", " hotline", 7, True, None, [NAME], {NAME: NAME}, 1.5]
)
def test_an_unknown_code_is_refused(web: Web, field: str, value: object) -> None:
    assert fields(problem(report(web, **{field: value}), 422, UNREADABLE)) == [f"body.{field}"]
    assert web.store.rows("SELECT key FROM contacts") == []


def test_the_codes_that_would_do_are_named(web: Web) -> None:
    (fault,) = problem(report(web, channel=NAME), 422, UNREADABLE)["faults"]
    assert "'hotline'" in fault["rule"]
    assert "'street-unit'" in fault["rule"]


@pytest.mark.parametrize(
    "language", [NAME, "Yoruba", "yo_NG", "YO", "yo-ng", "", "yo\n", 7, ["yo"]]
)
def test_a_language_is_a_tag(web: Web, language: object) -> None:
    told = problem(report(web, language=language), 422, UNREADABLE)
    assert fields(told) == ["body.language"]


@pytest.mark.parametrize(
    "day",
    [NAME, "", "2026-02-30", "08/03/2026", "2026-03-08T21:30:01", "9" * 400, -1e300, [2026], None],
)
def test_a_day_is_a_day_of_the_calendar(web: Web, day: object) -> None:
    assert fields(problem(report(web, received_on=day), 422, UNREADABLE)) == ["body.received_on"]


def test_a_day_in_the_future_is_refused(web: Web) -> None:
    """It is 21:30 UTC on the 8th: the 9th has begun somewhere, the 10th has not."""
    assert report(web, received_on="2026-03-09").status_code == 201
    for day in ("2026-03-10", "9999-12-31"):
        problem(report(web, received_on=day), 422, "a-contact-has-taken-place")


@pytest.mark.parametrize("field", ["narrative", "callback"])
@pytest.mark.parametrize("value", [["Blessing Okafor"], {NAME: NAME}, 7, True])
def test_personal_text_is_text(web: Web, field: str, value: object) -> None:
    assert fields(problem(report(web, **{field: value}), 422, UNREADABLE)) == [f"body.{field}"]


def test_personal_text_has_an_end(web: Web) -> None:
    assert report(web, narrative="é" * 20_000).status_code == 201
    told = problem(report(web, narrative=(NAME * 2_000)[:20_001]), 422, UNREADABLE)
    assert fields(told) == ["body.narrative"]


@pytest.mark.parametrize("text", ["\x00", f"{NAME}\x00", "\ud800", f"{NAME}\udfff", "\udc00\ud800"])
@pytest.mark.parametrize("field", ["narrative", "callback"])
def test_personal_text_is_unicode_without_nul(web: Web, field: str, text: str) -> None:
    told = problem(sent(web, INTAKE | {field: text}), 422, UNREADABLE)
    assert told["faults"] == [{"field": f"body.{field}", "rule": NO_TEXT}]
    assert web.store.rows("SELECT key FROM contacts") == []


def test_any_other_text_is_taken(web: Web) -> None:
    text = "\u200f\u0645\u0631\u062d\u0628\u0627\tn\u0308 \U0001f600 \x01 \x7f \U0010ffff\r\n"
    assert sent(web, INTAKE | {"narrative": text}).status_code == 201


@pytest.mark.parametrize("text", ["hotline\x00", "\ud800", "Blessing\udfff"])
@pytest.mark.parametrize("field", ["channel", "area", "language", "received_on"])
def test_no_code_holds_nul_or_half_a_surrogate_pair(web: Web, field: str, text: str) -> None:
    told = problem(sent(web, INTAKE | {field: text}), 422, UNREADABLE)
    assert fields(told) == [f"body.{field}"]


@pytest.mark.parametrize(
    "name",
    [NAME, "Blessing.Okafor@example.org", "+39 333 1234567", "", "a.b", "Blessing\x00", "[0]"],
)
def test_the_name_of_an_unknown_field_is_not_repeated(web: Web, name: str) -> None:
    answer = sent(web, INTAKE | {name: NAME})
    assert problem(answer, 422, UNREADABLE)["faults"] == [HIDDEN]
    if name not in ("", "a.b", "[0]"):
        unsaid(answer, name, "example.org", "1234567")


def test_nor_is_a_name_that_is_no_text(web: Web) -> None:
    told = problem(sent(web, INTAKE | {"Blessing\ud800": NAME}), 422, UNREADABLE)
    assert fields(told) == ["body"]


def test_nor_is_a_name_deep_in_a_field(web: Web) -> None:
    address = f"/cases/{opened(web)}/identity"
    told = problem(web.post(address, {"name": {NAME: NAME}}, hotline(web)), 422, UNREADABLE)
    assert fields(told) == ["body.name"]
    told = problem(
        web.post(address, {"name": "x", NAME: [{NAME: 1}]}, hotline(web)), 422, UNREADABLE
    )
    assert told["faults"] == [HIDDEN]


def test_every_fault_is_named_at_once(web: Web) -> None:
    answer = web.post("/contacts", {"channel": NAME, NAME: 1, "narrative": 7}, hotline(web))
    told = problem(answer, 422, UNREADABLE)
    assert sorted(fields(told)) == sorted(
        ["body.channel", "body.received_on", "body.area", "body.narrative", "body"]
    )


@pytest.mark.parametrize(
    "place",
    [
        NAME.replace(" ", "%20"),
        "case-",
        "CASE-" + "0" * 32,
        "case-" + "g" * 32,
        "case-" + "0" * 33,
        "case-" + "0" * 32 + "%0A",
        "case-%00",
        "%ED%A0%80",
        "contact-" + "0" * 32,
        "..%2F..%2Fetc",
    ],
)
def test_a_place_that_is_no_id_of_a_case_is_refused(web: Web, place: str) -> None:
    answer = web.get(f"/cases/{place}", hotline(web))
    status, rule = (404, "the-address-exists") if "%2F" in place else (422, UNREADABLE)
    told = problem(answer, status, rule)
    assert fields(told) == ([] if "%2F" in place else ["path.case"])


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1e3", NAME, "9" * 5_000, ""])
def test_a_page_has_between_1_and_200_items(web: Web, limit: str) -> None:
    answer = web.client.get(
        "/contacts",
        params={"limit": limit},
        headers={"Authorization": f"Bearer {hotline(web)}"},
    )
    assert fields(problem(answer, 422, UNREADABLE)) == ["query.limit"]
