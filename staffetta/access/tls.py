"""Connections between services: each shows a certificate, and is known by the name in it."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from uvicorn.protocols.http.h11_impl import H11Protocol

_log = logging.getLogger("certificates")
REVOKED = "revoked.crl"
"""Beside the authority's certificate: what it takes back."""


@dataclass(frozen=True)
class Certified:
    """This process's certificate and key, and the authority that signed those of the others."""

    certificate: Path
    key: Path
    authority: Path

    def served(self) -> dict[str, Any]:
        """What makes uvicorn speak TLS, ask for a certificate, and say whose it was."""
        return {
            "http": NamedPeer,
            "ssl_certfile": self.certificate,
            "ssl_keyfile": self.key,
            "ssl_ca_certs": self.authority,
            "ssl_context_factory": lambda _config, _theirs: self._answering(),
        }

    def calling(self) -> ssl.SSLContext:
        context = Watchful(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._with_files(context)

    def _answering(self) -> ssl.SSLContext:
        context = Watchful(ssl.PROTOCOL_TLS_SERVER)
        # A session that is taken up again shows no certificate anew, and a revoked one would pass.
        context.minimum_version, context.num_tickets = ssl.TLSVersion.TLSv1_3, 0
        # Who shows none is a browser or a probe; the door asks of services that they show one.
        context.verify_mode = ssl.CERT_OPTIONAL
        return self._with_files(context)

    def _with_files(self, context: "Watchful") -> "Watchful":
        context.load_cert_chain(self.certificate, self.key)
        context.load_verify_locations(self.authority)
        context.revoked = self.authority.with_name(REVOKED)
        context.look()
        return context


class Watchful(ssl.SSLContext):
    """Python's own, which looks before each handshake what was revoked meanwhile.

    `revoked`: the authority's list. Where there is none, nothing was ever revoked.
    """

    revoked: Path | None = None
    _seen: tuple[int, int, int] | None = None

    def look(self) -> None:
        """Raises OSError where the list cannot be read."""
        if self.revoked is None or not self.revoked.exists():
            return
        there = self.revoked.stat()
        now = (there.st_ino, there.st_mtime_ns, there.st_size)
        if now != self._seen:
            # Of two lists of one authority OpenSSL goes by the newer.
            self.load_verify_locations(self.revoked)
            self.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
            self._seen = now

    def look_again(self) -> None:
        try:
            self.look()
        except OSError:  # ssl's own error is one
            # A list that is just being copied must not part the services: the one before holds on.
            _log.exception("the list of revoked certificates cannot be read; the last one holds")

    def wrap_socket(self, *given: Any, **named: Any) -> ssl.SSLSocket:
        self.look_again()
        return super().wrap_socket(*given, **named)

    def wrap_bio(self, *given: Any, **named: Any) -> ssl.SSLObject:
        self.look_again()
        return super().wrap_bio(*given, **named)


class NamedPeer(H11Protocol):
    """uvicorn's own, which also tells the application the names in the peer's certificate."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the class above has it
        super().connection_made(transport)
        given = transport.get_extra_info("peercert") or {}
        names = frozenset(name for kind, name in given.get("subjectAltName", ()) if kind == "DNS")
        self.app_state = {**self.app_state, "peer": names}


def client_of(
    name: str, address: str, patience_seconds: float, certified: Certified | None
) -> httpx.Client:
    """A client of one service. With a certificate it is that service, and not only one of the
    authority's, that must answer: its name is asked for, wherever its address leads."""
    if certified is None:
        return httpx.Client(base_url=address, timeout=patience_seconds)
    return httpx.Client(
        base_url=address,
        timeout=patience_seconds,
        verify=certified.calling(),
        event_hooks={"request": [asking_for(name)]},
    )


def asking_for(name: str) -> Callable[[httpx.Request], None]:
    def ask(request: httpx.Request) -> None:
        request.extensions = {**request.extensions, "sni_hostname": name}

    return ask
