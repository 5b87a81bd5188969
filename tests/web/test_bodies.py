"""Bodies that cannot be read: too large, broken, deep, of another kind. Nothing is half-written."""

import json
from collections.abc import Iterator

import pytest

from shared.web.application import MAX_BODY
from tests.support.web import Web
from tests.web.asking import INTAKE, NAME, UNREADABLE, fields, problem, send

TOO_LARGE, NO_JSON = "a-request-is-at-most-256-kib", "a-body-is-sent-as-json"


def in_pieces(content: bytes, size: int = 4096) -> Iterator[bytes]:
    """Sent in chunks, without a declared length."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def of_size(size: int) -> bytes:
    """A contact that would be reported, with spaces up to this size."""
    body = json.dumps(INTAKE).encode()
    return body + b" " * (size - len(body))


def nothing_was_written(web: Web) -> bool:
    """Not even a trace of it: what cannot be read is no action of anybody."""
    return not web.store.rows("SELECT idx FROM audit") + web.store.rows("SELECT key FROM answers")


def test_a_body_of_256_kib_is_read(web: Web) -> None:
    assert MAX_BODY == 262_144
    assert send(web, of_size(MAX_BODY)).status_code == 201
    in_chunks = send(web, in_pieces(of_size(MAX_BODY)), {"Idempotency-Key": "key-2"})
    assert in_chunks.status_code == 201


def test_a_body_that_declares_one_byte_more_is_refused(web: Web) -> None:
    problem(send(web, of_size(MAX_BODY + 1)), 413, TOO_LARGE)
    assert nothing_was_written(web)


def test_a_body_in_chunks_is_refused_at_one_byte_more(web: Web) -> None:
    problem(send(web, in_pieces(of_size(MAX_BODY + 1))), 413, TOO_LARGE)
    assert nothing_was_written(web)


@pytest.mark.parametrize("declared", ["262145", "00000262145", "9" * 30, "9" * 5_000])
def test_a_body_is_refused_by_the_length_that_it_declares(web: Web, declared: str) -> None:
    """Before anything of it is read: this one would be broken."""
    problem(send(web, b"{", {"Content-Length": declared}), 413, TOO_LARGE)


def test_of_a_strangers_large_body_nothing_is_read(web: Web) -> None:
    content, pieces = {"Content-Type": "application/json"}, list[bytes]()

    def counted() -> Iterator[bytes]:
        for piece in in_pieces(of_size(MAX_BODY + 1)):
            pieces.append(piece)
            yield piece

    declared = web.client.post("/contacts", content=of_size(MAX_BODY + 1), headers=content)
    problem(declared, 413, TOO_LARGE)
    chunks = web.client.post("/contacts", content=counted(), headers=content)
    problem(chunks, 401, "who-acts-is-known")


@pytest.mark.parametrize(
    "broken",
    [
        b"{",
        b'{"channel": Blessing Okafor}',
        b'{"narrative": "Blessing Okafor',
        b"{'narrative': 'Blessing Okafor'}",
        b'{"narrative": "Blessing\nOkafor"}',
        b'{"Blessing Okafor": 1,}',
        json.dumps(INTAKE).encode()[:-1],
        json.dumps(INTAKE).encode() + b"}",
    ],
)
def test_broken_json_is_refused(web: Web, broken: bytes) -> None:
    told = problem(send(web, broken), 422, UNREADABLE)
    fault = {"field": "body", "rule": "The body must be well-formed JSON."}
    assert told["faults"] == [fault]
    assert nothing_was_written(web)


@pytest.mark.parametrize(
    "unreadable",
    [
        b'{"narrative": "Blessing Okafor \xff"}',
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"Blessing Okafor":' * 10_000,
        b'{"channel":' + b"9" * 5_000 + b"}",
    ],
    ids=["not-unicode", "deep", "deep-and-closed", "deep-objects", "a-number-of-5000-digits"],
)
def test_what_no_reader_can_hold_is_refused(web: Web, unreadable: bytes) -> None:
    problem(send(web, unreadable), 400, UNREADABLE)
    assert nothing_was_written(web)


def test_a_deep_value_within_a_field_is_refused(web: Web) -> None:
    deep = b'{"narrative":' + b"[" * 500 + b'"Blessing Okafor"' + b"]" * 500 + b"}"
    assert "body.narrative" in fields(problem(send(web, deep), 422, UNREADABLE))


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'"Blessing Okafor"', b"7", b"NaN"])
def test_what_is_no_object_is_refused(web: Web, content: bytes) -> None:
    assert fields(problem(send(web, content), 422, UNREADABLE)) == ["body"]


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonp",
        "text/json",
        NAME,
        "",
    ],
)
def test_what_is_not_sent_as_json_is_refused(web: Web, kind: str) -> None:
    answer = send(web, json.dumps(INTAKE | {"narrative": NAME}).encode(), {"Content-Type": kind})
    told = problem(answer, 415, NO_JSON)
    assert told["detail"] == "Send it with `Content-Type: application/json`."
    assert nothing_was_written(web)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_is_json_by_any_of_its_names(web: Web, kind: str) -> None:
    assert send(web, json.dumps(INTAKE).encode(), {"Content-Type": kind}).status_code == 201
