"""Wrapped keys in the rows of a shelf: found, made, wrapped anew, and forgotten for good."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from shared.trust.kek import CannotUnwrap, KekOf, NoKek, OutOfReach, Wrapped
from shared.trust.keys import ITSELF, DestroyedKey, UnknownKey
from shared.trust.merkle import canonical

_AT_ONCE, _KEY_BYTES = 1_000, 32
_NEXT = (
    "SELECT subject, class, version, key FROM wrapped WHERE (subject, class) > (?, ?)"
    " ORDER BY subject, class LIMIT ?"
)
PROOF = "proof of the key-encryption key"


class Statements(Protocol):
    """SQL that both SQLite and PostgreSQL understand, with `?` for what is given."""

    def rows(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...

    def many(self, sql: str, given: Sequence[Sequence[Any]]) -> None: ...


class Shelf(Protocol):
    """Where one service's rows stand: `wrapped` (subject, class, version, key) and `destroyed`
    (subject). Raises `OutOfReach` where it does not answer."""

    def reading(self) -> AbstractContextManager[Statements]: ...

    def writing(self) -> AbstractContextManager[Statements]:
        """One transaction, durable at its end, in which nobody else writes."""
        ...

    def sweep(self) -> None:
        """What was deleted is off the disk, or `KeyLingers`."""
        ...

    def close(self) -> None: ...


class KeyStore:
    """Keys wrapped under the service's key-encryption key, bound to service, subject and class.

    Nothing unwrapped is kept but the service's own secrets: a key that another process destroyed
    is gone here at the next use.
    """

    def __init__(self, service: str, shelf: Shelf, kek_of: KekOf, *, shared: bool = False) -> None:
        """`shared`: other machines use these rows, and may have another key-encryption key."""
        self._service, self._shelf = service, shelf
        self._secrets: dict[str, bytes] = {}
        with shelf.writing() as at:
            self._kek = kek_of(not _counted(at))
            try:
                if shared:
                    self._prove(at)
            except BaseException:
                self._kek.close()
                raise

    def keys_for(self, subject: str, classes: Collection[str]) -> Mapping[str, bytes]:
        found = self._found(subject, classes)
        return found if len(found) == len(set(classes)) else self._made(subject, classes)

    def key_for(self, subject: str, class_of_data: str) -> bytes:
        return self.keys_for(subject, (class_of_data,))[class_of_data]

    def known_key(self, subject: str, class_of_data: str) -> bytes:
        found = self._found(subject, (class_of_data,))
        if class_of_data in found:
            return found[class_of_data]
        with self._shelf.reading() as at:
            _refuse_destroyed(at, subject)
        raise UnknownKey("There is no key for this subject and class of data.")

    def destroy(self, subject: str) -> None:
        """As `Keys.destroy`; `KeyLingers` where they are forgotten, but not yet off the disk."""
        if subject == ITSELF:
            raise ValueError("the service's own secrets are not a person's")
        with self._shelf.writing() as at:
            at.rows("DELETE FROM wrapped WHERE subject = ?", (subject,))
            at.rows("INSERT INTO destroyed VALUES (?) ON CONFLICT DO NOTHING", (subject,))
        self._shelf.sweep()

    def destroyed(self) -> Sequence[str]:
        with self._shelf.reading() as at:
            return sorted(str(subject) for (subject,) in at.rows("SELECT subject FROM destroyed"))

    def secret(self, name: str) -> bytes:
        if name not in self._secrets:
            self._secrets[name] = self.key_for(ITSELF, name)
        return self._secrets[name]

    def renew(self, name: str) -> None:
        """Another secret in place of one that is asked for by `key_for(ITSELF, name)` each time."""
        with self._shelf.writing() as at:
            self.keep(at, ITSELF, name, os.urandom(_KEY_BYTES))
        self._shelf.sweep()

    def trouble(self) -> str:
        try:
            with self._shelf.reading() as at:
                at.rows("SELECT 1")
            self._kek.versions()
        except OutOfReach as away:
            return away.why
        return ""

    def wrapped_under(self) -> dict[int, int]:
        """How many keys are wrapped under each version of the key-encryption key that is kept."""
        with self._shelf.reading() as at:
            return dict.fromkeys(self._kek.versions(), 0) | _counted(at)

    def rotate(self, show: Callable[[int, int], None] = lambda _done, _total: None) -> int:
        """Wrap every key under a new version, and retire the older ones; gives the version.

        Safe to kill at any moment: where keys are left under an older version, it goes on with
        these, and begins no further one. Others read and make keys meanwhile.
        """
        with self._shelf.writing() as at:
            if len(self._kek.versions()) == 1:
                self._kek.rotate()
            current, before = self._kek.current, _counted(at)
        done, total = before.get(current, 0), sum(before.values())
        while moved := self._rewrap(current):
            done += moved
            show(min(done, total), total)
        self._shelf.sweep()
        with self._shelf.writing() as at:
            # Within a transaction, in which nobody else wraps.
            self._kek.retire(min([current, *_counted(at)]))
        return current

    def writing(self) -> AbstractContextManager[Statements]:
        """Nobody else makes, destroys or rotates while this lasts."""
        return self._shelf.writing()

    def sweep(self) -> None:
        """What was deleted is off the disk, or `KeyLingers`."""
        self._shelf.sweep()

    def keep(self, at: Statements, subject: str, class_of_data: str, key: bytes) -> None:
        """Take in a key, wrapped, within `writing`."""
        version, wrapped = self._kek.wrap(key, self._bound(subject, class_of_data))
        at.rows(
            "INSERT INTO wrapped VALUES (?, ?, ?, ?) ON CONFLICT (subject, class)"
            " DO UPDATE SET version = excluded.version, key = excluded.key",
            (subject, class_of_data, version, wrapped),
        )

    def every(self, at: Statements) -> Iterator[tuple[str, str, bytes]]:
        """Each subject, class and key, within `writing`; `CannotUnwrap` where one does not open."""
        after = ("", "")
        # A part at a time: a database ends a transaction in which nothing is asked for long.
        while rows := at.rows(_NEXT, (*after, _AT_ONCE)):
            for subject, of, version, key in rows:
                yield subject, of, self._kek.unwrap(version, bytes(key), self._bound(subject, of))
            after = rows[-1][:2]

    def close(self) -> None:
        self._kek.close()
        self._shelf.close()

    def _found(self, subject: str, classes: Collection[str]) -> dict[str, bytes]:
        rows = self._look(subject)
        while True:
            try:
                return self._unwrapped(subject, classes, rows)
            except NoKek:
                # Perhaps it was wrapped anew, and the version that was read is retired already.
                before, rows = rows, self._look(subject)
                if rows == before:
                    raise

    def _made(self, subject: str, classes: Collection[str]) -> dict[str, bytes]:
        with self._shelf.writing() as at:
            # Another process may have been first: read what stands. One transaction: a key must
            # not come to be beside the mark of its destruction, nor under a version that is being
            # retired.
            found = self._unwrapped(subject, classes, _rows(at, subject))
            for each in sorted(set(classes) - found.keys()):
                _refuse_destroyed(at, subject)
                found[each] = os.urandom(_KEY_BYTES)
                self.keep(at, subject, each, found[each])
        return found

    def _rewrap(self, current: int) -> int:
        rows = self._older(current)
        try:
            again = self._kek.rewrap(
                [(version, key, self._bound(subject, of)) for subject, of, version, key in rows]
            )
        except NoKek:
            if self._older(current) == rows:
                raise
            return len(rows)  # another process was first, and retired what these were under
        with self._shelf.writing() as at:
            # Only what still stands as it was read: somebody may have been forgotten since.
            at.many(
                "UPDATE wrapped SET version = ?, key = ?"
                " WHERE subject = ? AND class = ? AND version = ? AND key = ?",
                [(*new, *row) for new, row in zip(again, rows, strict=True)],
            )
        return len(rows)

    def _older(self, current: int) -> list[tuple[str, str, int, bytes]]:
        with self._shelf.reading() as at:
            rows = at.rows(
                "SELECT subject, class, version, key FROM wrapped WHERE version < ?"
                " ORDER BY subject, class LIMIT ?",
                (current, _AT_ONCE),
            )
        return [(subject, of, version, bytes(key)) for subject, of, version, key in rows]

    def _look(self, subject: str) -> dict[str, Wrapped]:
        with self._shelf.reading() as at:
            return _rows(at, subject)

    def _unwrapped(
        self, subject: str, classes: Collection[str], rows: Mapping[str, Wrapped]
    ) -> dict[str, bytes]:
        return {
            of: self._kek.unwrap(*rows[of], self._bound(subject, of))
            for of in set(classes) & rows.keys()
        }

    def _prove(self, at: Statements) -> None:
        """One key that every machine must be able to unwrap before it makes others."""
        rows = _rows(at, ITSELF)
        if PROOF not in rows:
            self.keep(at, ITSELF, PROOF, os.urandom(_KEY_BYTES))
            return
        try:
            self._unwrapped(ITSELF, (PROOF,), rows)
        except CannotUnwrap:
            why = "the key-encryption key is not the one that the keys there are wrapped under"
            raise NoKek(why) from None

    def _bound(self, subject: str, class_of_data: str) -> bytes:
        return canonical({"service": self._service, "subject": subject, "class": class_of_data})


def _rows(at: Statements, subject: str) -> dict[str, Wrapped]:
    found = at.rows("SELECT class, version, key FROM wrapped WHERE subject = ?", (subject,))
    return {of: (version, bytes(key)) for of, version, key in found}


def _counted(at: Statements) -> dict[int, int]:
    return dict(at.rows("SELECT version, COUNT(*) FROM wrapped GROUP BY version"))


def _refuse_destroyed(at: Statements, subject: str) -> None:
    if at.rows("SELECT 1 FROM destroyed WHERE subject = ?", (subject,)):
        raise DestroyedKey("The keys of this subject were destroyed.")
