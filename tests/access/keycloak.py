"""A real Keycloak on loopback, without Docker: Maven fetches it, and Java runs it.

The realm is the one that `deploy/keycloak` offers; one operator is added, with a password and
one-time codes.
"""

import hmac
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from staffetta.at_scale.kafka import free_port
from tests.access.browsing import Browser

_DEPLOY = Path(__file__).parents[2] / "deploy" / "keycloak"
_PATIENCE_SECONDS = 480.0
_KEYS = "org.keycloak.keys.KeyProvider"
_OPERATOR = "night-desk"
# In tests an operator signs in more often than a person would. Keycloak takes a policy for codes
# as a whole, and passes over parts of one that lack its type.
_OFTEN = {
    "bruteForceProtected": False,
    "otpPolicyType": "totp",
    "otpPolicyAlgorithm": "HmacSHA1",
    "otpPolicyDigits": 6,
    "otpPolicyInitialCounter": 0,
    "otpPolicyLookAheadWindow": 1,
    "otpPolicyPeriod": 30,
    "otpPolicyCodeReusable": True,
}


@dataclass
class Keycloak:
    """`password` is its administrator's and its operator's; `secret` is of the operator's codes."""

    address: str
    process: subprocess.Popen[bytes]
    password: str
    secret: str = field(default_factory=lambda: secrets.token_hex(10))
    operator: str = ""

    @property
    def issuer(self) -> str:
        return f"{self.address}/realms/staffetta"

    def browser(self, address: str) -> str:
        """The operator signs in with password and code; where the browser is sent then."""
        return self._signs_in(address, {}).headers["location"]

    def on_another_device(self, address: str, code: str, *, lets: bool) -> None:
        """The operator types the code, signs in with password and code, and says yes or no."""
        answer = {"accept": "Yes"} if lets else {"cancel": "No"}
        self._signs_in(address, {"device_user_code": code, **answer})

    def _signs_in(self, address: str, typed: Mapping[str, str]) -> httpx.Response:
        def asked() -> dict[str, str]:
            return {"username": _OPERATOR, "password": self.password, "otp": self._code(), **typed}

        with httpx.Client(timeout=60) as http:
            return Browser(http, f"{self.address}/").fill_in(address, asked)

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one stays published."""
        config = {"priority": [str(time.time_ns() // 10**9)], "algorithm": ["RS256"]}
        told = {"name": uuid.uuid4().hex, "providerId": "rsa-generated", "providerType": _KEYS}
        self._administer("POST", "/components", {**told, "config": config})

    def withdraw(self) -> None:
        """No key but the newest is published any more."""
        kept = self._administer("GET", "/components", {"type": _KEYS}).json()
        ours = [key for key in kept if key["providerId"] == "rsa-generated"]
        ours.sort(key=lambda key: int(key["config"]["priority"][0]))
        for old in ours[:-1]:
            self._administer("DELETE", f"/components/{old['id']}")

    @contextmanager
    def away(self) -> Iterator[None]:
        """It takes connections, and answers nothing."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)

    def set_up(self, organisation: str, role: str) -> None:
        self._administer("PUT", "", _OFTEN)
        code = {"subType": "totp", "digits": 6, "counter": 0, "period": 30}
        code["algorithm"] = "HmacSHA1"
        proofs = [
            {"type": "password", "value": self.password, "temporary": False},
            {
                "type": "otp",
                "secretData": json.dumps({"value": self.secret}),
                "credentialData": json.dumps(code),
            },
        ]
        told = {"username": _OPERATOR, "enabled": True, "credentials": proofs}
        told["attributes"] = {"organisation": [organisation]}
        made = self._administer("POST", "/users", told)
        self.operator = made.headers["location"].rpartition("/")[2]
        roles = [self._administer("GET", f"/roles/{role}").json()]
        self._administer("POST", f"/users/{self.operator}/role-mappings/realm", roles)

    def _code(self) -> str:
        """RFC 6238, over the secret as Keycloak keeps it."""
        step = (int(time.time()) // 30).to_bytes(8, "big")
        told = hmac.digest(self.secret.encode(), step, "sha1")
        start = told[-1] & 15
        number = int.from_bytes(told[start : start + 4], "big") & 0x7FFFFFFF
        return f"{number % 1_000_000:06d}"

    def _administer(self, method: str, path: str, told: Any = None) -> httpx.Response:
        login = {"client_id": "admin-cli", "grant_type": "password"}
        login |= {"username": "admin", "password": self.password}
        master = f"{self.address}/realms/master/protocol/openid-connect/token"
        token = httpx.post(master, data=login, timeout=60).raise_for_status().json()["access_token"]
        asked: Mapping[str, Any] = {"params": told} if method == "GET" else {"json": told}
        answer = httpx.request(
            method,
            f"{self.address}/admin/realms/staffetta{path}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            **asked,
        )
        return answer.raise_for_status()


@contextmanager
def keycloak(directory: Path) -> Iterator[Keycloak]:
    """Unpacked under a directory, and running while this lasts."""
    home = _unpacked(directory)
    shutil.copy(_DEPLOY / "realm.json", _made(home / "data" / "import"))
    password, port = secrets.token_urlsafe(16), free_port()
    asked = ["start-dev", "--http-host", "127.0.0.1", "--http-port", str(port), "--import-realm"]
    said = (directory / "keycloak.log").open("ab")
    process = subprocess.Popen(  # our own arguments
        [str(home / "bin" / "kc.sh"), *asked],
        env={
            **os.environ,
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
            "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
            "JAVA_OPTS_APPEND": "-Xmx512m -XX:TieredStopAtLevel=1",
        },
        stdout=said,
        stderr=said,
        start_new_session=True,
    )
    said.close()
    running = Keycloak(f"http://127.0.0.1:{port}", process, password)
    try:
        _wait_for(running)
        yield running
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _unpacked(directory: Path) -> Path:
    maven = shutil.which("mvn")
    assert maven, "Maven (`mvn`) is needed to fetch Keycloak: install it"
    assert shutil.which("java"), "Java 17 or later is needed to run Keycloak: install it"
    fetch = [maven, "-q", "-B", "-f", str(_DEPLOY / "pom.xml"), "dependency:copy-dependencies"]
    subprocess.run(  # our own arguments
        [*fetch, f"-DoutputDirectory={directory}"], capture_output=True, check=True
    )
    (archive,) = directory.glob("keycloak-*.zip")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(directory)
    (home,) = (each for each in directory.glob("keycloak-*") if each.is_dir())
    (home / "bin" / "kc.sh").chmod(0o755)
    return home


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _wait_for(running: Keycloak) -> None:
    ends = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < ends:
        assert running.process.poll() is None, "Keycloak ended by itself; see its log"
        try:
            if httpx.get(f"{running.issuer}/.well-known/openid-configuration").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise AssertionError("Keycloak does not answer")
