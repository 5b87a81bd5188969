"""Whom a service's process hears, and who hears it: over HTTP, and the broker itself."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import httpx

from shared.runtime.kafka.remembering import TopicHearer
from shared.runtime.looking import Hearer
from shared.trust.tokens import Bearer, issue, signing_key
from shared.web.outbox import SERVICE_ROLE
from shared.web.peers import HttpHearer, HttpOutbox
from staffetta.at_scale.settings import Settings
from staffetta.four import FOUR, Part, hearing
from staffetta.installation import now

_PATIENCE_SECONDS = 3.0


def senders(
    part: Part, settings: Settings, token: Callable[[], str], patience_seconds: float
) -> Mapping[str, HttpOutbox]:
    """The outboxes of those that this service hears."""
    return {
        sender: HttpOutbox(
            sender,
            httpx.Client(base_url=settings.peers.get(sender, ""), timeout=patience_seconds),
            token,
        )
        for sender, _topic in part.hears
    }


def hearers(settings: Settings, token: Callable[[], str]) -> Sequence[Hearer]:
    """The services that hear this one, and its own topics where it tells anything."""
    peers = [
        HttpHearer(
            part.name,
            httpx.Client(base_url=settings.peers.get(part.name, ""), timeout=_PATIENCE_SECONDS),
            token,
        )
        for part in hearing(settings.service)
    ]
    (service,) = (part.service for part in FOUR if part.name == settings.service)
    if not service.topics:
        return peers
    return [*peers, TopicHearer(settings.broker, service.topics)]


def service_token(settings: Settings) -> Callable[[], str]:
    """What gives this service a token to ask the others with."""
    key = signing_key(settings.token_key)
    bearer = Bearer(settings.service, "network", frozenset({SERVICE_ROLE}))
    return lambda: issue(key, bearer, now(), timedelta(minutes=5))
