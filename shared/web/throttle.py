"""How often strangers may ask, by the address they come from: kept in memory, never told.

A bucket of so many questions, filled again one by one. Each process counts for itself.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from math import ceil

from starlette.requests import Request

from shared.web.problems import Turned

_REMEMBERED = 10_000
_SIXTY_FOUR = 64


@dataclass
class _Bucket:
    left: float
    at: float


class Throttle:
    """`burst` questions at once, then one every `seconds`; of the addresses that asked longest ago
    nothing is remembered beyond ten thousand."""

    def __init__(
        self, burst: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._seconds, self._clock = burst, seconds, clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until this address may ask; nothing where it may, and then it is counted."""
        now, who = self._clock(), _network_of(address)
        with self._lock:
            bucket = self._buckets.setdefault(who, _Bucket(self._burst, now))
            self._buckets.move_to_end(who)
            if len(self._buckets) > _REMEMBERED:
                self._buckets.popitem(last=False)
            bucket.left = min(self._burst, bucket.left + (now - bucket.at) / self._seconds)
            bucket.at = now
            if bucket.left < 1:
                return (1 - bucket.left) * self._seconds
            bucket.left -= 1
            return 0.0


def let_in(throttle: Throttle, request: Request) -> None:
    """Raise `Turned` (429, with `Retry-After`) where this address has asked too often."""
    seconds = throttle.wait(request.client.host if request.client else "")
    if seconds > 0:
        turned = Turned(
            429,
            "strangers-ask-in-measure",
            "Too many questions came from this address.",
            "Wait as long as the header Retry-After says, and ask again.",
        )
        turned.answer.headers["Retry-After"] = str(ceil(seconds))
        raise turned


def _network_of(address: str) -> str:
    """Of IPv6 the half that a provider gives to one customer: the other half costs them nothing."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # the protocol's own number
        return address
    return str(ip_network((parsed, _SIXTY_FOUR), strict=False))
