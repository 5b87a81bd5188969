"""Another service's outbox, read over HTTP: the way in which a gap is healed."""

from collections.abc import Callable, Mapping, Sequence

import httpx
from pydantic import TypeAdapter

from shared.runtime.looking import Seen
from shared.runtime.message import Message
from shared.runtime.seen_logs import Kept, kept_in
from shared.runtime.wake import Wake
from shared.web.outbox import MOST, Head
from shared.web.positions import Positions

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
        return _got(self._http, path, self._token)


class HttpHearer:
    """A service that hears us, asked over HTTP what it saw."""

    def __init__(self, name: str, http: httpx.Client, token: Callable[[], str]) -> None:
        self.name, self._http, self._token = name, http, token

    def seen(self, sender: str) -> Sequence[Seen]:
        told = Positions.model_validate_json(_got(self._http, "/positions", self._token))
        return [
            Seen(lane.topic, lane.lane, lane.number, lane.id)
            for lane in told.applied
            if lane.sender == sender
        ]

    def kept(self, sender: str, topic: str, lane: int, after: int) -> Sequence[Message]:
        path = f"/heard/{sender}/{topic}/{lane}?after={after}"
        return _ROWS.validate_json(_got(self._http, path, self._token))

    def seen_log(self, sender: str) -> Kept | None:
        told = Positions.model_validate_json(_got(self._http, "/positions", self._token))
        seen = [kept_in(each.note, sender) for each in told.witnessed if each.service == sender]
        return max(seen, key=lambda kept: kept.generation, default=None)


def _got(http: httpx.Client, path: str, token: Callable[[], str]) -> bytes:
    answer = http.get(path, headers={"Authorization": f"Bearer {token()}"})
    answer.raise_for_status()
    return answer.content
