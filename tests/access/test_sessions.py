"""Signing in with a local account: what lets in, what does not, and when it ends."""

import json
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.trust.tokens import NoToken
from staffetta.access.accounts import forget, set_password
from staffetta.access.attempts import TooSoon
from staffetta.access.passwords import STEP_SECONDS, code_at, hashed
from staffetta.access.sessions import FACTORS, LIFETIME, NotLetIn
from staffetta.access.throttle import ALL_ACCOUNTS, ONE_ACCOUNT, wait
from staffetta.accounts import remove_account
from tests.access.conftest import PASSWORD, WHO, Desk, opened
from tests.support.web import Clock

MINUTE = timedelta(minutes=1)


def test_who_proves_it_gets_a_session_that_says_how(desk: Desk) -> None:
    answer = desk.sign_in()
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["idle_seconds"] == 15 * 60
    token = answer.json()["token"]
    assert desk.ask(token).status_code == 200
    bearer = desk.installation.sessions.read(token, desk.clock())
    assert (bearer.operator, bearer.organisation) == (WHO, "numero-verde")
    assert (bearer.factors, bearer.authenticated_at) == (FACTORS, desk.clock())


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": PASSWORD + "x"},
        {"password": PASSWORD.upper()},
        {"operator": "op-nobody"},
        {"operator": "Rosa Bianchi"},
        {"code": "000000"},
        {"code": "1"},
        {"password": ""},
    ],
    ids=str,
)
def test_whatever_is_wrong_the_answer_is_the_same(desk: Desk, wrong: dict[str, str]) -> None:
    answer = desk.sign_in(**wrong)
    assert answer.status_code == 401
    assert answer.json()["rule"] == "who-acts-is-known"
    assert answer.json()["title"] == "Operator, password and code do not belong together."
    assert not any(told and told in answer.text for told in wrong.values() if len(told) > 1)


def test_a_password_alone_lets_nobody_in(desk: Desk) -> None:
    forget(desk.installation.access, WHO)
    set_password(desk.installation.access, WHO, PASSWORD)
    assert desk.sign_in().status_code == 401


def test_a_code_is_good_once_and_an_older_one_never_again(desk: Desk) -> None:
    code = desk.code()
    assert desk.sign_in(code=code).status_code == 201
    assert desk.sign_in(code=code).status_code == 401
    before = code_at(desk.secret, desk.clock() - timedelta(seconds=STEP_SECONDS))
    assert desk.sign_in(code=before).status_code == 401
    desk.clock.now += timedelta(seconds=STEP_SECONDS)
    assert desk.sign_in().status_code == 201


def test_of_two_at_once_with_one_code_one_comes_in(desk: Desk) -> None:
    with ThreadPoolExecutor(2) as both:
        code = desk.code()
        told = list(both.map(lambda _: desk.sign_in(code=code).status_code, range(2)))
    assert sorted(told) == [201, 401]


def test_the_clock_of_a_telephone_may_be_half_a_minute_off(desk: Desk) -> None:
    def sessions(seconds: int) -> int:
        at = desk.clock() + timedelta(seconds=seconds)
        return int(desk.sign_in(code=code_at(desk.secret, at)).status_code)

    assert [sessions(-60), sessions(-30), sessions(30)] == [401, 201, 201]
    assert sessions(60) == 401


def test_a_session_ends_when_nobody_uses_it(desk: Desk) -> None:
    token = desk.token()
    for _ in range(4):
        desk.clock.now += 14 * MINUTE
        assert desk.ask(token).status_code == 200
    desk.clock.now += 15 * MINUTE
    ended = desk.ask(token)
    assert (ended.status_code, ended.json()["title"]) == (401, "The token is expired.")
    desk.clock.now -= 15 * MINUTE
    assert desk.ask(token).status_code == 401, "what ended does not come back with the clock"


def test_a_session_ends_after_a_days_work_however_busy(desk: Desk) -> None:
    token, began = desk.token(), desk.clock()
    while desk.clock() + 10 * MINUTE < began + LIFETIME:
        desk.clock.now += 10 * MINUTE
        assert desk.ask(token).status_code == 200
    desk.clock.now = began + LIFETIME
    assert desk.ask(token).status_code == 401


def test_after_signing_out_a_stolen_token_opens_nothing(desk: Desk) -> None:
    stolen = desk.token()
    assert desk.leave(stolen).status_code == 204
    assert desk.ask(stolen).status_code == 401
    assert desk.leave(stolen).status_code == 401


def test_a_new_password_ends_every_session(desk: Desk) -> None:
    token = desk.token()
    set_password(desk.installation.access, WHO, "un'altra staffetta ancora")
    assert desk.ask(token).status_code == 401


def test_who_is_removed_is_out_at_once(desk: Desk) -> None:
    token = desk.token()
    remove_account(desk.installation.directory, WHO)
    assert desk.ask(token).status_code == 401
    desk.clock.now += MINUTE
    assert desk.sign_in().status_code == 401


@pytest.mark.parametrize("token", ["session.", "session.x", "session.\xe9", "session." * 900])
def test_a_made_up_session_is_none(desk: Desk, token: str) -> None:
    with pytest.raises(NoToken):
        desk.installation.sessions.read(token, desk.clock())


