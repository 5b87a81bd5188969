"""A local account from nothing to a request, through the command line as operators type it."""

import base64
import hmac
import signal
import sqlite3
import stat
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from staffetta.demo import NETWORK
from tests.staffetta.processes import COMMAND, Ended, Started, staffetta, started, surroundings
from tests.staffetta.test_cli_stopping import address_of

FOR, ROLE, PASSWORD = "numero-verde-antitratta", "hotline-operator", "quando la notte è lunga"
CONTACT = {"channel": "hotline", "received_on": "2026-03-08", "area": "IT-BO", "language": "sq"}
PATIENCE = 60.0


@dataclass
class Served:
    """A directory that is served, as who looks after it and its operators see it."""

    data: Path
    address: str
    process: Started
    who: str = "op-night-1"

    def typed(self, line: str, *words: str) -> Ended:
        """A command that asks one question, which is answered by a line."""
        done = subprocess.run(  # our own arguments
            [*COMMAND, *words, "--data", str(self.data)],
            input=f"{line}\n",
            env=surroundings(),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def sign_in(self, code: str, password: str = PASSWORD) -> httpx.Response:
        told = {"operator": self.who, "password": password, "code": code}
        return httpx.post(f"{self.address}/session", json=told, timeout=PATIENCE)

    def contact(self, token: str) -> httpx.Response:
        as_who = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
        return httpx.post(f"{self.address}/identification/contacts", json=CONTACT, headers=as_who)

    def ends(self, token: str) -> int:
        as_who = {"Authorization": f"Bearer {token}"}
        return httpx.delete(f"{self.address}/session", headers=as_who).status_code


@contextmanager
def served(data: Path) -> Iterator[Served]:
    with started("serve", "--data", data, "--port", "0", "--network", NETWORK) as serving:
        yield Served(data, address_of(serving), serving)


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("operators") / "var") as started_once:
        yield started_once


@pytest.fixture
def here(everybody: Served) -> Served:
    """With an operator of the test's own."""
    return replace(everybody, who=f"op-{uuid.uuid4().hex[:8]}")


