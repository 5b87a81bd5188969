"""After an erasure nothing of the person is left in the clear, and nothing opens."""

from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest

from services.identification.cases.commands import DetermineStatus
from services.identification.cases.events import ErasureAttested, KeysDestroyed
from services.identification.trace import trace_of
from shared.codes import StatusDetermination
from shared.runtime.facts import Refused
from shared.runtime.rebuild import rebuild
from shared.runtime.store import Store
from shared.trust.keys import DestroyedKey, Keys, UnknownKey
from shared.trust.protected import CannotOpen, Place, open_field
from shared.trust.pseudonyms import ROOT, pseudonym
from staffetta.audit.checks import Terms
from staffetta.audit.exporting import export
from staffetta.audit.verifying import verify
from tests.audit.exported import AT, unseen
from tests.erasure.person import (
    CANARIES,
    ask,
    by_its_manager,
    facts,
    helped,
    left,
    names,
    sealed,
    state,
    streams,
)
from tests.erasure.places import NAMES, FourStores, over
from tests.support.places import everything, read_tables

DETERMINE = DetermineStatus(status=StatusDetermination.PRESUMED)


class Borrowed:
    """Another subject's keys, for whoever asks."""

    def __init__(self, keys: Keys, subject: str) -> None:
        self._keys, self._subject = keys, subject

    def known_key(self, _subject: str, class_of_data: str) -> bytes:
        return self._keys.known_key(self._subject, class_of_data)


def opened(store: Store, recorded: object, field: str, keys: object = None) -> str:
    place = Place(
        store.service.name,
        recorded.stream,  # type: ignore[attr-defined]  # a Recorded
        recorded.version,  # type: ignore[attr-defined]  # the same
        recorded.event.stored_name,  # type: ignore[attr-defined]  # the same
    )
    return open_field(recorded.event, field, place, keys or store.keys)  # type: ignore[attr-defined, arg-type]  # the same; borrowed keys


def test_nothing_of_the_person_is_left_or_opens_and_another_stays_readable(
    place: FourStores, tmp_path: Path
) -> None:
    with place.opened() as installation:
        case, another = helped(installation), helped(installation)
        told = [opened(*each) for each in sealed(installation, case)]
        assert all(any(canary in text for text in told) for canary in CANARIES.values())
        ask(installation, case)
        over(installation)
        assert left(installation, case) == {}
        assert left(installation, another) != {}
        for store, recorded, field in sealed(installation, case):
            with pytest.raises(DestroyedKey):
                opened(store, recorded, field)
            for other in streams(installation, another)[store.service.name]:
                with suppress(UnknownKey), pytest.raises(CannotOpen):
                    opened(store, recorded, field, Borrowed(store.keys, other))
        assert [opened(*each) for each in sealed(installation, another)] == told
        stores = {name: repr(everything(installation.stores[name])) for name in NAMES}
    _vacuumed(place)
    place.save(tmp_path / "afterwards")
    for canary in CANARIES.values():
        assert not [name for name, rows in stores.items() if canary in rows]
        assert not [file for file in _files(tmp_path) if canary.encode() in file.read_bytes()]


def _vacuumed(place: FourStores) -> None:
    for database in place.databases.values():
        with closing(psycopg.connect(**vars(database), autocommit=True)) as connection:
            connection.execute("VACUUM FULL")


def _files(directory: Path) -> list[Path]:
    return [file for file in directory.rglob("*") if file.is_file()]


def test_it_is_attested_by_each_service_told_in_the_trace_and_completed_once(
    place: FourStores,
) -> None:
    with place.opened() as installation:
        case = helped(installation)
        ask(installation, case)
        ask(installation, case)  # said twice, true once
        over(installation)
        found = [each.event for each in facts(installation.stores["identification"], case)]
        attested = {each.service: each.keys for each in found if isinstance(each, ErasureAttested)}
        # narrative of two contacts and the second's callback, identity and reach; goals and note
        assert attested == {"identification": 5, "referral": 0, "assistance": 2}
        assert names(installation, "identification", case).count("case.erasure-completed.v1") == 1
        assert state(installation, case).completed
        words = [line.what for line in trace_of(installation.stores["identification"], case)]
        assert "erasure completed: every service has attested" in words
        assert "erasure attested by assistance: 2 keys destroyed" in words
        for service in ("referral", "assistance"):
            assert names(installation, service, case)[-1] == KeysDestroyed.stored_name
        offers = installation.stores["referral"].rows("SELECT free FROM offers")
        assert [row["free"] for row in offers] == [2], "the place is free again"


def test_an_erased_case_takes_nothing_more(place: FourStores) -> None:
    with place.opened() as installation:
        case = helped(installation)
        ask(installation, case)
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                by_its_manager(installation, case, DETERMINE)
            assert refused.value.rule == "what-was-erased-stays-erased"
            over(installation)


def test_lists_that_are_made_again_stay_clean(place: FourStores) -> None:
    with place.opened() as installation:
        case, _another = helped(installation), helped(installation)
        ask(installation, case)
        over(installation)
        for name in NAMES:
            store = installation.stores[name]
            live = read_tables(store)
            rebuild(store, lambda _done, _total: None)
            assert read_tables(store) == live
        assert left(installation, case) == {}


def test_the_proofs_still_verify(place: FourStores, tmp_path: Path) -> None:
    with place.opened() as installation:
        case = helped(installation)
        ask(installation, case)
        over(installation)
        stores = {name: installation.stores[name] for name in NAMES}
        export(stores, tmp_path / "export", lambda: AT, lambda _name: unseen)
    checks = list(verify(tmp_path / "export", Terms(None, 0, ()), unseen))
    assert [check for check in checks if check.faults] == []


def test_the_fact_stays_and_nobody_can_tell_whose_it_was(place: FourStores) -> None:
    with place.opened() as installation:
        case = helped(installation)
        over(installation)
        keys = installation.stores["identification"].keys
        counted = installation.stores["observatory"].rows("SELECT key FROM facts")
        root = keys.known_key(case, ROOT).hex()
        assert [row["key"] for row in counted] == [
            f"fact-{pseudonym(keys.secret('observatory'), root)}"
        ]
        ask(installation, case)
        over(installation)
        with pytest.raises(DestroyedKey):
            keys.known_key(case, ROOT)
        assert installation.stores["observatory"].rows("SELECT key FROM facts") == counted
        assert f"fact-{pseudonym(keys.secret('observatory'), case)}" != counted[0]["key"]
