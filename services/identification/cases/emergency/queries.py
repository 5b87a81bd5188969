"""Every read of emergencies."""

from collections.abc import Iterable, Sequence

from services.identification.cases import queries as cases
from services.identification.cases.emergency.events import EmergencyLooked, EmergencyOpened
from services.identification.cases.emergency.fields import EmergencyField
from shared.codes import DataCategory
from shared.runtime.facts import Recorded
from shared.runtime.reading import rows_after
from shared.runtime.store import Row, Store
from shared.trust.protected import Place, open_field

_NEEDS = {
    EmergencyField.NAME: DataCategory.IDENTITY,
    EmergencyField.BIRTH_DATE: DataCategory.IDENTITY,
    EmergencyField.REACH: DataCategory.CONTACT,
}


def emergencies(store: Store, organisation: str | None, after: str, limit: int) -> list[Row]:
    """In order of their id; those opened for one organisation, or all (None)."""
    return rows_after(store, "emergencies", after, limit, organisation=organisation)


def emergency(store: Store, case: str, key: str) -> Row | None:
    found = store.rows("SELECT * FROM emergencies WHERE key = ? AND case_id = ?", (key, case))
    return found[0] if found else None


def shown(
    store: Store, case: str, fields: Iterable[EmergencyField], up_to: int
) -> dict[EmergencyField, list[str]]:
    """The clear texts of these fields as the case stood at version `up_to`, in order of recording.

    Call it for a recorded look only. A missing key is an error, never an empty answer.
    """
    wanted = sorted(set(fields))
    told = cases.dossier(store, case, {_NEEDS[field] for field in wanted}, up_to)
    return {field: _texts(field, told[_NEEDS[field]]) for field in wanted}


def _texts(field: EmergencyField, told: Sequence[str | dict[str, str]]) -> list[str]:
    return [
        each if isinstance(each, str) else each[field]
        for each in told
        if isinstance(each, str) or field in each
    ]


def looks(store: Store, case: str, emergency: str) -> list[tuple[Recorded, EmergencyLooked]]:
    """Every look of one emergency, the first first."""
    return [
        (recorded, recorded.event)
        for recorded in cases.history(store, case)
        if isinstance(recorded.event, EmergencyLooked) and recorded.event.emergency == emergency
    ]


def reason(store: Store, case: str, emergency: str) -> str:
    """The clear text of why it was opened. Call it for a recorded read only."""
    for recorded in cases.history(store, case):
        opened = recorded.event
        if isinstance(opened, EmergencyOpened) and opened.emergency == emergency:
            place = Place(store.service.name, case, recorded.version, recorded.stored_as)
            return open_field(opened, "reason", place, store.keys)
    raise LookupError("no such emergency was opened")


def of_case(store: Store, case: str) -> list[Row]:
    """Every emergency of a case, the first first."""
    return store.rows(
        "SELECT * FROM emergencies WHERE case_id = ? ORDER BY opened_at, key", (case,)
    )
