"""`observatory` over HTTP, on both kinds of store."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.observatory.app import SERVICE, THRESHOLD, app
from shared.codes import Role
from shared.runtime.rebuild import rebuild
from tests.observatory.given import CODES, CONTRIBUTED, hear, hear_people
from tests.support.places import read_tables
from tests.support.web import Web, serve


@pytest.fixture
def web(kind: str, tmp_path: Path) -> Web:
    """The observatory with a threshold of three."""
    return serve(kind, SERVICE, partial(app, threshold=3), tmp_path)


def analyst(web: Web) -> str:
    return web.token("osservatorio", Role.ANALYST)


def counts(web: Web, asked: str = "") -> Any:
    answer = web.get(f"/counts{asked}", analyst(web))
    assert answer.status_code == 200, answer.text
    return answer.json()


def entries(web: Web) -> list[dict[str, Any]]:
    rows = web.store.rows("SELECT entry FROM audit WHERE stream = 'counts' ORDER BY idx")
    return [json.loads(row["entry"]) for row in rows]


def test_given_nobody_when_counts_are_read_then_the_table_is_empty(web: Web) -> None:
    assert counts(web) == {"by": [], "cells": []}
    assert counts(web, "?by=gender&by=quarter") == {"by": ["gender", "quarter"], "cells": []}


def test_given_people_when_counts_are_read_then_each_cell_has_its_dimensions_only(
    web: Web,
) -> None:
    hear_people(web.store, 0, 3)
    hear_people(web.store, 3, 4, gender="male", month="2025-12")
    assert counts(web) == {"by": [], "cells": [{"people": 7}]}
    by = ["quarter", "gender"]
    cells = [
        {"quarter": "2025-Q4", "gender": "male", "people": 4},
        {"quarter": "2026-Q1", "gender": "female", "people": 3},
    ]
    assert counts(web, "?by=quarter&by=gender") == {"by": by, "cells": cells}


def test_when_counts_are_read_by_every_dimension_then_each_is_told(web: Web) -> None:
    hear_people(web.store, 0, 3)
    codes = {name: code for name, code in CODES.items() if name != "month"}
    asked = "?" + "&".join(f"by={name}" for name in ("quarter", *codes))
    assert counts(web, asked)["cells"] == [{"quarter": "2026-Q1", **codes, "people": 3}]


def test_when_a_dimension_is_named_twice_then_it_counts_once(web: Web) -> None:
    hear_people(web.store, 0, 3)
    told = {"by": ["gender"], "cells": [{"gender": "female", "people": 3}]}
    assert counts(web, "?by=gender&by=gender") == told


def test_given_one_small_cell_when_its_table_is_asked_for_then_the_whole_of_it_is_refused(
    web: Web,
) -> None:
    hear_people(web.store, 0, 5)
    hear_people(web.store, 5, 2, gender="male")
    refused = web.get("/counts?by=gender", analyst(web))
    assert (refused.status_code, refused.json()["rule"]) == (403, "no-table-shows-a-small-cell")
    assert "people" not in refused.json()
    assert counts(web, "?by=area")["cells"] == [{"area": "IT-BO", "people": 7}]


def test_given_a_pseudonym_that_was_counted_when_it_is_heard_again_then_nothing_changes(
    web: Web,
) -> None:
    hear_people(web.store, 0, 3)
    hear(web.store, CONTRIBUTED, f"{0:032x}")
    assert counts(web)["cells"] == [{"people": 3}]


def test_the_threshold_is_ten_where_nothing_else_is_wired(kind: str, tmp_path: Path) -> None:
    web = serve(kind, SERVICE, app, tmp_path)
    hear_people(web.store, 0, THRESHOLD - 1)
    assert web.get("/counts", analyst(web)).status_code == 403
    hear_people(web.store, THRESHOLD - 1, 1)
    assert counts(web)["cells"] == [{"people": 10}]


@pytest.mark.parametrize("asked", ["?threshold=1&by=gender", "?gender=male", "?smallest=1"])
def test_when_a_threshold_or_a_filter_is_sent_then_it_has_no_effect(web: Web, asked: str) -> None:
    hear_people(web.store, 0, 1)
    hear_people(web.store, 1, 4, gender="male")
    answer = web.get(f"/counts{asked}", analyst(web))
    plain = "/counts?by=gender" if "by=" in asked else "/counts"
    assert answer.json() == web.get(plain, analyst(web)).json()


@pytest.mark.parametrize("name", ["month", "key", "people FROM facts; --", "Gender"])
def test_when_an_unknown_dimension_is_asked_for_then_it_is_refused_and_not_repeated(
    web: Web, name: str
) -> None:
    refused = web.client.get(
        "/counts", params={"by": name}, headers={"Authorization": f"Bearer {analyst(web)}"}
    )
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["field"] == "query.by.[]"
    assert f'"{name}"' not in refused.text
    assert f"'{name}'" not in refused.text


def test_when_somebody_else_asks_then_it_is_refused(web: Web) -> None:
    refused = web.get("/counts", web.token("comune-bologna", Role.CASE_MANAGER))
    assert refused.status_code == 403
    assert refused.json()["rule"] == "only-an-analyst-or-the-coordinator-reads-counts"
    assert web.get("/counts", web.token("regione", Role.COORDINATOR)).status_code == 200


def test_when_counts_are_read_or_refused_then_both_are_kept(web: Web) -> None:
    hear_people(web.store, 0, 1)
    web.get("/counts?by=gender&by=area", analyst(web))
    web.get("/counts", web.token("comune-bologna", Role.CASE_MANAGER))
    hear_people(web.store, 1, 2)
    counts(web, "?by=area")
    kept = [
        (entry["kind"], entry["org"], entry.get("rule", entry.get("what")))
        for entry in entries(web)
    ]
    assert kept == [
        ("refusal", "osservatorio", "no-table-shows-a-small-cell"),
        ("refusal", "comune-bologna", "only-an-analyst-or-the-coordinator-reads-counts"),
        ("read", "osservatorio", "the counts by area"),
    ]
    assert entries(web)[0]["command"] == "the counts by gender, area"


def test_no_trace_of_a_case_is_offered(web: Web) -> None:
    addresses = web.client.get("/openapi.json").json()["paths"]
    assert "/counts" in addresses
    assert not [address for address in addresses if "case" in address or "trace" in address]


def test_when_the_read_table_is_made_again_then_it_is_the_same(web: Web) -> None:
    hear_people(web.store, 0, 3)
    live = read_tables(web.store)
    rebuild(web.store, lambda _done, _total: None)
    assert read_tables(web.store) == live
