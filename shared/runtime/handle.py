"""One command, all the way: known already? decide, append, answer; refusals are kept as well."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random

from shared.runtime import metrics
from shared.runtime.facts import Acting, Decider, Refused, Request
from shared.runtime.recorders import Read
from shared.runtime.rows import Recollection
from shared.runtime.spans import span
from shared.runtime.store import Conflict, Row, Store
from shared.runtime.work import Work
from shared.trust.protected import REVEALED

Result = TypeVar("Result")

# Eight writers on one stream need a few rounds each; forty is far beyond what was ever measured.
_TRIES = 40


@dataclass(frozen=True)
class Key:
    """An idempotency key, within the scope of whoever chose it."""

    scope: str
    key: str


@dataclass(frozen=True)
class Answer:
    """What the sender of a command is told: the thing it concerns, and its stream's version.

    `replayed` says that the command had been handled before under the same key.
    """

    id: str
    version: int
    replayed: bool = False


def handle(  # noqa: PLR0913  # a command, where, by whom, and the terms that HTTP can set
    store: Store,
    decider: Decider[Any, Any, Any],
    stream: str,
    command: Request,
    acting: Acting,
    *,
    key: Key | None = None,
    expected: int | None = None,
    path: str = "",
    about: str = "",
) -> Answer:
    """Handle one command; raise `Refused` where a rule said no. Safe to repeat under its key.

    `expected` is the version that the sender saw (If-Match). `path` is what, besides the body,
    makes two requests the same one; it must not hold the new identifier of a thing to be created.
    `about` is what the answer names: the stream where it is left out.
    """
    digest = _digest(store, path, command) if key else ""
    asked = [_asking(key)] if key else []
    name = type(command).__name__

    def once() -> Answer:
        work = Work(store)
        before = [row for rows in work.load({stream: decider}, *asked) for row in rows]
        try:
            if before:
                _asks_the_same(before[0], digest)
            else:
                _meets_what_was_seen(work.version(decider, stream), expected)
                work.decide(decider, stream, command, acting)
        except Refused as refusal:
            work.entry("refusal", stream, acting, command=name, rule=refusal.rule)
            if key is not None and not before:
                work.remember(_said_no(key, digest, refusal, stream))
            work.commit()
            raise
        if before:
            return _told(store.service.name, name, before[0])
        answer = Answer(about or stream, work.version(decider, stream))
        if key is not None:
            remember(work, key, answer, digest, stream)
        work.commit()
        return answer

    with span(f"command {name}", service=store.service.name, command=name):
        return in_rounds(once)


def remember(work: Work, key: Key, answer: Answer, digest: str = "", stream: str = "") -> None:
    """Keep the answer under its key, in the same append as what it answers for."""
    told = json.dumps({"id": answer.id, "version": answer.version})
    work.remember(Recollection(key.scope, key.key, digest, told, stream or answer.id))


def answered(store: Store, scope: str) -> dict[str, Answer]:
    """Every answer of one scope by its key: what a load has done already."""
    found = store.rows("SELECT key, outcome FROM answers WHERE scope = ?", (scope,))
    return {row["key"]: Answer(**json.loads(row["outcome"]), replayed=True) for row in found}


def in_rounds(decide: Callable[[], Result]) -> Result:
    """Decide again, a moment later, where somebody else appended first."""
    try:
        return decide()
    except Conflict:
        # Rare, and dear to set up: only now, and after the same pause as between the others.
        rounds = Retrying(
            retry=retry_if_exception_type(Conflict),
            stop=stop_after_attempt(_TRIES - 1),
            wait=wait_random(0, 0.02),
            reraise=True,
        )
        return rounds(decide)


def _said_no(key: Key, digest: str, refusal: Refused, stream: str) -> Recollection:
    """A refusal is the answer under the key like any other."""
    told = {name: getattr(refusal, name) for name in ("rule", "because", "instead", "kind")}
    return Recollection(key.scope, key.key, digest, json.dumps({"refused": told}), stream)


def _asking(key: Key) -> Read:
    return "SELECT digest, outcome FROM answers WHERE scope = ? AND key = ?", (key.scope, key.key)


def _asks_the_same(answer: Row, digest: str) -> None:
    if not hmac.compare_digest(answer["digest"], digest):
        raise Refused(
            "one-idempotency-key-one-request",
            "This idempotency key was used for another request.",
            "Choose a new key for a new request; repeat the old request to see its answer.",
            "content",
        )


def _told(service: str, command: str, answer: Row) -> Answer:
    metrics.COMMANDS.labels(service, command, "repeated").inc()
    outcome = json.loads(answer["outcome"])
    if "refused" in outcome:
        raise Refused(**outcome["refused"])
    return Answer(outcome["id"], outcome["version"], replayed=True)


def _meets_what_was_seen(version: int, expected: int | None) -> None:
    if expected is not None and expected != version:
        raise Refused(
            "the-version-you-saw",
            "It has changed since you looked.",
            "Open it again, and decide on what you then see.",
            "stale",
        )


def _digest(store: Store, path: str, command: Request) -> str:
    """Keyed, because an unkeyed digest of a name could be guessed."""
    revealed = command.model_dump_json(context=REVEALED)
    request = f"{path}\n{type(command).__name__}\n{revealed}".encode()
    return hashlib.blake2b(request, key=store.keys.secret("answers"), digest_size=32).hexdigest()
