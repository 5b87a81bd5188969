"""Canaries in every personal field: they show in a disclosure, and nowhere else at all."""

import base64
import json
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from httpx2 import Response

from services.identification.cases.commands import RecordIdentity
from services.identification.contacts.commands import ReportContact
from shared.codes import DataCategory, Role
from shared.runtime.log import set_up
from shared.runtime.rebuild import rebuild
from shared.trust.key_file import keys_in_file
from tests.identification.desk import Desk, open_desk
from tests.identification.given import CONSENT_TO_SHELTER, DISCLOSE, IDENTIFY, INFORM, WITHDRAW
from tests.support.places import everything

PERSONAL = {
    name: f"canary-{name.replace('_', '-')}-zanzibar"
    for command in (ReportContact, RecordIdentity)
    for name, field in command.model_fields.items()
    if "SecretStr" in str(field.annotation)
}
IDENTITY: dict[str, Any] = {name: PERSONAL[name] for name in RecordIdentity.model_fields}
ALL = tuple(DataCategory)


def shows(text: str | bytes) -> list[str]:
    """The canaries in it, as they are or in base64."""
    raw = text.encode() if isinstance(text, str) else text
    spellings = {
        canary: (canary.encode(), base64.b64encode(canary.encode())[:20])
        for canary in (*PERSONAL.values(), "zanzibar")
    }
    return [canary for canary, spelt in spellings.items() if any(each in raw for each in spelt)]


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Everything that is written on standard error."""
    with redirect_stderr(StringIO()) as told:
        set_up()
        yield told
    structlog.reset_defaults()


def told_everything(desk: Desk) -> tuple[str, list[Response]]:
    """A case in which every personal field was given, with every kind of answer that follows."""
    contact = desk.report(narrative=PERSONAL["narrative"], callback=PERSONAL["callback"])
    case = desk.open(contact)
    answers = [desk.ask(case, IDENTIFY, key="k-1", **IDENTITY)]
    answers.append(desk.ask(case, IDENTIFY, key="k-1", **IDENTITY))
    answers.append(desk.ask(case, IDENTIFY, key="k-1", **{**IDENTITY, "name": "zanzibar"}))
    answers.append(desk.ask(case, IDENTIFY, desk.by("porto"), **IDENTITY))
    answers += [desk.ask(case, INFORM) for _time in range(55)]
    consent = desk.done(case, CONSENT_TO_SHELTER, categories=ALL)
    shelter = desk.by("casa-aperta", Role.PROVIDER_INTAKE)
    for _time in range(2):
        shown = desk.ask(case, DISCLOSE, shelter, key="k-1", categories=ALL)
        assert set(shows(shown.text)) == {*PERSONAL.values(), "zanzibar"}
    answers.append(desk.ask(case, WITHDRAW, consent=consent))
    answers.append(desk.ask(case, DISCLOSE, shelter, key="k-1", categories=ALL))
    answers += [
        desk.web.get(path, desk.by())
        for path in ("/contacts", "/cases", f"/cases/{case}", f"/cases/{case}/trace")
    ]
    return case, answers


def malformed(desk: Desk, case: str) -> list[Response]:
    """What a hurried sender gets wrong, with personal words in it."""
    path, by = f"/cases/{case}/identity", desk.by()
    wrong: list[object] = [
        {"name": {"first": PERSONAL["name"]}},
        {"name": [PERSONAL["name"]]},
        {PERSONAL["name"]: "x"},
        {"name": "x", "nickname": PERSONAL["name"]},
        {"name": PERSONAL["name"] * 2_000},
        [PERSONAL["name"]],
        PERSONAL["name"],
    ]
    given = {"Authorization": f"Bearer {by}", "Idempotency-Key": "k-wrong"}
    broken = '{"name": "' + PERSONAL["name"]
    plain = {**given, "Content-Type": "application/json"}
    return [
        *(desk.web.client.post(path, json=each, headers=given) for each in wrong),
        desk.web.client.post(path, content=broken, headers=plain),
        desk.web.client.post(f"/cases/{PERSONAL['name']}/identity", json={}, headers=given),
        desk.web.client.get(f"/{PERSONAL['name']}", headers=given),
        desk.web.client.get(f"/cases?after={PERSONAL['name']}", headers=given),
        desk.web.client.get("/cases", headers={"Authorization": f"Bearer {PERSONAL['name']}"}),
    ]


def test_every_personal_field_has_its_canary() -> None:
    assert set(PERSONAL) == {"narrative", "callback", "name", "birth_date", "documents", "reach"}


def test_no_table_shows_what_was_told(desk: Desk) -> None:
    case, _answers = told_everything(desk)
    malformed(desk, case)
    store = desk.web.store
    rebuild(store, lambda _done, _total: None)
    tables = everything(store)
    for table in ("stored_events", "outbox", "audit", "answers", "snapshots", "cases", "contacts"):
        assert tables[table], f"nothing in {table}: nothing was looked at"
    for table, rows in tables.items():
        assert [shows(_text(row)) for row in rows if shows(_text(row))] == [], table


def _text(row: object) -> str:
    return json.dumps(row, default=lambda raw: bytes(raw).decode("latin-1"))


def test_no_answer_but_the_disclosure_shows_it(desk: Desk) -> None:
    case, answers = told_everything(desk)
    assert {answer.status_code for answer in answers} == {200, 403, 422}
    for answer in answers:
        assert shows(answer.text + repr(answer.headers)) == []
    for answer in malformed(desk, case):
        assert answer.status_code in (401, 404, 422), answer.text
        assert shows(answer.text + repr(answer.headers)) == []


def test_no_line_of_the_log_shows_it_though_something_broke(
    desk: Desk, lines: StringIO, tmp_path: Path
) -> None:
    case, _answers = told_everything(desk)
    malformed(desk, case)
    desk.web.store.keys = keys_in_file(tmp_path / "other" / "keys.sqlite")
    desk.done(case, CONSENT_TO_SHELTER)
    broken = desk.ask(case, DISCLOSE, desk.by("casa-aperta", Role.PROVIDER_INTAKE))
    assert (broken.status_code, shows(broken.text)) == (500, [])
    assert '"error": "UnknownKey"' in lines.getvalue()
    assert shows(lines.getvalue()) == []


def test_no_file_beside_the_store_holds_it(tmp_path: Path) -> None:
    desk = open_desk("sqlite", tmp_path)
    told_everything(desk)
    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"identification.sqlite", "identification.sqlite-wal"} <= set(files)
    assert sum(map(len, files.values())) > 100_000
    assert {name: shows(raw) for name, raw in files.items() if shows(raw)} == {}
    desk.web.store.close()
