"""Another service's audit log, watched over HTTP through its tiles."""

from collections.abc import Callable

import httpx

from shared.runtime.checkpoints import NotAWitness
from shared.trust.notes import Verifier, verifier_of
from shared.trust.proofs import Node
from shared.trust.tiles import Tile, nodes_of

_NONE_YET, _NOT_TAKEN = httpx.codes.NOT_FOUND, httpx.codes.CONFLICT


class HttpLog:
    """`token` is asked for at each request; `at`: the service's address, where `http` is not
    already there."""

    def __init__(
        self, service: str, http: httpx.Client, token: Callable[[], str], at: str = ""
    ) -> None:
        self.service, self._http, self._token, self._at = service, http, token, at

    def key(self) -> Verifier:
        """Raises `NotANote` where what answers is no verifier key."""
        return verifier_of(self._get("/audit/key").text)

    def checkpoint(self) -> str | None:
        answer = self._http.get(f"{self._at}/audit/checkpoint", headers=self._headers)
        if answer.status_code == _NONE_YET:
            return None
        return answer.raise_for_status().text

    def nodes(self, size: int) -> Node:
        def fetch(tile: Tile) -> bytes:
            return self._get(f"/audit/tile/{tile.place}").content

        return nodes_of(size, fetch)

    def take(self, size: int, line: str, witness: Verifier) -> None:
        told = {"size": size, "line": line, "key": str(witness)}
        answer = self._http.put(f"{self._at}/audit/cosignatures", json=told, headers=self._headers)
        if answer.status_code == _NOT_TAKEN:
            raise NotAWitness("the service does not take the cosignature")
        answer.raise_for_status()

    def show(self, note: str) -> None:
        answer = self._http.put(
            f"{self._at}/audit/shown", json={"note": note}, headers=self._headers
        )
        answer.raise_for_status()

    def _get(self, path: str) -> httpx.Response:
        return self._http.get(f"{self._at}{path}", headers=self._headers).raise_for_status()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token()}"}
