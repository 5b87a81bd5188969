"""The table by which duplicates are found: no name in it, made again, gone with an erasure."""

import uuid

from services.identification.cases.commands import RequestErasure
from services.identification.duplicates.blinding import SECRET
from shared.codes import ErasureGround
from shared.runtime.rebuild import rebuild
from shared.runtime.timers import fire_due
from shared.trust.key_store import KeyStore
from tests.identification.desk import Desk, body
from tests.identification.given import LINK
from tests.identification.twins import NUMBER, WRITTEN, at, judged, sought
from tests.support.places import everything, read_tables


def test_the_index_holds_no_name_and_no_number_and_is_made_again_the_same(desk: Desk) -> None:
    at(desk, "hotline", **WRITTEN, reach=NUMBER)
    desk.report(callback=f"{NUMBER} or +39 051 2193111")
    store = desk.web.store
    live = read_tables(store)
    kinds = sorted(row["kind"] for row in live["likenesses"])
    assert kinds == ["name", "spelling", "telephone", "telephone", "telephone"]
    for told in ("arta", "hoxha", "2001", "333", "2193"):
        blind = [{**row, "key": "", "stream": "", "blind": ""} for row in live["likenesses"]]
        assert told not in repr(blind).lower()
    rebuild(store, lambda _done, _total: None)
    assert read_tables(store) == live


def test_rows_of_an_earlier_version_do_no_harm_and_are_made_again(desk: Desk) -> None:
    case, twin = at(desk, "hotline", **WRITTEN), at(desk, "hotline", **WRITTEN, reach=NUMBER)
    store = desk.web.store
    live = read_tables(store)
    with store.transaction(commit=True) as run:
        run("DELETE FROM likenesses WHERE kind = 'spelling'")
        run("UPDATE likenesses SET kind = 'name-and-year', blind = 'abcdef' WHERE kind = 'name'")
    asked = desk.web.post(f"/cases/{case}/duplicates", {}, desk.by())
    assert asked.json()["rule"] == "a-search-rests-on-what-is-recorded"
    assert sought(desk, twin) == []
    rebuild(store, lambda _done, _total: None)
    assert read_tables(store)["likenesses"] == live["likenesses"]
    assert [one["case"] for one in sought(desk, case)] == [twin]


def test_another_key_makes_other_values_that_find_the_same(desk: Desk) -> None:
    case, twin = at(desk, "hotline", **WRITTEN), at(desk, "hotline", **WRITTEN)
    store = desk.web.store
    before = {row["blind"] for row in store.rows("SELECT blind FROM likenesses")}
    assert isinstance(store.keys, KeyStore)
    store.keys.renew(SECRET)
    rebuild(store, lambda _done, _total: None)
    assert {row["blind"] for row in store.rows("SELECT blind FROM likenesses")} != before
    assert [one["case"] for one in sought(desk, case)] == [twin]


def test_whoever_is_erased_is_like_nobody_any_more_and_stays_so(desk: Desk) -> None:
    case, twin = at(desk, "hotline", **WRITTEN), at(desk, "hotline", **WRITTEN)
    desk.done(twin, LINK, contact=desk.report(callback=NUMBER))
    (one,) = sought(desk, case)
    judged(desk, case, one["candidate"], "same")
    store, erase = desk.web.store, RequestErasure(ground=ErasureGround.CONSENT_WITHDRAWN)
    asked = desk.web.post(f"/cases/{twin}/erasure", body(erase), desk.by())
    assert asked.status_code == 200, asked.text
    assert fire_due(store, desk.web.clock(), lambda: uuid.uuid4().hex) == 1
    for _time in range(2):
        assert {row["stream"] for row in store.rows("SELECT * FROM likenesses")} == {case}
        assert sought(desk, case) == []
        rebuild(store, lambda _done, _total: None)
    of_the_case = [row for row in everything(store)["stored_events"] if case in repr(row)]
    named = [row for row in of_the_case if twin in repr(row)]
    assert named == [], "no fact of one person says who the other was"
