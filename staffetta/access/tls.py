"""Connections between services: each shows a certificate, and is known by the name in it."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from uvicorn.protocols.http.h11_impl import H11Protocol


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
            # Who shows none is a browser or a probe; the door asks of services that they show one.
            "ssl_cert_reqs": ssl.CERT_OPTIONAL,
        }

    def calling(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.key)
        return context


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
