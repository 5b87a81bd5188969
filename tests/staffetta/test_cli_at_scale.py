"""The commands of running at scale where something is missing or wrong: told in words, and what
was given is never repeated."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from shared.trust.tokens import signing_key
from staffetta.at_scale.environment import settings_of
from staffetta.at_scale.settings import Settings
from staffetta.installation import Installation, open_installation, running
from staffetta.serving import listening, served
from tests.staffetta.conftest import Ask
from tests.staffetta.processes import REPOSITORY, staffetta

SECRET = "rosa-bianchi"
WHOLE = {
    "SERVICE": "referral",
    "POSTGRES": f"postgresql://referral:{SECRET}@127.0.0.1:1/referral",
    "KAFKA": "127.0.0.1:1",
    "KAFKA_USER": "referral",
    "KAFKA_PASSWORD": SECRET,
    "KEYS": "keys",
    "TOKEN_KEY": "keys/token.pem",
    "PEERS": json.dumps({"identification": "http://127.0.0.1:1"}),
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*WHOLE, *PROVIDER, *CERTIFICATES, "PORT", "HOST", "PRIVATE_NETWORK"):
        monkeypatch.delenv(f"STAFFETTA_{name}", raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **other: str) -> None:
    for name, value in (WHOLE | other).items():
        monkeypatch.setenv(f"STAFFETTA_{name}", value)


@pytest.mark.parametrize(("command", "code"), [(("run",), 2), (("config", "check"), 1)])
def test_every_missing_setting_is_named_with_what_it_is(
    ask: Ask, command: tuple[str, ...], code: int
) -> None:
    refused = ask(*command)
    assert (refused.code, refused.out) == (code, "")
    assert sorted(line.split(": ")[0] for line in refused.err.splitlines()) == [
        *("STAFFETTA_KAFKA", "STAFFETTA_KEYS", "STAFFETTA_POSTGRES"),
        *("STAFFETTA_SERVICE", "STAFFETTA_TOKEN_KEY"),
    ]
    assert "STAFFETTA_POSTGRES: must be set. Its own database, as its own role." in refused.err


PROVIDER = {"OIDC_ISSUER": "https://id.example", "OIDC_AUDIENCE": "staffetta"}
CERTIFICATES = {"TLS_CERTIFICATE": "a.pem", "TLS_KEY": "a.key", "TLS_AUTHORITY": "authority.pem"}
CLOSED = "STAFFETTA_HOST is not of this machine alone"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "referral.example"])  # noqa: S104  # what must be refused
@pytest.mark.parametrize("other", [{}, PROVIDER, CERTIFICATES], ids=["neither", "provider", "tls"])
def test_beyond_this_machine_it_takes_a_provider_and_certificates(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, host: str, other: dict[str, str]
) -> None:
    given(monkeypatch, HOST=host, **other)
    refused = ask("run")
    assert (refused.code, refused.out) == (2, "")
    assert CLOSED in refused.err


@pytest.mark.parametrize(
    "other",
    [
        {"HOST": "127.0.0.1"},
        {"HOST": "::1"},
        {"HOST": "localhost"},
        {"HOST": "0.0.0.0", **PROVIDER, **CERTIFICATES},  # noqa: S104  # what is then allowed
        {"HOST": "0.0.0.0", "PRIVATE_NETWORK": "yes"},  # noqa: S104  # what is then allowed
    ],
    ids=",".join,
)
def test_where_the_door_is_closed_to_strangers_it_may_listen(
    monkeypatch: pytest.MonkeyPatch, other: dict[str, str]
) -> None:
    given(monkeypatch, **other)
    assert settings_of(Settings).host == other["HOST"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SERVICE", SECRET, "Input should be 'identification', 'referral', 'assistance'"),
        ("POSTGRES", f"postgres:/{SECRET}", "a connection as PostgreSQL takes it"),
        ("PEERS", f"{{{SECRET}", "must be JSON"),
        ("PEERS", f'["{SECRET}"]', "Input should be a valid dictionary"),
        ("PORT", SECRET, "Input should be a valid integer"),
        ("PORT", "70000", "Input should be less than or equal to 65535"),
    ],
)
def test_a_setting_that_is_wrong_is_told_and_never_shown(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    given(monkeypatch, **{name: value})
    refused = ask("run")
    assert (refused.code, refused.out) == (2, "")
    (line,) = refused.err.splitlines()
    assert line.startswith(f"STAFFETTA_{name}: ")
    assert told in line
    assert SECRET not in line


@pytest.mark.parametrize("what", ["apply", "check"])
def test_topics_need_the_broker_alone_and_say_that_it_is_away(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    assert ask("topics", what).err.startswith("STAFFETTA_KAFKA: must be set.")
    monkeypatch.setenv("STAFFETTA_KAFKA", "127.0.0.1:1")
    refused = ask("topics", what)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "STAFFETTA_KAFKA: nobody answers at 127.0.0.1:1\n"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://127.0.0.1:0"])
def test_a_journey_where_nobody_answers(ask: Ask, keyed: Path, address: str) -> None:
    refused = ask("journey", "--against", address, "--data", keyed)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "--against: nobody answers at that address\n"


@pytest.mark.parametrize("address", [SECRET, f"ftp://{SECRET}", f"http://{SECRET}:port", ""])
def test_a_journey_to_what_is_no_address(ask: Ask, keyed: Path, address: str) -> None:
    refused = ask("journey", "--against", address, "--data", keyed)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "--against: an address looks like http://127.0.0.1:8291\n"


def test_a_journey_to_somebody_elses_server(ask: Ask, keyed: Path, stranger: str) -> None:
    refused = ask("journey", "--against", stranger, "--data", keyed)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "--against: something else answers at that address\n"


def test_a_journey_needs_the_key_of_the_services(ask: Ask, data: Path, address: str) -> None:
    refused = ask("journey", "--against", address, "--data", data)
    assert (refused.code, data.exists()) == (2, False)
    assert refused.err.startswith("--data: the key of the services is not there")


def test_a_journey_with_another_key_is_refused(ask: Ask, keyed: Path, address: str) -> None:
    refused = ask("journey", "--against", address, "--data", keyed)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "--data: its key is not the one of the services there\n"


def test_a_journey_against_services_as_they_are_served(
    installation: Installation, address: str
) -> None:
    taken = staffetta("journey", "--against", address, "--data", installation.directory)
    assert (taken.code, taken.err) == (0, "")
    assert taken.out.count("✓") == 15


@pytest.fixture
def keyed(tmp_path: Path) -> Path:
    """A directory with a key that no service knows."""
    signing_key(tmp_path / "keys" / "token.pem")
    return tmp_path


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    opened = open_installation(tmp_path / "served")
    with running(opened):
        yield opened
    opened.close()


@pytest.fixture
def address(installation: Installation) -> Iterator[str]:
    with served(installation, listening(0)) as where:
        yield where


@pytest.fixture
def stranger() -> Iterator[str]:
    """A server that answers everything, in its own words."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"info": ["hello"]}')

        def log_message(self, *_told: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_other_commands_do_not_wait_for_kafkas_client() -> None:
    asked = "import sys, staffetta.commands; print('kafka' in sys.modules)"
    said = subprocess.check_output([sys.executable, "-c", asked], cwd=REPOSITORY)
    assert said == b"False\n"
