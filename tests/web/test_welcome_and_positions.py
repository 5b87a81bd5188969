"""The page at the root, and how far a service has come."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from shared.codes import Role
from shared.contracts.envelope import LANES, STATISTICS, events_topic
from shared.runtime.work import lane_of
from shared.web.welcome import welcome
from staffetta.four import FOUR
from staffetta.installation import Installation, open_installation
from staffetta.serving import together
from tests.support.web import Web
from tests.web.asking import opened, problem


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return open_installation(tmp_path)


def test_the_page_at_the_root_lists_the_four_services(installation: Installation) -> None:
    client = TestClient(together(installation))
    page = client.get("/")
    assert page.headers["Content-Type"].startswith("text/html")
    assert re.findall(r"<dt>(.*?)</dt>", page.text) == [part.name for part in FOUR]
    for part in FOUR:
        assert part.service.about in page.text
        assert f'href="/{part.name}/openapi.json"' in page.text
        document = client.get(f"/{part.name}/openapi.json").json()
        assert document["info"]["title"] == f"Staffetta: {part.name}"
    installation.close()


def test_the_page_needs_nothing_of_a_strangers_server(installation: Installation) -> None:
    page = TestClient(together(installation)).get("/").text
    assert not re.search(r"<script|(src|href)=\"(https?:)?//|@import|url\(", page)
    installation.close()


def test_what_the_page_lists_is_text_and_never_markup() -> None:
    page = Starlette(routes=[Route("/", welcome({"<b>x</b>": "<script>y</script>"}))])
    shown = TestClient(page).get("/").text
    assert "<b>" not in shown
    assert "<script>" not in shown
    assert "&lt;b&gt;x" in shown


def test_positions_need_a_token(web: Web) -> None:
    problem(web.client.get("/positions"), 401, "who-acts-is-known")


def test_positions_are_not_for_whoever_has_no_role_here(web: Web) -> None:
    rule = "whoever-works-with-a-service-sees-how-far-it-is"
    problem(web.get("/positions", web.token("hotline")), 403, rule)
    problem(web.get("/positions", web.token("regione", Role.ANALYST)), 403, rule)


def test_positions_tell_how_far_each_lane_was_written(web: Web) -> None:
    token, topic = web.token("hotline", Role.HOTLINE_OPERATOR), events_topic("identification")
    before = web.get("/positions", token).json()
    lanes = {(line["topic"], line["lane"]): line["last"] for line in before["written"]}
    places = [(name, lane) for name in (topic, STATISTICS) for lane in range(LANES)]
    assert lanes == dict.fromkeys(places, 0)
    cases = [opened(web) for _ in range(3)]
    after = web.get("/positions", token).json()
    for line in after["written"]:
        if line["topic"] == topic:
            lane = [case for case in cases if lane_of(case, LANES) == line["lane"]]
            assert line["last"] == len(lane)
    assert sum(line["last"] for line in after["written"]) == 6
    assert after["applied"] == []
