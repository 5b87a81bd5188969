"""Whom a service's process hears, and who hears it: over HTTP, and the broker itself."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import httpx

from shared.runtime.clock import Clock
from shared.runtime.kafka.remembering import TopicHearer
from shared.runtime.looking import Hearer
from shared.trust.tokens import Bearer, issue, signing_key
from shared.web.door import SERVICE_ROLE
from shared.web.logs import HttpLog
from shared.web.peers import HttpHearer, HttpOutbox
from staffetta.access.tls import client_of
from staffetta.at_scale.settings import Settings
from staffetta.four import FOUR, Part
from staffetta.installation import now

_PATIENCE_SECONDS = 3.0


def senders(
    part: Part, settings: Settings, token: Callable[[], str], patience_seconds: float
) -> Mapping[str, HttpOutbox]:
    """The outboxes of those that this service hears."""
    return {
        sender: HttpOutbox(
            sender,
            client_of(sender, settings.peers.get(sender, ""), patience_seconds, settings.certified),
            token,
        )
        for sender, _topic in part.hears
    }


def hearers(settings: Settings, token: Callable[[], str]) -> Sequence[Hearer]:
    """The other services, which hear it or witness its audit log, and its own topics where it
    tells anything."""
    peers = [HttpHearer(name, _at(settings, name), token) for name in _others(settings)]
    (service,) = (part.service for part in FOUR if part.name == settings.service)
    if not service.topics:
        return peers
    return [*peers, TopicHearer(settings.broker, service.topics)]


def watched(settings: Settings, token: Callable[[], str]) -> Sequence[HttpLog]:
    """The audit logs that this service is a witness of."""
    return [HttpLog(name, _at(settings, name), token) for name in _others(settings)]


def _others(settings: Settings) -> list[str]:
    return [part.name for part in FOUR if part.name != settings.service]


def _at(settings: Settings, name: str) -> httpx.Client:
    address = settings.peers.get(name, "")
    return client_of(name, address, _PATIENCE_SECONDS, settings.certified)


def service_token(settings: Settings, clock: Clock = now) -> Callable[[], str]:
    """What gives this service a token to ask the others with, good for five minutes."""
    key = signing_key(settings.token_key)
    bearer = Bearer(settings.service, "network", frozenset({SERVICE_ROLE}))
    return lambda: issue(key, bearer, clock(), timedelta(minutes=5))
