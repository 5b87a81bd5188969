"""Another service's outbox, read over HTTP: the way in which a gap is healed."""

from collections.abc import Callable, Mapping, Sequence

import httpx
from pydantic import TypeAdapter

from shared.runtime.message import Message
from shared.runtime.wake import Wake
from shared.web.outbox import MOST, Head

_HEADS = TypeAdapter(list[Head])
_ROWS = TypeAdapter(list[Message])


class HttpOutbox:
    """The same port as the sender's own store offers. `token` is asked for at each request."""

    def __init__(self, sender: str, http: httpx.Client, token: Callable[[], str]) -> None:
        self.sender, self._http, self._token = sender, http, token
        self.wake = Wake()

    def heads(self, topic: str) -> Mapping[int, int]:
        found = _HEADS.validate_json(self._get(f"/outbox/{topic}"))
        return {head.lane: head.last for head in found}

    def rows(self, topic: str, lane: int, after: int, limit: int) -> Sequence[Message]:
        found: list[Message] = []
        while len(found) < limit:
            asked = min(limit - len(found), MOST)
            path = f"/outbox/{topic}/{lane}?after={after}&limit={asked}"
            rows = _ROWS.validate_json(self._get(path))
            found.extend(rows)
            if len(rows) < asked:
                break
            after = rows[-1].number
        return found

    def _get(self, path: str) -> bytes:
        answer = self._http.get(path, headers={"Authorization": f"Bearer {self._token()}"})
        answer.raise_for_status()
        return answer.content
