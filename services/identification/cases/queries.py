"""Every read of cases; the only place where a sealed field is opened."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from services.identification.cases.events import (
    CaseOpened,
    ContactAdded,
    DossierDisclosed,
    IdentityRecorded,
)
from services.identification.contacts.events import ContactReported
from shared.codes import DataCategory
from shared.runtime.facts import Recorded
from shared.runtime.reading import rows_after
from shared.runtime.store import Row, Store
from shared.trust.protected import Place, open_field


def cases(store: Store, custodian: str | None, after: str, limit: int) -> list[Row]:
    """Cases in order of their id; of one custodian, or of all (None)."""
    return rows_after(store, "cases", after, limit, custodian=custodian)


def case(store: Store, key: str) -> Row | None:
    found = store.rows("SELECT * FROM cases WHERE key = ?", (key,))
    return found[0] if found else None


def consents(store: Store, case_id: str) -> list[Row]:
    return store.rows("SELECT * FROM consents WHERE case_id = ? ORDER BY given_at", (case_id,))


def withdrawals(store: Store, organisation: str | None, after: str, limit: int) -> list[Row]:
    """Up to `limit + 1` ends of consents that are not acknowledged yet, in order of their key; of
    one organisation, or of all (None)."""
    whose, given = ("", ()) if organisation is None else ("organisation = ? AND ", (organisation,))
    return store.rows(
        f"SELECT * FROM withdrawals WHERE {whose}acknowledged_at IS NULL AND key > ?"  # noqa: S608  # words of ours
        " ORDER BY key LIMIT ?",
        (*given, after, limit + 1),
    )


def history(store: Store, stream: str) -> Sequence[Recorded]:
    """Every fact of one stream, in order."""
    return [store.service.names.recorded(stored) for stored in store.events(stream)]


def disclosed_at(store: Store, case_id: str, version: int) -> tuple[DataCategory, ...]:
    """The categories that the disclosure at this version of the case allowed."""
    for recorded in history(store, case_id):
        if recorded.version == version and isinstance(recorded.event, DossierDisclosed):
            return recorded.event.categories
    raise LookupError("no disclosure was recorded at this version")


def dossier(
    store: Store, case_id: str, categories: Iterable[DataCategory], up_to: int
) -> dict[DataCategory, list[Any]]:
    """The clear texts of the allowed categories, as the case stood at version `up_to`.

    Call it for a recorded disclosure only. A missing key is an error, never an empty dossier.
    """
    wanted = set(categories)
    found: dict[DataCategory, list[Any]] = {category: [] for category in sorted(wanted)}
    for recorded in _facts(store, case_id, up_to):
        for category, field in _protected_in(recorded):
            if category in wanted:
                place = Place(
                    store.service.name,
                    recorded.stream,
                    recorded.version,
                    recorded.event.stored_name,
                )
                text = open_field(recorded.event, field, place, store.keys)
                found[category].append(json.loads(text) if field == "identity" else text)
    return found


def erasure(store: Store, case_id: str) -> Row | None:
    found = store.rows("SELECT * FROM erasures WHERE key = ?", (case_id,))
    return found[0] if found else None


def attestations(store: Store, case_id: str) -> list[Row]:
    return store.rows("SELECT * FROM attestations WHERE case_id = ? ORDER BY service", (case_id,))


def linked(store: Store, case_id: str) -> list[str]:
    """The contacts of a case, by its own facts: no list says it any more once it is erased."""
    return _linked(history(store, case_id))


def _linked(own: Iterable[Recorded]) -> list[str]:
    return [
        recorded.event.contact
        for recorded in own
        if isinstance(recorded.event, CaseOpened | ContactAdded)
    ]


def _facts(store: Store, case_id: str, up_to: int) -> list[Recorded]:
    own = [recorded for recorded in history(store, case_id) if recorded.version <= up_to]
    return [fact for contact in _linked(own) for fact in history(store, contact)] + own


def _protected_in(recorded: Recorded) -> list[tuple[DataCategory, str]]:
    match recorded.event:
        case ContactReported() as told:
            given = [(DataCategory.NARRATIVE, "narrative"), (DataCategory.CONTACT, "callback")]
        case IdentityRecorded() as told:
            given = [(DataCategory.IDENTITY, "identity"), (DataCategory.CONTACT, "reach")]
        case _:
            return []
    return [(category, field) for category, field in given if getattr(told, field) is not None]
