"""A person's own view of what was noted in their programmes: decided, and over HTTP."""

from dataclasses import replace
from datetime import timedelta

import pytest
from httpx2 import Response

from services.assistance.decide import PROGRAMMES
from services.assistance.notes.commands import ShowOwnView
from services.assistance.notes.events import OwnViewShown
from shared.codes import Role
from shared.trust.step_up import Proof
from tests.assistance.given import CASE, ERASED, NOTED_NOTHING, OPENED, REFERRAL
from tests.support.decisions import FRESH, NOW, acting, refusal, when
from tests.support.web import Web

SHOW = ShowOwnView()
SHOWN = OwnViewShown(view=FRESH, proof=Proof(at=NOW, factors=("otp",)))
COORDINATOR = replace(
    acting("regione", Role.COORDINATOR), authenticated_at=NOW, factors=frozenset({"otp"})
)
PROOF = "what-is-held-is-opened-on-fresh-proof"


def test_given_a_programme_when_the_coordinator_prints_it_then_it_is_recorded() -> None:
    assert when(PROGRAMMES, [OPENED], SHOW, COORDINATOR) == [SHOWN]
    assert when(PROGRAMMES, [OPENED, SHOWN], SHOW, COORDINATOR) == [SHOWN]


@pytest.mark.parametrize(
    ("roles", "rule"),
    [
        ((Role.CASE_MANAGER, Role.AUDITOR), "the-coordinator-prints-what-is-held"),
        (
            (Role.COORDINATOR, Role.POLICE_OFFICER),
            "police-and-courts-never-see-the-care-record",
        ),
    ],
)
def test_given_a_programme_when_anybody_else_prints_it_then_it_is_refused(
    roles: tuple[Role, ...], rule: str
) -> None:
    assert refusal(PROGRAMMES, [OPENED], SHOW, replace(COORDINATOR, roles=frozenset(roles))) == rule


def test_when_who_prints_it_has_not_proved_anew_who_they_are_then_it_is_refused() -> None:
    for by in (
        replace(COORDINATOR, factors=frozenset({"pwd"})),
        replace(COORDINATOR, authenticated_at=NOW - timedelta(minutes=6)),
    ):
        assert refusal(PROGRAMMES, [OPENED], SHOW, by) == PROOF


def test_given_no_programme_or_an_erasure_when_it_is_printed_then_it_is_refused() -> None:
    rule = "notes-are-of-a-programme"
    assert refusal(PROGRAMMES, [], SHOW, COORDINATOR) == rule
    assert refusal(PROGRAMMES, [NOTED_NOTHING], SHOW, COORDINATOR) == rule
    gone = "what-was-erased-stays-erased"
    assert refusal(PROGRAMMES, [OPENED, ERASED], SHOW, COORDINATOR) == gone


def noted(web: Web) -> None:
    """A plan, a service of each kind, and a closure, each with a note."""
    by = web.token("casa-aperta", Role.PROVIDER_INTAKE)
    path = f"/cases/{CASE}/programmes/{REFERRAL}"
    services = ["social", "medical"]
    day = web.clock().date().isoformat()
    plan: dict[str, object] = {"services": services, "review_on": day, "goals": "to learn to bake"}
    told: list[tuple[str, dict[str, object]]] = [("plan", plan)]
    told += [
        ("services", {"service": service, "delivered_on": day, "note": f"about {service}"})
        for service in services
    ]
    told += [("closure", {"closure": "completed-as-planned", "note": "she left well"})]
    for each, body in told:
        answer = web.post(f"{path}/{each}", body, by)
        assert answer.status_code in (200, 201), answer.text


def printed(web: Web, key: str | None = None, factors: tuple[str, ...] = ("otp",)) -> Response:
    by = web.token("regione", Role.COORDINATOR, operator="op-9", factors=factors)
    return web.post(f"/cases/{CASE}/own-view", {}, by, key=key)


def test_everything_that_was_noted_is_shown_with_who_wrote_it(web: Web) -> None:
    noted(web)
    answer = printed(web)
    assert answer.status_code == 201, answer.text
    view = answer.json()
    told = [(note["about"], note["category"], note["text"]) for note in view["held"]]
    assert told == [
        ("plan", "narrative", "to learn to bake"),
        ("service", "narrative", "about social"),
        ("service", "health", "about medical"),
        ("closure", "narrative", "she left well"),
    ]
    assert {note["organisation"] for note in view["held"]} == {"casa-aperta"}
    assert [each["referral"] for each in view["programmes"]] == [REFERRAL]
    assert len(view["deliveries"]) == 2
    (own,) = view["seen"]
    assert (own["operator"], own["kind"]) == ("op-9", "disclosure")


def test_the_view_is_recorded_first_and_again_when_it_is_repeated(web: Web) -> None:
    noted(web)
    first, again = (printed(web, "k-1").json() for _time in range(2))
    assert first["view"] != again["view"]
    names = [stored.topic for stored in web.store.events(CASE)]
    assert names.count("programme.own-view-shown.v2") == 2
    web.clock.now += timedelta(minutes=1)
    stale = printed(web, "k-1", factors=())
    assert (stale.status_code, stale.json()["rule"]) == (403, PROOF)
    assert "bake" not in stale.text


def test_who_runs_the_programme_prints_nothing(web: Web) -> None:
    noted(web)
    by = web.token("casa-aperta", Role.CASE_MANAGER, factors=("otp",))
    answer = web.post(f"/cases/{CASE}/own-view", {}, by)
    assert (answer.status_code, "bake" in answer.text) == (403, False)
