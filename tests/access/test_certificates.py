"""Services known by their certificates, over real TLS; and local accounts on loopback alone."""

import shutil
import socket
import ssl
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from shared.trust.tokens import Bearer
from shared.web.door import SERVICE_ROLE, Door
from staffetta.access.authority import is_revoked, revoke
from staffetta.access.certificates import ends, make
from staffetta.access.tls import REVOKED, Certified, client_of
from staffetta.installation import now
from staffetta.serving import NotOnLoopback, served
from tests.access.conftest import Desk
from tests.staffetta.processes import staffetta

BEARERS = {
    "referral": Bearer("referral", "network", frozenset({SERVICE_ROLE})),
    "operator": Bearer("op-1", "hotline", frozenset({"case-manager"})),
}


def shown(directory: Path, name: str) -> Certified:
    return Certified(
        directory / f"{name}.pem", directory / f"{name}.key", directory / "authority.pem"
    )


@contextmanager
def identification(directory: Path) -> Iterator[str]:
    """Its door over TLS, and nothing behind it."""
    door = Door(PlainTextResponse("in"), BEARERS.__getitem__, "identification", certified=True)
    where = socket.create_server(("127.0.0.1", 0))
    told = shown(directory, "identification").served()
    server = uvicorn.Server(uvicorn.Config(door, log_config=None, lifespan="off", **told))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [where]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"https://127.0.0.1:{where.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=15)


def asked(http: httpx.Client, token: str) -> int:
    return http.get("/outbox", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_service_comes_in_by_its_own_certificate_and_by_no_other(tmp_path: Path) -> None:
    make(tmp_path, ["identification", "referral", "assistance"], now())
    make(tmp_path / "strangers", ["referral"], now())
    with identification(tmp_path) as address:
        with client_of("identification", address, 5, shown(tmp_path, "referral")) as http:
            assert asked(http, "referral") == 200
        with client_of("identification", address, 5, shown(tmp_path, "assistance")) as http:
            assert asked(http, "referral") == 403
            assert asked(http, "operator") == 200
        foreign = shown(tmp_path / "strangers", "referral")
        for name, certified in (
            ("assistance", shown(tmp_path, "referral")),  # another answers than was asked
            ("identification", foreign),
        ):
            with (
                client_of(name, address, 5, certified) as http,
                pytest.raises(httpx.TransportError),
            ):
                asked(http, "referral")
        context = ssl.create_default_context(cafile=tmp_path / "authority.pem")
        with httpx.Client(base_url=address, verify=context) as http:
            assert asked(http, "referral") == 403, "no certificate at all"


def test_a_revoked_certificate_opens_no_connection_and_the_others_do(tmp_path: Path) -> None:
    """RFC 5280, 5: at the next handshake, while the services go on running."""
    make(tmp_path, ["identification", "referral", "assistance"], now())
    stolen = shown(copied(tmp_path, "referral"), "referral")
    with identification(tmp_path) as address:
        assert reached(address, stolen, "referral") == 200
        revoke(tmp_path, stolen.certificate, now())
        with pytest.raises(httpx.TransportError):
            reached(address, stolen, "referral")
        assert reached(address, shown(tmp_path, "assistance"), "operator") == 200
        assert make(tmp_path, ["referral", "assistance"], now()) == ["referral"]
        assert reached(address, shown(tmp_path, "referral"), "referral") == 200
        with pytest.raises(httpx.TransportError):
            reached(address, stolen, "referral")


def test_who_calls_leaves_a_service_whose_certificate_is_revoked(tmp_path: Path) -> None:
    make(tmp_path, ["identification", "referral"], now())
    with identification(tmp_path) as address:
        certified = shown(tmp_path, "referral")
        with client_of("identification", address, 5, certified) as before:
            assert asked(before, "referral") == 200
        with client_of("identification", address, 5, certified) as waiting:
            revoke(tmp_path, tmp_path / "identification.pem", now())
            with pytest.raises(httpx.ConnectError, match="revoked"):
                asked(waiting, "referral")


def test_a_list_half_copied_forgets_nothing_and_parts_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(tmp_path, ["identification", "referral", "assistance"], now())
    stolen = shown(copied(tmp_path, "referral"), "referral")
    other = shown(copied(tmp_path, "assistance"), "assistance")
    revoke(tmp_path, stolen.certificate, now())
    with identification(tmp_path) as address:
        (tmp_path / REVOKED).write_text("-----BEGIN X509 CRL-----\nhalf")
        assert reached(address, other, "operator") == 200
        assert "the list of revoked certificates cannot be read" in caplog.text
        with pytest.raises(httpx.TransportError):
            reached(address, stolen, "referral")
    with pytest.raises(ssl.SSLError):
        shown(tmp_path, "assistance").calling()  # with such a list nothing begins


def reached(address: str, certified: Certified, token: str) -> int:
    with client_of("identification", address, 5, certified) as http:
        return asked(http, token)


def copied(directory: Path, name: str) -> Path:
    """What somebody took: the service's own files, from before anything was revoked."""
    taken = directory / f"taken-{name}"
    taken.mkdir()
    for file in (f"{name}.pem", f"{name}.key", "authority.pem"):
        shutil.copy(directory / file, taken)
    return taken


def test_a_certificate_is_revoked_from_the_command_line(tmp_path: Path) -> None:
    make(tmp_path / "ours", ["referral"], now())
    make(tmp_path / "theirs", ["referral"], now())
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    assert staffetta("certificates", "revoke", ours, ours / "referral.pem").code == 0
    assert is_revoked(ours, ours / "referral.pem")
    for directory, file in (
        (ours, theirs / "referral.pem"),
        (ours, ours / "referral.key"),
        (ours, ours / "nothing.pem"),
        (tmp_path / "nowhere", ours / "referral.pem"),
    ):
        wrong = staffetta("certificates", "revoke", directory, file)
        assert (wrong.code, wrong.out) == (2, "")
        assert "Traceback" not in wrong.err
    assert not is_revoked(ours, theirs / "referral.pem")


def test_certificates_stay_until_they_are_nearly_over(tmp_path: Path) -> None:
    assert make(tmp_path, ["referral"], now()) == ["referral"]
    end = ends(tmp_path / "referral.pem")
    assert make(tmp_path, ["referral"], now()) == []
    assert make(tmp_path, ["referral"], end - timedelta(days=59)) == ["referral"]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in tmp_path.iterdir())


def test_local_accounts_are_served_on_loopback_alone(desk: Desk) -> None:
    with (
        socket.create_server(("0.0.0.0", 0)) as everywhere,  # noqa: S104  # what must be refused
        pytest.raises(NotOnLoopback),
        served(desk.installation, everywhere),
    ):
        pass
