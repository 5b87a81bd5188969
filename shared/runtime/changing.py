"""What a fact changes in the read tables, today and whenever they are made again."""

from shared.runtime.facts import Change, Recorded
from shared.runtime.forgetting import wiped
from shared.runtime.store import Store


def changes_of(store: Store, recorded: Recorded) -> list[Change]:
    """First what goes, then what is told in codes, then what sealed fields are found by."""
    service = store.service
    gone = [
        change for forget in service.forgets(recorded) for change in wiped(service.tables, forget)
    ]
    return [*gone, *service.project(recorded), *service.found_by(recorded, store.keys)]
