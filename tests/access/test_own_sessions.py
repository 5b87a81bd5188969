"""An operator's own sessions: seen, told apart, and ended on fresh proof."""

from datetime import timedelta

from httpx2 import Response

from staffetta.access.accounts import set_password, set_secret
from staffetta.access.passwords import STEP_SECONDS, code_at, new_secret
from staffetta.access.sessions import IDLE
from staffetta.accounts import keep_accounts
from staffetta.network import Account
from tests.access.conftest import PASSWORD, WHO, Desk

LATER = timedelta(seconds=STEP_SECONDS)


def again(desk: Desk) -> str:
    """A further session, a while after the last."""
    desk.clock.now += LATER
    return desk.token()


def listed(desk: Desk, token: str) -> Response:
    return desk.client.get("/sessions", headers={"Authorization": f"Bearer {token}"})


def ended(desk: Desk, token: str, which: str = "") -> Response:
    return desk.client.delete(f"/sessions{which}", headers={"Authorization": f"Bearer {token}"})


def test_an_operator_sees_each_of_their_sessions_and_which_is_this_one(desk: Desk) -> None:
    first, began = desk.token(), desk.clock()
    second = again(desk)
    assert desk.ask(first).status_code == 200
    answer = listed(desk, first)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert first not in answer.text
    newest, oldest = answer.json()["sessions"]
    assert (newest["this_one"], oldest["this_one"]) == (False, True)
    assert oldest["began"] == began.isoformat()
    assert oldest["last_used"] == newest["began"] == desk.clock().isoformat()
    assert listed(desk, second).json()["sessions"][0]["this_one"] is True


def test_what_has_ended_is_not_listed(desk: Desk) -> None:
    desk.token()
    desk.clock.now += IDLE
    assert len(listed(desk, desk.token()).json()["sessions"]) == 1
    token = again(desk)
    desk.leave(token)
    assert listed(desk, token).status_code == 401


def test_one_that_is_ended_opens_nothing_and_the_others_do(desk: Desk) -> None:
    stolen, kept = desk.token(), again(desk)
    (other,) = [one for one in listed(desk, kept).json()["sessions"] if not one["this_one"]]
    assert ended(desk, kept, f"/{other['id']}").status_code == 204
    assert desk.ask(stolen).status_code == 401
    assert desk.ask(kept).status_code == 200
    gone = ended(desk, kept, f"/{other['id']}")
    assert (gone.status_code, gone.json()["rule"]) == (404, "a-session-that-is-ended-is-ones-own")
    assert other["id"] not in gone.text


def test_all_are_ended_at_once_this_one_too(desk: Desk) -> None:
    tokens = [desk.token(), again(desk), again(desk)]
    assert ended(desk, tokens[-1]).status_code == 204
    assert [desk.ask(token).status_code for token in tokens] == [401, 401, 401]


def test_an_older_session_looks_and_ends_none(desk: Desk) -> None:
    token = desk.token()
    desk.clock.now += timedelta(minutes=5, seconds=1)
    again(desk)
    for which in ("", f"/{listed(desk, token).json()['sessions'][0]['id']}"):
        answer = ended(desk, token, which)
        assert (answer.status_code, answer.json()["rule"]) == (
            403,
            "sessions-are-ended-on-fresh-proof",
        )
    assert len(listed(desk, token).json()["sessions"]) == 2


def test_nobody_sees_or_ends_those_of_another(desk: Desk) -> None:
    theirs = desk.token()
    (shown,) = listed(desk, theirs).json()["sessions"]
    mine = as_another(desk)
    assert [line["this_one"] for line in listed(desk, mine).json()["sessions"]] == [True]
    assert ended(desk, mine, f"/{shown['id']}").status_code == 404
    assert ended(desk, mine).status_code == 204
    assert desk.ask(theirs).status_code == 200


def as_another(desk: Desk) -> str:
    """A session of a colleague's."""
    other, secret = "op-hotline-2", new_secret()
    roles = frozenset({"hotline-operator"})
    account = Account(operator=other, organisation="numero-verde", roles=roles)
    keep_accounts(desk.installation.directory, [account])
    set_password(desk.installation.access, other, PASSWORD)
    set_secret(desk.installation.access, other, secret, code_at(secret, desk.clock()), desk.clock())
    desk.clock.now += LATER
    answer = desk.sign_in(other, code=code_at(secret, desk.clock()))
    assert answer.status_code == 201
    return str(answer.json()["token"])


def test_without_a_session_nothing_is_said(desk: Desk) -> None:
    desk.token()
    issued = desk.installation.token(WHO)  # a signed token is no session
    for token in ("", "session.none", issued):
        for answer in (listed(desk, token), ended(desk, token)):
            assert (answer.status_code, answer.json()["rule"]) == (401, "who-acts-is-known")
    elsewhere = {"Host": "rebound.example"}
    assert desk.client.get("/sessions", headers=elsewhere).status_code == 404
