"""ETags and repeated requests: one key, one answer, one effect."""

from tests.support.web import Web
from tests.web.asking import INTAKE, NAME, hotline, intake, opened, problem

ONE = "one-idempotency-key-one-request"


def test_a_command_and_a_read_tell_the_version_of_what_they_concern(web: Web) -> None:
    case, token = opened(web), hotline(web)
    read = web.get(f"/cases/{case}", token)
    assert (read.status_code, read.headers["ETag"]) == (200, '"1"')
    refused = web.post(f"/cases/{case}/consent-refusals", consent_refused("casa-aperta"), token)
    assert (refused.json(), refused.headers["ETag"]) == ({"id": case, "version": 2}, '"2"')
    assert web.get(f"/cases/{case}", token).headers["ETag"] == '"2"'


def consent_refused(recipient: str) -> dict[str, str]:
    return {"recipient": recipient, "purpose": "referral"}


def test_the_first_answer_is_not_a_replay(web: Web) -> None:
    first = web.post("/contacts", INTAKE, hotline(web), key="k-1")
    assert "Idempotency-Replayed" not in first.headers
    assert first.headers["ETag"] == '"1"'


def test_the_same_request_again_gives_the_same_answer_and_one_effect(web: Web) -> None:
    token = hotline(web)
    first = web.post("/contacts", INTAKE | {"narrative": NAME}, token, key="k-1")
    for _time in (1, 2):
        again = web.post("/contacts", INTAKE | {"narrative": NAME}, token, key="k-1")
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.headers["ETag"] == '"1"'
    assert len(web.store.rows("SELECT key FROM contacts")) == 1


def test_the_answer_stays_though_the_case_moved_on(web: Web) -> None:
    address, token = f"/cases/{opened(web)}/consent-refusals", hotline(web)
    web.post(address, consent_refused("casa-aperta"), token, key="k-1")
    web.post(address, consent_refused("porto"), token, key="k-2")
    again = web.post(address, consent_refused("casa-aperta"), token, key="k-1")
    assert (again.json()["version"], again.headers["ETag"]) == (2, '"2"')


def test_a_used_key_is_refused_for_another_body(web: Web) -> None:
    """Also where only what is personal differs; and the refusal says nothing of either."""
    token = hotline(web)
    web.post("/contacts", INTAKE | {"narrative": "She called at night."}, token, key="k-1")
    other = web.post("/contacts", INTAKE | {"narrative": NAME}, token, key="k-1")
    assert "night" not in str(problem(other, 422, ONE))
    assert len(web.store.rows("SELECT key FROM contacts")) == 1


def test_a_used_key_is_refused_at_another_address(web: Web) -> None:
    first, second = opened(web), opened(web)
    token, body = hotline(web), consent_refused("casa-aperta")
    web.post(f"/cases/{first}/consent-refusals", body, token, key="k-1")
    problem(web.post(f"/cases/{second}/consent-refusals", body, token, key="k-1"), 422, ONE)


def test_a_refusal_is_the_answer_under_its_key(web: Web) -> None:
    token = hotline(web)
    future = INTAKE | {"received_on": "2026-03-10"}
    for _time in (1, 2):
        told = problem(
            web.post("/contacts", future, token, key="k-1"), 422, "a-contact-has-taken-place"
        )
        assert told["faults"] == []
    problem(web.post("/contacts", INTAKE, token, key="k-1"), 422, ONE)


def test_another_operator_may_choose_the_same_key(web: Web) -> None:
    web.post("/contacts", INTAKE, hotline(web, "op-1"), key="k-1")
    other = web.post("/contacts", INTAKE, hotline(web, "op-2"), key="k-1")
    assert other.status_code == 201
    assert "Idempotency-Replayed" not in other.headers
    assert len(web.store.rows("SELECT key FROM contacts")) == 2


def test_what_could_not_be_read_does_not_use_up_its_key(web: Web) -> None:
    token = hotline(web)
    assert web.post("/contacts", {NAME: NAME}, token, key="k-1").status_code == 422
    assert web.post("/contacts", INTAKE, token, key="k-1").status_code == 201
    assert intake(web)
