"""What a service says of its own audit log: signed checkpoints, and who cosigned them."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.runtime.recorders import Run
from shared.runtime.store import Store
from shared.runtime.tree import root_at, size_of
from shared.trust.cosigning import cosigned
from shared.trust.notes import COSIGNATURE, Checkpoint, NotANote, Verifier, sign, verifier_of

KEPT = 200
"""So many checkpoints are kept: a witness that looks once a day still finds the one it cosigns."""


class NotAWitness(Exception):
    """This cosignature is not taken. `why`, in words of ours."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def origin_of(service: str, generation: int = 1) -> str:
    """The name of a service's log and of the key that signs it. A log of which something was lost
    for good goes on under the name of its next generation."""
    return f"staffetta/{service}" + (f"/{generation}" if generation > 1 else "")


def generation_of(store: Store) -> int:
    (row,) = store.rows("SELECT MAX(generation) AS last FROM audit_generations")
    return int(row["last"] or 1)


def begin_generation(run: Run, generation: int) -> None:
    """The log is another than the one that its witnesses saw, from now on and openly."""
    run("INSERT INTO audit_generations VALUES (?) ON CONFLICT DO NOTHING", (generation,))
    run("DELETE FROM checkpoints")
    run("DELETE FROM cosignatures")


def signing_key_of(store: Store) -> Ed25519PrivateKey:
    """The key that signs the checkpoints of a store; it is of the service, like its other keys."""
    return Ed25519PrivateKey.from_private_bytes(store.keys.secret("checkpoints"))


def verifier_for(store: Store) -> Verifier:
    """By what others know the checkpoints of a store."""
    key = signing_key_of(store).public_key().public_bytes_raw()
    return Verifier(origin_of(store.service.name, generation_of(store)), key)


def sign_head(store: Store) -> None:
    """Sign how far the log has come, where it has grown since. Not while the store is held: its
    log may be another than the one that others saw."""
    size = size_of(store)
    if store.hold or ((last := _last(store)) and last[0] >= size):
        return
    origin = origin_of(store.service.name, generation_of(store))
    note = sign(Checkpoint(origin, size, root_at(store, size)), origin, signing_key_of(store))
    with store.transaction(commit=True) as run:
        run("INSERT INTO checkpoints VALUES (?, ?) ON CONFLICT DO NOTHING", (size, note))
        _let_go(run)


def checkpoint(store: Store) -> tuple[int, str] | None:
    """The last checkpoint: its size, and the note with the cosignatures it has; None before the
    first."""
    last = _last(store)
    return (last[0], _with_cosignatures(store, *last)) if last else None


def best_cosigned(store: Store, quorum: int) -> str | None:
    """The newest checkpoint that so many have cosigned, else the newest of those with the most."""
    rows = store.rows(
        "SELECT c.size, c.note, COUNT(s.name) AS told FROM checkpoints c JOIN cosignatures s"
        " ON s.size = c.size GROUP BY c.size, c.note ORDER BY c.size DESC"
    )
    if not rows:
        return None
    best = max(rows, key=lambda row: min(row["told"], quorum))
    return _with_cosignatures(store, best["size"], best["note"])


def take_cosignature(store: Store, size: int, line: str, key: str, operator: str) -> None:
    """Keep a witness's cosignature of a checkpoint of ours. The key that a witness comes with
    first stands for its name; raises `NotAWitness` where it is none of ours."""
    try:
        witness = verifier_of(key, COSIGNATURE)
        notes = store.rows("SELECT note FROM checkpoints WHERE size = ?", (size,))
        if not notes:
            raise NotAWitness("there is no checkpoint of this size, or no longer")
        if cosigned(f"{notes[0]['note']}{line}\n", witness) is None:
            raise NotAWitness("the line is not of this key")
    except NotANote as wrong:
        raise NotAWitness(wrong.why) from None
    _known(store, witness, operator)
    with store.transaction(commit=True) as run:
        told = (size, witness.name, line)
        run("INSERT INTO cosignatures VALUES (?, ?, ?) ON CONFLICT DO NOTHING", told)


def witnesses_of(store: Store) -> list[Verifier]:
    """Those whose cosignatures were taken, by name."""
    rows = store.rows("SELECT key FROM witnesses ORDER BY name")
    return [verifier_of(row["key"], COSIGNATURE) for row in rows]


def _known(store: Store, witness: Verifier, operator: str) -> None:
    with store.transaction(commit=True) as run:
        told = (witness.name, str(witness), operator)
        run("INSERT INTO witnesses VALUES (?, ?, ?) ON CONFLICT DO NOTHING", told)
    rows = store.rows("SELECT key, operator FROM witnesses WHERE name = ?", (witness.name,))
    if (rows[0]["key"], rows[0]["operator"]) != (str(witness), operator):
        raise NotAWitness("this witness is known by another key, or as somebody else")


def _last(store: Store) -> tuple[int, str] | None:
    rows = store.rows("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1")
    return (int(rows[0]["size"]), str(rows[0]["note"])) if rows else None


def _with_cosignatures(store: Store, size: int, note: str) -> str:
    rows = store.rows("SELECT line FROM cosignatures WHERE size = ? ORDER BY name", (size,))
    return note + "".join(f"{row['line']}\n" for row in rows)


def _let_go(run: Run) -> None:
    oldest = (
        "(SELECT MIN(size) FROM (SELECT size FROM checkpoints ORDER BY size DESC LIMIT ?) AS k)"
    )
    run(f"DELETE FROM cosignatures WHERE size < {oldest}", (KEPT,))  # noqa: S608  # our own words
    run(f"DELETE FROM checkpoints WHERE size < {oldest}", (KEPT,))  # noqa: S608  # our own words
