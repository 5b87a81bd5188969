"""An erasure through the real API, from the request to its completion; and what waits for whom."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from shared.codes import Role
from shared.runtime.timers import fire_due
from shared.trust.tokens import Bearer, issue
from staffetta.installation import Installation, fresh, now, running
from staffetta.serving import together
from tests.erasure.person import helped, left
from tests.erasure.places import FourStores, over
from tests.support.threads import wait_until
from tests.wire.relaying import SHELTER

GROUND = {"ground": "consent-withdrawn"}


class Asked:
    """The four behind one address, asked by the coordinator or by another."""

    def __init__(self, installation: Installation) -> None:
        self.installation, self.client = installation, TestClient(together(installation))

    def get(self, path: str, *roles: Role, of: str = "regione") -> Response:
        return self.client.get(path, headers=self._by(of, roles))

    def post(self, path: str, body: Any, *roles: Role, of: str = "regione") -> Response:
        headers = self._by(of, roles) | {"Idempotency-Key": fresh()}
        return self.client.post(path, json=body, headers=headers)

    def _by(self, organisation: str, roles: tuple[Role, ...]) -> dict[str, str]:
        bearer = Bearer("op-1", organisation, frozenset(roles or {Role.COORDINATOR}))
        token = issue(self.installation.key, bearer, now(), timedelta(minutes=5))
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def asked(place: FourStores) -> Iterator[Asked]:
    with place.opened() as installation:
        yield Asked(installation)


def test_a_person_is_erased_and_their_coordinator_sees_it(asked: Asked) -> None:
    case = helped(asked.installation)
    here = f"/identification/cases/{case}"
    assert asked.get(f"{here}/erasure").json()["rule"] == "an-erasure-was-requested"
    answer = asked.post(f"{here}/erasure", GROUND, Role.CASE_MANAGER, of=SHELTER)
    assert answer.status_code == 200, answer.text
    before = asked.get(f"{here}/erasure").json()
    assert (before["attested"], before["completed_at"]) == ([], None)
    assert before["waiting_for"] == ["assistance", "identification", "referral"]
    over(asked.installation)
    seen = asked.get(f"{here}/erasure", Role.CASE_MANAGER, of=SHELTER).json()
    told = {line["service"]: line["keys_destroyed"] for line in seen["attested"]}
    assert told == {"identification": 5, "referral": 0, "assistance": 2}
    assert (seen["waiting_for"], seen["completed_at"] is not None) == ([], True)
    words = [line["what"] for line in asked.get(f"{here}/trace").json()]
    assert "erasure completed: every service has attested" in words
    assert asked.get(f"{here}/erasure", Role.CASE_MANAGER, of="porto").status_code == 404


def test_by_itself_while_the_services_run(asked: Asked) -> None:
    case = helped(asked.installation)
    with running(asked.installation):
        asked.post(f"/identification/cases/{case}/erasure", GROUND)
        wake = asked.installation.stores["identification"].wake
        wait_until(wake, lambda: bool(_completed(asked, case)))
    assert left(asked.installation, case) == {}


def _completed(asked: Asked, case: str) -> Any:
    return asked.get(f"/identification/cases/{case}/erasure").json()["completed_at"]


def test_what_was_erased_is_refused_in_words_and_unknown_stays_unknown(asked: Asked) -> None:
    case = helped(asked.installation)
    asked.post(f"/identification/cases/{case}/erasure", GROUND)
    over(asked.installation)
    for path in (
        f"/identification/cases/{case}",
        f"/referral/cases/{case}/referrals",
        f"/referral/cases/{case}/trace",
        f"/assistance/cases/{case}/programmes",
    ):
        refused = asked.get(path)
        assert (refused.status_code, refused.json()["rule"]) == (
            409,
            "what-was-erased-stays-erased",
        )
        assert asked.get(path.replace(case, f"case-{'0' * 32}")).status_code == 404
    shown = {"purpose": "referral", "categories": ["narrative"]}
    refused = asked.post(
        f"/identification/cases/{case}/disclosures", shown, Role.CASE_MANAGER, of=SHELTER
    )
    assert refused.json()["rule"] == "what-was-erased-stays-erased"


def test_the_law_is_asked_first_and_says_why_and_until_when(asked: Asked) -> None:
    case = helped(asked.installation)
    hold = {"case": case, "basis": "proceedings no. 7/2026", "until": "2999-01-01"}
    assert asked.post("/identification/retention", {"hold": [hold]}).status_code == 200
    refused = asked.post(f"/identification/cases/{case}/erasure", GROUND)
    assert (refused.status_code, refused.json()["rule"]) == (
        409,
        "nothing-under-a-legal-hold-is-erased",
    )
    assert "proceedings no. 7/2026" in refused.json()["title"]
    assert "art. 17(3)(e)" in refused.json()["title"]
    assert "2999-01-01" in refused.json()["detail"]
    assert asked.post("/identification/retention", {}).status_code == 200
    assert asked.post(f"/identification/cases/{case}/erasure", GROUND).status_code == 200
    denied = asked.post("/identification/retention", {}, Role.CASE_MANAGER)
    assert denied.json()["rule"] == "only-the-coordinator-says-what-must-be-kept"


def test_whoever_does_not_attest_in_time_is_on_the_coordinators_list(asked: Asked) -> None:
    case = helped(asked.installation)
    asked.post(f"/identification/cases/{case}/erasure", GROUND)
    store = asked.installation.stores["identification"]
    fire_due(store, now() + timedelta(hours=71), fresh)
    assert asked.get("/identification/alarms").json()["items"] == []
    fire_due(store, now() + timedelta(hours=73), fresh)
    (alarm,) = asked.get("/identification/alarms").json()["items"]
    assert (alarm["kind"], alarm["case_id"]) == ("erasure-not-attested", case)
    words = [line["what"] for line in asked.get(f"/identification/cases/{case}/trace").json()]
    assert "erasure not attested in time by referral, assistance" in words
    over(asked.installation)
    assert asked.get("/identification/alarms").json()["items"] == []
    assert asked.get("/identification/alarms", Role.CASE_MANAGER).status_code == 403