def test_nothing_in_the_file_lets_anybody_in_as_it_stands(desk: Desk) -> None:
    token = desk.token()
    file = desk.installation.directory / "keys" / "access.sqlite"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    desk.sign_in(operator="Rosa Bianchi")
    kept = b"".join(each.read_bytes() for each in file.parent.glob("access.sqlite*"))
    for told in (token, PASSWORD, "Rosa Bianchi"):
        assert told.encode() not in kept
    assert b"$argon2id$v=19$m=65536,t=3,p=1$" in kept


def test_failures_make_the_next_attempt_wait_longer_and_longer(desk: Desk) -> None:
    desk.clock.now += MINUTE
    for _ in range(ONE_ACCOUNT.free):
        assert desk.sign_in(password="wrong password").status_code == 401
    waits = []
    for _ in range(5):
        refused = desk.sign_in()  # right, and still not looked at
        assert refused.status_code == 429
        assert refused.json()["rule"] == "after-failures-an-attempt-waits"
        waits.append(int(refused.headers["Retry-After"]))
        desk.clock.now += timedelta(seconds=waits[-1])
        assert desk.sign_in(password="wrong password").status_code == 401
    assert waits == [1, 2, 4, 8, 16]
    desk.clock.now += timedelta(seconds=32)
    assert desk.sign_in().status_code == 201
    desk.clock.now += MINUTE
    assert desk.sign_in(password="wrong password").status_code == 401, "forgiven, not waiting"


def test_a_restart_forgives_nothing(desk: Desk) -> None:
    for _ in range(ONE_ACCOUNT.free):
        desk.sign_in(password="wrong password")
    desk.installation.close()
    again = opened(desk.installation.directory, Clock(desk.clock()))
    with closing(again.installation):
        assert again.sign_in(code="000000").status_code == 429


def test_an_account_that_is_not_there_waits_like_one_that_is(desk: Desk) -> None:
    def told(operator: str) -> list[int]:
        return [desk.sign_in(operator=operator, code="1").status_code for _ in range(5)]

    assert told("op-nobody") == told(WHO) == [401, 401, 401, 429, 429]


def test_many_attempts_at_once_are_no_way_around(desk: Desk) -> None:
    start = threading.Barrier(12)

    def attempt(_: int) -> str:
        start.wait()
        try:
            desk.installation.sessions.begin(WHO, "wrong password", "000000", desk.clock())
        except TooSoon:
            return "too soon"
        except NotLetIn:
            return "looked at"
        return "let in"

    with ThreadPoolExecutor(12) as many:
        assert sorted(many.map(attempt, range(12))) == ["looked at"] * 3 + ["too soon"] * 9


def test_one_password_tried_on_many_accounts_is_slowed_too(desk: Desk) -> None:
    sessions, now = desk.installation.sessions, desk.clock()
    for number in range(ALL_ACCOUNTS.free):
        with pytest.raises(NotLetIn):
            sessions.begin(f"op-{number}", "primavera2026", "000000", now)
    with pytest.raises(TooSoon):
        sessions.begin("op-another", "primavera2026", "000000", now)


@given(st.integers(0, 10_000), st.floats(-1e9, 1e9), st.sampled_from([ONE_ACCOUNT, ALL_ACCOUNTS]))
def test_a_wait_is_bounded_grows_with_failures_and_never_shrinks_by_a_clock_set_back(
    failures: int, since: float, patience: object
) -> None:
    assert patience in (ONE_ACCOUNT, ALL_ACCOUNTS)
    kind = ONE_ACCOUNT if patience == ONE_ACCOUNT else ALL_ACCOUNTS
    now = wait(failures, since, kind)
    assert 0 <= now <= kind.longest
    assert now <= wait(failures + 1, since, kind)
    assert now <= wait(failures, since - 60, kind)


def test_a_clock_tells_nobody_which_accounts_there_are(desk: Desk) -> None:
    """The same Argon2id work for an unknown account: in processor time, which is what it takes on
    a busy machine, too."""
    sessions = desk.installation.sessions

    def took(operator: str) -> float:
        times = []
        for _ in range(5):
            forgiven(desk)
            began = time.process_time()
            with pytest.raises(NotLetIn):
                sessions.begin(operator, "wrong password", "000000", desk.clock())
            times.append(time.process_time() - began)
        return median(times)

    hashed("warm")
    known, unknown = took(WHO), took("op-nobody")
    assert 0.5 < known / unknown < 2
    assert unknown > 0.02, "no work at all would take less"


def forgiven(desk: Desk) -> None:
    with desk.installation.access.changing() as changes:
        changes.execute("DELETE FROM failures")


@pytest.fixture
def bodies() -> list[bytes]:
    return [b"", b"{}", b"[]", b"\xff", json.dumps({"operator": "x", "password": 7}).encode()]


def test_what_cannot_be_read_is_told_without_repeating_it(desk: Desk, bodies: list[bytes]) -> None:
    headers = {"Content-Type": "application/json"}
    for body in bodies:
        assert desk.client.post("/session", content=body, headers=headers).status_code == 422
    far = desk.client.post("/session", content=b"x" * 5000, headers=headers)
    assert far.status_code == 413
    assert desk.client.post("/session", data={"operator": WHO}).status_code == 415
    told = desk.client.post("/session", json={"operator": WHO, "rosa": "bianchi"})
    assert "rosa" not in told.text


def test_a_strangers_page_cannot_pretend_to_be_this_machine(desk: Desk) -> None:
    answer = desk.client.post("http://rebound.example/session", json={})
    assert answer.status_code == 404
