"""What a service's process stands on, as `/health/ready` asks for it."""

from collections.abc import Callable, Mapping

import httpx

from shared.runtime.clock import Clock, clock_trouble
from shared.runtime.lag import TOO_MANY, lag_trouble, unsent
from shared.runtime.outbox import Outbox
from shared.runtime.store import Store
from shared.web.health import Check, store_trouble
from staffetta.at_scale.answering import broker_trouble, database_trouble
from staffetta.at_scale.hearing import senders
from staffetta.at_scale.settings import Settings
from staffetta.four import Part

_PATIENCE_SECONDS = 2.0
# Anybody may ask, and addresses are nobody's business.
_AWAY = "it does not answer as it should; `staffetta config check` says why"


def checks_of(
    part: Part, store: Store, settings: Settings, token: Callable[[], str], now: Clock
) -> Mapping[str, Check]:
    """Database, keys, broker, lag and clock of this process."""
    topics = topics_of(part)
    heard = senders(part, settings, token, _PATIENCE_SECONDS)
    return {
        "database": lambda: _AWAY if database_trouble(settings.database) else store_trouble(store),
        "keys": store.keys.trouble,
        "broker": lambda: _AWAY if broker_trouble(settings.broker, topics) else "",
        "lag": lambda: _lag(part, store, heard),
        "clock": lambda: clock_trouble(now),
    }


def topics_of(part: Part) -> frozenset[str]:
    """The topics that a service writes or hears."""
    return frozenset({*part.service.topics, *(topic for _sender, topic in part.hears)})


def _lag(part: Part, store: Store, heard: Mapping[str, Outbox]) -> str:
    """A sender that does not answer is not our lag: it says of itself that it is not ready."""
    told = []
    if (waiting := unsent(store)) > TOO_MANY:
        told.append(f"{waiting} rows not sent to the broker")
    for each in part.hears:
        try:
            told.append(lag_trouble(store, [each], heard))
        except httpx.HTTPError:
            continue
    return "; ".join(filter(None, told))
