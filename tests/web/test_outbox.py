"""A service's outbox over HTTP, and who may read it: as the broker's ACLs would have it."""

import json
from collections.abc import Iterator

import pytest

from services.identification.app import SERVICE, app
from shared.codes import Role
from shared.contracts.envelope import LANES, STATISTICS, events_topic
from shared.web.door import SERVICE_ROLE
from shared.web.outbox import LAST
from tests.support.stores import STORES
from tests.support.web import Web, serve
from tests.web.asking import UNREADABLE, fields, opened, problem

TOPIC = events_topic("identification")
RULE = "a-service-reads-what-it-hears"


@pytest.fixture(scope="module", params=STORES)
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """`identification` with one open case, on each kind of store. Nothing here changes it."""
    served = serve(str(request.param), SERVICE, app, tmp_path_factory.mktemp("outbox"))
    opened(served)
    yield served
    served.store.close()


def service(web: Web, name: str) -> str:
    return web.token("network", SERVICE_ROLE, operator=name)


@pytest.mark.parametrize(("reader", "topic"), [("referral", TOPIC), ("observatory", STATISTICS)])
def test_a_service_that_hears_a_topic_reads_it(web: Web, reader: str, topic: str) -> None:
    token = service(web, reader)
    heads = web.get(f"/outbox/{topic}", token).json()
    assert [head["lane"] for head in heads] == list(range(LANES))
    (lane,) = [head["lane"] for head in heads if head["last"] == 1]
    (row,) = web.get(f"/outbox/{topic}/{lane}", token).json()
    assert (row["sender"], row["topic"], row["number"]) == ("identification", topic, 1)
    assert web.get(f"/outbox/{topic}/{lane}?after=1", token).json() == []
    assert web.get(f"/outbox/{topic}/{lane}?after={LAST}", token).json() == []


@pytest.mark.parametrize(
    ("reader", "topic"),
    [
        ("observatory", TOPIC),
        ("observatory", events_topic("referral")),
        ("referral", STATISTICS),
        ("assistance", STATISTICS),
        ("a-service-of-nobody", TOPIC),
        ("a-service-of-nobody", STATISTICS),
    ],
)
@pytest.mark.parametrize("lane", ["", "/0"])
def test_a_service_that_does_not_hear_a_topic_is_refused(
    web: Web, reader: str, topic: str, lane: str
) -> None:
    answer = web.get(f"/outbox/{topic}{lane}", service(web, reader))
    problem(answer, 403, RULE)
    kept = web.store.rows("SELECT entry FROM audit WHERE entry IS NOT NULL")
    told = json.loads(kept[-1]["entry"])
    assert (told["kind"], told["rule"], told["by"]) == ("refusal", RULE, reader)


@pytest.mark.parametrize("operator", ["op-1", "referral"])
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR, Role.ANALYST, Role.CASE_MANAGER])
def test_no_operator_reads_an_outbox_not_even_under_a_services_name(
    web: Web, role: Role, operator: str
) -> None:
    token = web.token("regione", role, operator=operator)
    for topic in (TOPIC, STATISTICS):
        problem(web.get(f"/outbox/{topic}", token), 403, RULE)
        problem(web.get(f"/outbox/{topic}/0", token), 403, RULE)


def test_an_outbox_needs_a_token(web: Web) -> None:
    for address in (f"/outbox/{TOPIC}", f"/outbox/{TOPIC}/0"):
        problem(web.client.get(address), 401, "who-acts-is-known")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("0?after=-1", "query.after"),
        (f"0?after={LAST + 1}", "query.after"),
        (f"0?after={'9' * 40}", "query.after"),
        ("0?after=x", "query.after"),
        ("0?limit=0", "query.limit"),
        ("0?limit=1001", "query.limit"),
        ("-1", "path.lane"),
        ("1000001", "path.lane"),
        ("x", "path.lane"),
    ],
)
def test_what_no_store_can_count_is_refused(web: Web, asked: str, field: str) -> None:
    answer = web.get(f"/outbox/{TOPIC}/{asked}", service(web, "referral"))
    assert fields(problem(answer, 422, UNREADABLE)) == [field]


@pytest.mark.parametrize("topic", ["x%00", "Blessing", "%C3%A9", "x" * 101, "x%0A"])
def test_a_topic_has_the_name_of_a_topic(web: Web, topic: str) -> None:
    for lane in ("", "/0"):
        answer = web.get(f"/outbox/{topic}{lane}", service(web, "referral"))
        assert fields(problem(answer, 422, UNREADABLE)) == ["path.topic"]


def test_a_topic_that_is_not_written_here_is_empty(web: Web) -> None:
    elsewhere = events_topic("assistance")
    assert web.get(f"/outbox/{elsewhere}", service(web, "referral")).json() == []
    assert web.get(f"/outbox/{elsewhere}/0", service(web, "referral")).json() == []
