"""One service as a process of its own: its API, its relay, its consumer, its timers."""

import signal
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import httpx
import uvicorn
from prometheus_client import REGISTRY, start_http_server

from shared.runtime.facts import Acting
from shared.runtime.following import Following
from shared.runtime.kafka.consuming import Ear, hear_until
from shared.runtime.kafka.leading import relay_until
from shared.runtime.log import log
from shared.runtime.message import Message
from shared.runtime.scraping import Scrape
from shared.runtime.store import Store, postgres_store
from shared.trust.keys import KeyFile
from shared.trust.tokens import Bearer, issue, read, signing_key
from shared.web.calls import Edge
from shared.web.outbox import SERVICE_ROLE
from shared.web.peers import HttpOutbox
from staffetta.at_scale.settings import Settings
from staffetta.four import FOUR, Part
from staffetta.installation import fresh, now


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; then let requests and transactions under way finish."""
    part = next(part for part in FOUR if part.name == settings.service)
    keys = KeyFile(settings.key_file)
    store = postgres_store(part.service, settings.database, keys)
    key = signing_key(settings.token_key)
    edge = Edge(store, lambda token: read(key, token, now), now, fresh)
    bearer = Bearer(part.name, "network", frozenset({SERVICE_ROLE}))
    ear = _ear(part, store, settings, lambda: issue(key, bearer, now(), timedelta(minutes=5)))
    ending = threading.Event()
    threads = [
        _thread(lambda: relay_until(ending, store, settings.database, settings.broker)),
        _thread(lambda: hear_until(ending, ear, settings.broker)),
    ]
    timers = Following(store, [], now, fresh)
    timers.start()
    try:
        _serve_metrics(ear, settings)
        _serve(uvicorn.Config(part.app(edge), log_config=None, access_log=False), settings)
    finally:
        ending.set()
        timers.stop()
        for thread in threads:
            thread.join(timeout=30)
        store.close()


def _ear(part: Part, store: Store, settings: Settings, token: Callable[[], str]) -> Ear:
    senders = {
        sender: HttpOutbox(
            sender, httpx.Client(base_url=settings.peers.get(sender, ""), timeout=10), token
        )
        for sender, _topic in part.hears
    }

    def acting(message: Message) -> Acting:
        return Acting("relay", message.sender, now(), frozenset(), uuid.uuid4().hex)

    return Ear(store, part.hears, senders, part.react, acting)


def _serve_metrics(ear: Ear, settings: Settings) -> None:
    """On a port of its own, which no reverse proxy passes on by mistake."""
    if settings.metrics_port is not None:
        REGISTRY.register(Scrape(ear.store, ear.topics, ear.senders, now, relays=True))
        start_http_server(settings.metrics_port, settings.metrics_host)


def _serve(config: uvicorn.Config, settings: Settings) -> None:
    config.timeout_graceful_shutdown = 10
    config.server_header = False
    config.lifespan = "off"
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((settings.host, settings.port))
    server = uvicorn.Server(config)
    log().info("serving", service=settings.service, port=listening.getsockname()[1])

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    signal.signal(signal.SIGTERM, stop)
    server.run(sockets=[listening])


def _thread(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread
