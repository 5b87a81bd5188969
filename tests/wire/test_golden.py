"""What was stored or published once is read for ever: names stay, old forms read, today's is kept.

Where a test here says that something is not committed: `python -m tests.golden` writes it.
"""

import json
from pathlib import Path

import pytest
from eventsourcing.persistence import StoredEvent
from pydantic import ValidationError

from shared.runtime.store import Service
from tests.golden.forms import (
    HERE,
    Form,
    add_names,
    committed,
    contracts,
    has_only_grown,
    names_listed,
    public_today,
    stored_today,
    write_missing,
)
from tests.support.services import SERVICES

LISTED = names_listed(HERE / "stored_names.json")
EVENTS, PUBLIC = committed(HERE / "events"), committed(HERE / "public")
STORED_TODAY, PUBLIC_TODAY = stored_today(SERVICES), public_today()
EVERY_STORED = [(name, form) for name, forms in sorted(EVENTS.items()) for form in forms]
EVERY_PUBLIC = [(kind, form) for kind, forms in sorted(PUBLIC.items()) for form in forms]


# What each service says of its own keys: the same words, in the same form, in each.
IN_EACH = {"erasure.keys-destroyed.v1"}


def keeper(name: str) -> Service:
    """The service that reads this stored name; of one that several have, the first."""
    service, *others = (
        service
        for service in SERVICES
        if name in service.names.facts or name in service.names.upcasters
    )
    assert not others or name in IN_EACH
    return service


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_name_that_was_ever_stored_is_still_read(service: Service) -> None:
    read = {*service.names.facts, *service.names.upcasters}
    assert set(LISTED[service.name]) - read == set(), "stores hold events of these names"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_name_that_is_stored_today_is_listed(service: Service) -> None:
    assert set(service.names.facts) - set(LISTED[service.name]) == set(), "not committed"


def test_no_name_is_used_by_two_services() -> None:
    names = [name for service in SERVICES for name in service.names.facts]
    assert {name for name in names if names.count(name) > 1} == IN_EACH


@pytest.mark.parametrize("name", sorted(IN_EACH))
def test_a_name_that_several_services_have_has_one_form(name: str) -> None:
    having = [service for service in SERVICES if name in service.names.facts]
    assert len(having) > 1
    assert [stored_today([service])[name] for service in having] == [EVENTS[name][-1]] * len(having)


def test_every_listed_name_has_its_form_and_every_form_its_name() -> None:
    listed = {name for names in LISTED.values() for name in names}
    assert set(EVENTS) == listed


@pytest.mark.parametrize(("name", "form"), EVERY_STORED)
def test_each_committed_stored_form_still_reads(name: str, form: Form) -> None:
    service = keeper(name)
    stored = StoredEvent("stream", 1, name, json.dumps(form).encode())
    recorded = service.names.recorded(stored)
    assert (recorded.operator, recorded.organisation) == (form["by"], form["org"])
    assert recorded.event.stored_name in service.names.facts
    if name in service.names.facts:
        again = json.loads(service.names.store(recorded).state)
        assert has_only_grown(form, again), "a field was lost, or means something else now"


@pytest.mark.parametrize("name", sorted(STORED_TODAY))
def test_todays_stored_form_is_the_committed_one(name: str) -> None:
    assert EVENTS[name][-1] == STORED_TODAY[name], "a new form needs a new version of the name"


@pytest.mark.parametrize(("kind", "form"), EVERY_PUBLIC)
def test_each_committed_public_form_still_reads(kind: str, form: Form) -> None:
    told = contracts()[kind].model_validate_json(json.dumps(form))
    assert has_only_grown(form, told.model_dump(mode="json"))


@pytest.mark.parametrize("kind", sorted(PUBLIC_TODAY))
def test_todays_public_form_is_the_committed_one(kind: str) -> None:
    assert PUBLIC[kind][-1] == PUBLIC_TODAY[kind], "a new form needs a new version of the type"


def test_a_stored_event_with_a_field_too_many_does_not_read() -> None:
    """The forms above read because they fit, not because anything does."""
    for name, form in EVERY_STORED:
        if name not in keeper(name).names.facts:
            continue
        more = {**form, "data": {**form["data"], "invented": "x"}}
        stored = StoredEvent("stream", 1, name, json.dumps(more).encode())
        with pytest.raises(ValidationError):
            keeper(name).names.recorded(stored)


def test_the_helper_writes_what_is_new_and_changes_nothing_that_is_there(tmp_path: Path) -> None:
    first: dict[str, Form] = {"a.met.v1": {"data": {"x": 1}}}
    assert [path.name for path in write_missing(tmp_path, first)] == ["a.met.v1.json"]
    assert list(write_missing(tmp_path, first)) == []
    grown: dict[str, Form] = {"a.met.v1": {"data": {"x": 1, "y": None}}, "a.left.v1": {"data": {}}}
    assert sorted(path.name for path in write_missing(tmp_path, grown)) == [
        "a.left.v1.json",
        "a.met.v1.2.json",
    ]
    assert committed(tmp_path)["a.met.v1"] == [first["a.met.v1"], grown["a.met.v1"]]


@pytest.mark.parametrize("broken", [{"data": {}}, {"data": {"x": 2}}, {"data": {"y": 1}}])
def test_the_helper_writes_no_form_that_took_something_away(tmp_path: Path, broken: Form) -> None:
    list(write_missing(tmp_path, {"a.met.v1": {"data": {"x": 1}}}))
    assert list(write_missing(tmp_path, {"a.met.v1": broken})) == []
    assert committed(tmp_path)["a.met.v1"] == [{"data": {"x": 1}}]


def test_the_helper_adds_names_and_takes_none_out(tmp_path: Path) -> None:
    path = tmp_path / "stored_names.json"
    path.write_text(json.dumps({SERVICES[0].name: ["old.name.v1"], "gone": ["x.v1"]}))
    assert set(add_names(path, SERVICES[:1])) == set(SERVICES[0].names.facts)
    listed = names_listed(path)
    assert set(listed[SERVICES[0].name]) == {"old.name.v1", *SERVICES[0].names.facts}
    assert listed["gone"] == ["x.v1"]
    assert add_names(path, SERVICES[:1]) == []