@dataclass
class Telephone:
    """Codes by RFC 6238 from its text, and not by the library that the code stands on. `step`:
    of the last code that was used."""

    secret: bytes
    step: int = 0

    def code(self) -> str:
        """The one of this moment; the next where that is used."""
        self.step = max(self.step + 1, int(time.time()) // 30)
        return self.last()

    def last(self) -> str:
        told = hmac.digest(self.secret, self.step.to_bytes(8, "big"), "sha1")
        start = told[-1] & 15
        number = int.from_bytes(told[start : start + 4], "big") & 0x7FFFFFFF
        return f"{number % 1_000_000:06d}"


def set_up_codes(here: Served, wrong: bool = False) -> Telephone:
    """`staffetta account totp`, with the code of a telephone that read what it printed."""
    words = [*COMMAND, "account", "totp", here.who, "--data", str(here.data)]
    with subprocess.Popen(  # our own arguments
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=surroundings(),
        encoding="utf-8",
    ) as asking:
        assert asking.stdout
        assert asking.stdin
        shown = asking.stdout.readline()
        (spelled,) = parse_qs(urlsplit(shown.strip()).query)["secret"]
        telephone = Telephone(base64.b32decode(spelled))
        asking.stdin.write("000000\n" if wrong else telephone.code() + "\n")
        asking.stdin.close()
        assert asking.wait(PATIENCE) == (1 if wrong else 0)
    return telephone


def added(here: Served) -> Ended:
    given = ["--organisation", FOR, "--role", ROLE]
    return here.typed(PASSWORD, "account", "add", here.who, *given)


def test_from_no_account_to_a_request_and_out_again(here: Served) -> None:
    assert added(here).code == 0
    telephone = set_up_codes(here)
    listed = staffetta("account", "list", "--data", here.data).out
    (line,) = [line for line in listed.splitlines() if line.startswith(here.who)]
    assert line.split()[1:3] == [FOR, ROLE]
    assert "password, codes" in line
    spent = here.sign_in(telephone.last())
    assert spent.status_code == 401, "the code of setting up is spent"
    answer = here.sign_in(telephone.code())
    assert answer.status_code == 201, answer.text
    token = answer.json()["token"]
    assert here.contact(token).status_code == 201
    assert here.ends(token) == 204
    assert here.contact(token).status_code == 401
    assert here.ends(token) == 401


def test_a_session_that_nobody_uses_ends_and_so_does_one_whose_account_is_gone(
    here: Served,
) -> None:
    assert added(here).code == 0
    telephone = set_up_codes(here)
    token = here.sign_in(telephone.code()).json()["token"]
    assert here.contact(token).status_code == 201
    not_used_for(here, 15 * 60 - 5)
    assert here.contact(token).status_code == 201
    not_used_for(here, 15 * 60 + 1)
    ended = here.contact(token)
    assert (ended.status_code, ended.json()["title"]) == (401, "The token is expired.")
    telephone = set_up_codes(here)
    token = here.sign_in(telephone.code()).json()["token"]
    assert here.contact(token).status_code == 201
    assert staffetta("account", "remove", here.who, "--data", here.data).code == 0
    assert here.contact(token).status_code == 401


def test_wrong_passwords_make_the_next_attempt_wait_and_a_new_password_ends_sessions(
    here: Served,
) -> None:
    assert added(here).code == 0
    telephone = set_up_codes(here)
    token = here.sign_in(telephone.code()).json()["token"]
    wrong = [here.sign_in(telephone.last(), "not the password") for _ in range(3)]
    assert [answer.status_code for answer in wrong] == [401, 401, 401]
    wait_of_three_seconds(here)
    right = here.sign_in(telephone.code())
    assert (right.status_code, right.json()["rule"]) == (429, "after-failures-an-attempt-waits")
    assert int(right.headers["retry-after"]) >= 1
    assert here.contact(token).status_code == 201, "who is in is not thrown out by others"
    assert here.typed("un'altra notte ancora", "account", "password", here.who).code == 0
    assert here.contact(token).status_code == 401


def test_nothing_that_was_typed_is_said_again_or_kept_in_the_clear(tmp_path: Path) -> None:
    wrong = "a secret that was wrong"
    with served(tmp_path / "var") as here:
        assert added(here).code == 0
        token = here.sign_in(set_up_codes(here).code()).json()["token"]
        assert here.sign_in("000000", wrong).status_code == 401
        ended = here.process.stop(signal.SIGINT)
    typed = [PASSWORD, wrong, token.removeprefix("session.")]
    assert found(typed, (ended.out + ended.err).encode()) == []
    kept = {file: file.read_bytes() for file in here.data.rglob("*") if file.is_file()}
    assert [file.name for file, told in kept.items() if found(typed, told)] == []
    access = here.data / "keys" / "access.sqlite"
    assert access in kept
    assert stat.S_IMODE(access.stat().st_mode) == 0o600
    assert found(["op-night-1"], kept[access]), "and what is kept would be seen"


def found(words: Sequence[str], told: bytes) -> list[str]:
    return [each for each in words if each.encode() in told]


def test_an_unfit_password_makes_no_account(here: Served) -> None:
    given = ["--organisation", FOR, "--role", ROLE]
    for unfit in ("short", "aaaaaaaaaaaaaaaa", f"{here.who} {here.who}", "x" * 201):
        done = here.typed(unfit, "account", "add", here.who, *given)
        assert done.code == 1
        assert unfit not in done.out + done.err
    assert here.who not in staffetta("account", "list", "--data", here.data).out


def test_a_wrong_first_code_changes_nothing(here: Served) -> None:
    assert added(here).code == 0
    telephone = set_up_codes(here, wrong=True)
    assert "no codes" in staffetta("account", "list", "--data", here.data).out
    assert here.sign_in(telephone.last()).status_code == 401


def test_who_has_no_account_or_no_organisation_is_told_what_there_is(here: Served) -> None:
    unknown = here.typed(PASSWORD, "account", "password", "op-nobody-9")
    assert (unknown.code, "no such account here" in unknown.err) == (2, True)
    nowhere = ["--organisation", "nowhere", "--role", ROLE]
    assert here.typed(PASSWORD, "account", "add", here.who, *nowhere).code == 2


def wait_of_three_seconds(here: Served) -> None:
    """Go on being wrong until the next attempt must wait as long; waits double from one second."""
    for _ in range(40):
        answer = here.sign_in("000000", "not the password")
        if answer.status_code == 429 and int(answer.headers["retry-after"]) >= 3:
            return
        time.sleep(0.2)
    pytest.fail("wrong passwords go on being looked at")


def not_used_for(here: Served, seconds: float) -> None:
    """As if so much time had passed since the last request: the file is what remembers it."""
    with sqlite3.connect(here.data / "keys" / "access.sqlite", timeout=30) as file:
        file.execute(
            "UPDATE sessions SET used = ? WHERE operator = ?", (time.time() - seconds, here.who)
        )
    file.close()
