"""Idempotency keys and ETags at the door."""

import pytest

from tests.support.web import Web
from tests.web.asking import INTAKE, NAME, UNREADABLE, fields, hotline, in_latin_1, opened, problem

KEY_RULE, ETAG_RULE = "every-command-carries-an-idempotency-key", "if-match-carries-an-etag"
INFORMED = {
    "language": "yo",
    "interpreter": "none-needed",
    "met_with_the_person": False,
    "leaflet": "it-3",
}


def test_a_command_without_an_idempotency_key_is_not_handled(web: Web) -> None:
    header = {"Authorization": f"Bearer {hotline(web)}"}
    problem(web.client.post("/contacts", json=INTAKE, headers=header), 400, KEY_RULE)
    assert web.store.rows("SELECT key FROM contacts") == []


@pytest.mark.parametrize("key", ["", "a\tb", f"{NAME}\t", "\x7f", "\xa0\x85", "\xad"])
def test_an_empty_or_unprintable_key_is_none(web: Web, key: str) -> None:
    header = {"Authorization": f"Bearer {hotline(web)}", "Idempotency-Key": key}
    answer = web.client.post("/contacts", json=INTAKE, headers=in_latin_1(header))
    problem(answer, 400, KEY_RULE)


def test_a_key_has_at_most_200_characters(web: Web) -> None:
    assert web.post("/contacts", INTAKE, hotline(web), key="k" * 200).status_code == 201
    refused = web.post("/contacts", INTAKE, hotline(web), key=(NAME * 20)[:201])
    assert fields(problem(refused, 422, UNREADABLE)) == ["header.idempotency-key"]


@pytest.mark.parametrize(
    "seen",
    ["2", '"x"', 'W/"2"', '"2", "3"', "*", "", '"-2"', '"2', '" 2"', f'"{"9" * 19}"', f'"{NAME}"'],
)
def test_what_is_no_etag_of_ours_is_refused(web: Web, seen: str) -> None:
    case = opened(web)
    refused = web.post(f"/cases/{case}/information", INFORMED, hotline(web), **{"If-Match": seen})
    problem(refused, 400, ETAG_RULE)


def test_a_digit_of_another_script_is_no_etag(web: Web) -> None:
    given = {
        "Authorization": f"Bearer {hotline(web)}",
        "Idempotency-Key": "k-1",
        "If-Match": '"\xb2"',
    }
    address = f"/cases/{opened(web)}/information"
    answer = web.client.post(address, json=INFORMED, headers=in_latin_1(given))
    problem(answer, 400, ETAG_RULE)


def test_what_has_changed_since_it_was_seen_is_not_changed_again(web: Web) -> None:
    address, token = f"/cases/{opened(web)}/information", hotline(web)
    first = web.post(address, INFORMED, token, **{"If-Match": '"1"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    for seen in ('"1"', '"3"', '"999999999999999999"'):
        stale = web.post(address, INFORMED, token, **{"If-Match": seen})
        problem(stale, 412, "the-version-you-saw")
    assert web.post(address, INFORMED, token, **{"If-Match": '"2"'}).status_code == 200


def test_what_is_new_was_never_seen(web: Web) -> None:
    stale = web.post("/contacts", INTAKE, hotline(web), **{"If-Match": '"1"'})
    problem(stale, 412, "the-version-you-saw")


def test_no_answer_is_kept_by_a_cache(web: Web) -> None:
    """Nor taken for another kind of content: what is shown, refused, or not there."""
    case, token = opened(web), hotline(web)
    answers = [web.get(address, token) for address in (f"/cases/{case}", "/contacts", "/nowhere")]
    answers += [web.client.get("/contacts"), web.client.get("/openapi.json")]
    answers += [web.post("/contacts", INTAKE, token), web.post("/contacts", {}, token)]
    assert {answer.status_code for answer in answers} == {200, 201, 401, 404, 422}
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
