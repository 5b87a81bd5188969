"""What each service answers when the coordinator asks on the person's behalf."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx

View = dict[str, Any]


class NotShown(Exception):
    """A service said no, or did not answer. In its own words, which repeat nothing."""


def gathered(
    http: httpx.Client, token: str, case: str, told: Mapping[str, Any], words: str
) -> View:
    """The three services' answers about a case. `told`: in which language, and who interprets;
    `words`: the language of what the services say themselves.

    `http` has the address under which the services are mounted by name. Raises `NotShown`: then
    nothing is shown, since half a view would say that the rest is not held.
    """
    asking = _Asking(http, token, words)
    own = asking.post(f"/identification/cases/{case}/own-view", told)
    if own is None:
        raise NotShown("There is no such case here.")
    return {
        "case": case,
        "identification": own,
        "referral": asking.get(f"/referral/cases/{case}/own-view"),
        "assistance": asking.post(f"/assistance/cases/{case}/own-view", {}),
    }


class _Asking:
    """One coordinator's requests; None where a service knows nothing of the case."""

    def __init__(self, http: httpx.Client, token: str, words: str) -> None:
        self._http = http
        self._by = {"Authorization": f"Bearer {token}", "Accept-Language": words}

    def get(self, path: str) -> Any:
        return self._told("GET", path, self._by)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._told("POST", path, {**self._by, "Idempotency-Key": uuid.uuid4().hex}, body)

    def _told(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            answer = self._http.request(method, path, headers=headers, json=body)
            told = answer.json()
        except (httpx.HTTPError, ValueError):
            raise NotShown("The services do not answer there.") from None
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if not answer.is_success:
            raise NotShown(f"{told.get('title', '')} {told.get('detail', '')}".strip())
        return told
