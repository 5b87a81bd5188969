"""A stream's state from its newest snapshot on."""

import inspect
from functools import lru_cache
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter

from shared.runtime.facts import Decider
from shared.runtime.rows import Snapshot
from shared.runtime.store import Store


def load(store: Store, decider: Decider[Any, Any, Any], stream: str) -> tuple[Any, int]:
    """The state and version (0: no such stream) of one stream, from its newest snapshot on."""
    state, version = decider.initial, 0
    found = store.rows(
        "SELECT version, state FROM snapshots WHERE stream = ? AND fingerprint = ?",
        (stream, fingerprint(decider)),
    )
    if found:
        state, version = (
            _adapter(decider.shape).validate_json(found[0]["state"]),
            found[0]["version"],
        )
    for stored in store.events(stream, after=version):
        recorded = store.service.names.recorded(stored)
        state, version = decider.evolve(state, recorded.event), recorded.version
    return state, version


def snapshot(decider: Decider[Any, Any, Any], stream: str, state: Any, version: int) -> Snapshot:
    """The state as it stands, to be loaded next time instead of the events that led to it."""
    text = _adapter(decider.shape).dump_json(state).decode()
    return Snapshot(stream, version, fingerprint(decider), text)


@lru_cache(maxsize=64)
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


@lru_cache(maxsize=64)
def fingerprint(decider: Decider[Any, Any, Any]) -> str:
    """Changes with the code that evolves the state: an old snapshot is then left unread."""
    source = inspect.getsource(inspect.getmodule(decider.evolve) or decider.evolve)
    return sha256(source.encode()).hexdigest()[:16]
