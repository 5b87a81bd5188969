"""A store that grows, forgets and is looked at by a witness."""

from shared.runtime.checkpoints import sign_head
from shared.runtime.store import Store
from shared.runtime.witnessing import Found, StoreLog, StoreMemory, witness
from tests.support.asking import request

AT = 1_772_000_000


def looked(other: Store, store: Store) -> Found:
    return witness(StoreMemory(other), StoreLog(store, "other"), lambda: AT)


def grew(store: Store, *names: str) -> None:
    for name in names:
        request(store, name)
    sign_head(store)


def rolled_back(store: Store, size: int) -> None:
    """As a backup of then has it."""
    with store.transaction(commit=True) as run:
        run("DELETE FROM audit WHERE idx >= ?", (size,))
        run("UPDATE audit_head SET size = ?", (size,))
        run("DELETE FROM checkpoints WHERE size > ?", (size,))
        run("DELETE FROM cosignatures WHERE size > ?", (size,))


def leaves(store: Store) -> list[bytes]:
    return [bytes(row["hash"]) for row in store.rows("SELECT hash FROM audit ORDER BY idx")]
