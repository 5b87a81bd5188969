"""A transit server: the one that STAFFETTA_TEST_VAULT names, else a small one with the same rules.

The small one keeps to what OpenBao and Vault do with an `aes256-gcm96` key: versions, the least
ones that decrypt and encrypt, trimming, associated data, batches, and how each refusal is answered.
"""

import base64
import json
import os
import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class TransitPlace:
    """Picklable: another process can ask it, too. `service` is nobody else's."""

    address: str
    token: str
    service: str

    def environment(self) -> dict[str, str]:
        return {
            "STAFFETTA_KEK": "transit",
            "STAFFETTA_TRANSIT": self.address,
            "STAFFETTA_TRANSIT_TOKEN": self.token,
        }


@contextmanager
def transit_server() -> Iterator[TransitPlace]:
    """The server that is named, with a key of its own for each test; else the small one."""
    named = os.environ.get("STAFFETTA_TEST_VAULT")
    if not named:
        with small_server() as small:
            yield small.place
        return
    token = os.environ["STAFFETTA_TEST_VAULT_TOKEN"]
    with httpx.Client(base_url=named, headers={"X-Vault-Token": token}) as http:
        http.post("/v1/sys/mounts/transit", json={"type": "transit"})  # 400 where it is there
    yield TransitPlace(named, token, f"test-{uuid.uuid4().hex[:8]}")


@dataclass
class SmallServer:
    """Its token, whether it is sealed or away, and its keys by name."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    sealed: bool = False
    away: bool = False
    keys: dict[str, "TransitKey"] = field(default_factory=dict)
    port: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def place(self) -> TransitPlace:
        return TransitPlace(f"http://127.0.0.1:{self.port}", self.token, "identification")

    def answer(self, method: str, path: str, token: str, given: dict[str, Any]) -> Answer:
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if token != self.token:
            return 403, {"errors": ["permission denied"]}
        _v1, _mount, act, name, *rest = path.strip("/").split("/")
        with self.turn:
            if act == "keys" and not rest and method == "POST":
                self.keys.setdefault(name, TransitKey())
            key = self.keys.get(name)
            if key is None:
                return (404 if act == "keys" else 400), {"errors": ["encryption key not found"]}
            return key.answer("/".join([act, *rest]), given)


@dataclass
class TransitKey:
    versions: dict[int, bytes] = field(default_factory=lambda: {1: secrets.token_bytes(32)})
    least_decrypting: int = 1
    least_encrypting: int = 0
    exportable: bool = False
    kind: str = "aes256-gcm96"

    @property
    def latest(self) -> int:
        return max(self.versions)

    def answer(self, act: str, given: dict[str, Any]) -> Answer:
        match act:
            case "keys/rotate":
                self.versions[self.latest + 1] = secrets.token_bytes(32)
            case "keys/config":
                return self._configured(given)
            case "keys/trim":
                return self._trimmed(given["min_available_version"])
            case "encrypt" | "decrypt":
                each = self._encrypted if act == "encrypt" else self._decrypted
                told = [each(item) for item in given["batch_input"]]
                failed = any("error" in one for one in told)
                return (400 if failed else 200), {"data": {"batch_results": told}}
        return 200, {"data": self._described()}

    def _described(self) -> dict[str, Any]:
        shown = [version for version in self.versions if version >= self.least_decrypting]
        return {
            "type": self.kind,
            "derived": False,
            "exportable": self.exportable,
            "allow_plaintext_backup": False,
            "latest_version": self.latest,
            "min_decryption_version": self.least_decrypting,
            "min_encryption_version": self.least_encrypting,
            "keys": {str(version): 1_700_000_000 for version in shown},
        }

    def _configured(self, given: dict[str, Any]) -> Answer:
        decrypting = given.get("min_decryption_version", self.least_decrypting)
        encrypting = given.get("min_encryption_version", self.least_encrypting)
        if max(decrypting, encrypting) > self.latest or 0 < encrypting < decrypting:
            return 400, {"errors": ["cannot set min encryption/decryption values"]}
        self.least_decrypting, self.least_encrypting = decrypting, encrypting
        return 200, {"data": self._described()}

    def _trimmed(self, least: int) -> Answer:
        if not 0 < least <= min(self.least_decrypting, self.least_encrypting):
            return 400, {"errors": ["minimum available version cannot be greater"]}
        self.versions = {n: key for n, key in self.versions.items() if n >= least}
        return 200, {"data": self._described()}

    def _encrypted(self, item: dict[str, Any]) -> dict[str, Any]:
        version = item.get("key_version") or self.latest
        if version > self.latest or version < (self.least_encrypting or self.latest):
            return {"error": "requested version for encryption is not allowed"}
        nonce, told = os.urandom(12), base64.b64decode(item["associated_data"])
        sealed = AESGCM(self.versions[version]).encrypt(
            nonce, base64.b64decode(item["plaintext"]), told
        )
        text = base64.b64encode(nonce + sealed).decode()
        return {"ciphertext": f"vault:v{version}:{text}", "key_version": version}

    def _decrypted(self, item: dict[str, Any]) -> dict[str, Any]:
        _mark, named, text = item["ciphertext"].split(":")
        version = int(named.removeprefix("v"))
        if version not in self.versions or version < self.least_decrypting:
            return {"error": "ciphertext or signature version is disallowed by policy"}
        raw, told = base64.b64decode(text), base64.b64decode(item["associated_data"])
        with suppress(InvalidTag, ValueError):
            clear = AESGCM(self.versions[version]).decrypt(raw[:12], raw[12:], told)
            return {"plaintext": base64.b64encode(clear).decode()}
        return {"error": "cipher: message authentication failed"}


@contextmanager
def small_server(port: int = 0, was: SmallServer | None = None) -> Iterator[SmallServer]:
    """`was`: a server that went away, and comes back with the keys that it had."""
    small = was or SmallServer()
    small.away = False

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body go as two packets: the second would wait 40 ms for the first to be taken.
        disable_nagle_algorithm = True

        def _answered(self) -> None:
            if small.away:  # a connection that was kept outlives the server's own socket
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, told = small.answer(
                self.command,
                self.path,
                self.headers.get("X-Vault-Token", ""),
                json.loads(body or b"{}"),
            )
            raw = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _answered  # noqa: N815  # the library's names

        def log_message(self, *_given: Any) -> None:
            """Nothing: a test's output is for its failures."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    small.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield small
    finally:
        small.away = True
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
