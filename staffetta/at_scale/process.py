"""One service as a process of its own: its API, its relay, its consumer, its timers."""

import socket
import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import uvicorn
from fastapi import FastAPI
from prometheus_client import REGISTRY, start_http_server

from shared.runtime.clock import ClockWrong, agreed
from shared.runtime.facts import Acting
from shared.runtime.following import Following
from shared.runtime.kafka.consuming import hear_until
from shared.runtime.kafka.healing import Ear
from shared.runtime.kafka.leading import relay_until
from shared.runtime.log import log
from shared.runtime.looking import Watch, watch_until
from shared.runtime.message import Message
from shared.runtime.remembering import forget_again
from shared.runtime.scraping import Scrape
from shared.runtime.store import Store
from shared.runtime.witnessing import witness_until
from shared.trust.tokens import signing_key
from shared.web.calls import Edge
from staffetta.access.reading import read_at_scale
from staffetta.access.tls import Certified
from staffetta.at_scale.environment import Faulty
from staffetta.at_scale.health import checks_of
from staffetta.at_scale.hearing import hearers, senders, service_token, watched
from staffetta.at_scale.settings import Settings
from staffetta.at_scale.stopping import Deadline, told_to_stop
from staffetta.at_scale.stores import part_of, store_of
from staffetta.four import Part
from staffetta.installation import fresh
from staffetta.installation import now as own_clock
from staffetta.serving import reusable

_PATIENCE_SECONDS = 10.0


def run(settings: Settings) -> bool:
    """Serve until SIGTERM or SIGINT; then let requests and transactions under way finish. Returns
    whether all of it ended in time. Raises `Faulty` where it cannot begin."""
    with ExitStack() as closing, told_to_stop() as (wait, stop):
        where = _listening(settings)
        closing.callback(where.close)
        store = store_of(settings, closing)
        running = _started(store, settings, where, stop)
        log().info("serving", service=settings.service, port=where.getsockname()[1])
        wait()
        log().info("stopping", service=settings.service)
        return running.stop()


@dataclass(frozen=True)
class Running:
    """What a process does at the same time, and what ends it."""

    server: uvicorn.Server
    ending: threading.Event
    relaying: threading.Event
    timers: Following
    threads: Sequence[threading.Thread]
    relay: threading.Thread

    def stop(self) -> bool:
        """No new requests and no new messages; those under way finish. The relay is the last, so
        that what they wrote can still be sent; what cannot stays in the outbox."""
        deadline = Deadline()
        self.server.should_exit = True
        self.ending.set()
        self.timers.stop(deadline.left)
        deadline.wait_for(*self.threads)
        self.relaying.set()
        deadline.wait_for(self.relay)
        return deadline.kept


def _started(
    store: Store, settings: Settings, where: socket.socket, stop: Callable[[], None]
) -> Running:
    """Everything that a process does; `stop` is called should its server end by itself."""
    part = part_of(settings)
    now = agreed(store, own_clock)
    token = service_token(settings, now)
    again = partial(forget_again, store, part.forget_again)
    by = Acting("restore", part.name, _at_start(now), frozenset(), fresh())
    watch = Watch(store, hearers(settings, token), lambda: again(by, although_held=True))
    watch.look()
    again(by)
    ear = _ear(part, store, settings, token, now)
    checks = dict(checks_of(part, store, settings, token, now))
    provider, certified = settings.provider, settings.certified
    if provider is not None:
        checks["provider"] = provider.keys.trouble
    whom = read_at_scale(signing_key(settings.token_key), provider, now)
    edge = Edge(store, whom, now, fresh, checks, certified=certified is not None)
    server = _server(part.app(edge), certified)
    _serve_metrics(ear, settings)
    ending, relaying = threading.Event(), threading.Event()
    broker, database = settings.broker, settings.database
    relay = _thread("relay", lambda: relay_until(relaying, store, database, broker))
    turns = [(store, watched(settings, token))]
    threads = [
        _thread("consumer", lambda: hear_until(ending, ear, broker)),
        _thread("watch", lambda: watch_until(ending, [watch])),
        _thread("witness", lambda: witness_until(ending, turns, lambda: int(now().timestamp()))),
        _thread("requests", lambda: _serve(server, where, stop)),
    ]
    timers = Following(store, [], now, fresh)
    timers.start()
    return Running(server, ending, relaying, timers, threads, relay)


def _at_start(now: Callable[[], datetime]) -> datetime:
    """What is forgotten again before anything is served is dated, too."""
    try:
        return now()
    except ClockWrong:
        rule = (
            "this machine's clock and the database server's are more than a minute apart: set"
            " the wrong one right, and start again. Nothing was dated"
        )
        raise Faulty([("", rule)]) from None


def _ear(
    part: Part,
    store: Store,
    settings: Settings,
    token: Callable[[], str],
    now: Callable[[], datetime],
) -> Ear:
    heard = senders(part, settings, token, _PATIENCE_SECONDS)

    def acting(message: Message) -> Acting:
        return Acting("relay", message.sender, now(), frozenset(), uuid.uuid4().hex)

    return Ear(store, part.hears, heard, part.react, acting, now)


def _serve_metrics(ear: Ear, settings: Settings) -> None:
    """On a port of its own, which no reverse proxy passes on by mistake."""
    if settings.metrics_port is None:
        return
    try:
        start_http_server(settings.metrics_port, settings.metrics_host)
    except OSError:
        raise Faulty([("STAFFETTA_METRICS_PORT", "nobody can listen there")]) from None
    REGISTRY.register(Scrape(ear.store, ear.topics, ear.senders, own_clock, relays=True))


def _listening(settings: Settings) -> socket.socket:
    where = reusable()
    try:
        where.bind((settings.host, settings.port))
    except OSError:
        where.close()
        raise Faulty([("STAFFETTA_PORT", "nobody can listen there")]) from None
    return where


def _server(app: FastAPI, certified: Certified | None) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=10,
        **(certified.served() if certified else {}),
    )
    try:
        config.load()
    except (OSError, ValueError):  # ssl's own error is an OSError
        rule = "the certificates cannot be used: `staffetta config check` says why"
        raise Faulty([("STAFFETTA_TLS_CERTIFICATE", rule)]) from None
    return uvicorn.Server(config)


def _serve(server: uvicorn.Server, where: socket.socket, stop: Callable[[], None]) -> None:
    try:
        server.run(sockets=[where])
    finally:
        stop()


def _thread(name: str, target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread
