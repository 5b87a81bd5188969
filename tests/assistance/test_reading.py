"""Looking at programmes over HTTP, on both kinds of store."""

from shared.codes import Role
from shared.contracts.identification import ConsentWithdrawn
from shared.contracts.referral import HandoverCompleted
from shared.runtime.rebuild import rebuild
from tests.assistance.given import (
    ANOTHER_CONSENT,
    ANOTHER_REFERRAL,
    CASE,
    CONSENT,
)
from tests.assistance.hearing import (
    ADDRESS,
    CLOSURE,
    DELIVERY,
    PLAN,
    coordinator,
    entries,
    handover,
    hear,
    shelter,
)
from tests.support.places import read_tables
from tests.support.web import Web


def test_when_programmes_are_listed_then_each_sees_its_own_and_the_coordinator_all(
    web: Web,
) -> None:
    hear(web, HandoverCompleted.type, handover(ANOTHER_REFERRAL, ANOTHER_CONSENT, "porto"))

    def listed(token: str, **query: str) -> list[str]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        page = web.get(f"/programmes?{asked}", token).json()
        found = [programme["organisation"] for programme in page["items"]]
        return [*found, *(listed(token, **query, after=page["next"]) if page["next"] else [])]

    assert listed(shelter(web)) == ["casa-aperta"]
    assert listed(web.token("hotline", Role.CASE_MANAGER)) == []
    assert listed(coordinator(web)) == ["casa-aperta", "porto"]
    assert listed(coordinator(web), limit="1") == ["casa-aperta", "porto"]


def test_given_programmes_of_two_when_one_looks_at_the_case_then_it_sees_its_own(web: Web) -> None:
    web.post(f"{ADDRESS}/plan", PLAN, shelter(web))
    web.post(f"{ADDRESS}/services", DELIVERY, shelter(web))
    hear(web, HandoverCompleted.type, handover(ANOTHER_REFERRAL, ANOTHER_CONSENT, "porto"))
    porto = web.token("porto", Role.CASE_MANAGER)
    seen = web.get(f"/cases/{CASE}/programmes", porto).json()
    assert [programme["referral"] for programme in seen["programmes"]] == [ANOTHER_REFERRAL]
    assert seen["deliveries"] == []
    everything = web.get(f"/cases/{CASE}/programmes", coordinator(web)).json()
    assert len(everything["programmes"]) == 2
    assert len(everything["deliveries"]) == 1
    assert web.get(f"/cases/{CASE}/trace", porto).status_code == 403
    assert web.get(f"/cases/{CASE}/trace", coordinator(web)).status_code == 200


def test_when_a_case_is_looked_at_then_the_read_is_kept_and_the_refusal_too(web: Web) -> None:
    web.get(f"/cases/{CASE}/programmes", shelter(web))
    hidden = web.get(f"/cases/{CASE}/programmes", web.token("hotline", Role.CASE_MANAGER))
    assert hidden.status_code == 404
    kept = [(entry["kind"], entry["org"]) for entry in entries(web, CASE)]
    assert kept == [("read", "casa-aperta"), ("refusal", "hotline")]


def test_the_trace_tells_each_step_and_the_consent_it_rests_on(web: Web) -> None:
    web.post(f"{ADDRESS}/plan", PLAN, shelter(web))
    web.post(f"{ADDRESS}/services", DELIVERY, shelter(web))
    hear(web, ConsentWithdrawn.type, {"case": CASE, "consent": CONSENT})
    web.clock.now = web.clock.now.replace(hour=23)
    web.post(f"{ADDRESS}/closure", CLOSURE, shelter(web))
    lines = web.get(f"/cases/{CASE}/trace", shelter(web)).json()
    told = [(line["what"], line["consent"]) for line in lines]
    assert told == [
        ("programme opened at casa-aperta (Safe accommodation)", CONSENT),
        ("plan agreed: medical, residential; review on 2026-06-06", CONSENT),
        ("service delivered on 2026-03-08: Medical care", CONSENT),
        ("programme stopped: its consent was withdrawn", CONSENT),
        ("withdrawal acknowledged: stopped", CONSENT),
        ("programme at casa-aperta closed: Completed as planned", None),
        ("read the trace", None),
    ]


def test_given_a_long_case_when_it_is_loaded_from_a_snapshot_then_nothing_is_forgotten(
    web: Web,
) -> None:
    web.post(f"{ADDRESS}/plan", PLAN, shelter(web))
    hear(web, ConsentWithdrawn.type, {"case": CASE, "consent": ANOTHER_CONSENT})
    for _ in range(50):
        assert web.post(f"{ADDRESS}/services", DELIVERY, shelter(web)).status_code == 201
    assert web.store.rows("SELECT version FROM snapshots") == [{"version": 50}]
    hear(web, HandoverCompleted.type, handover(ANOTHER_REFERRAL, ANOTHER_CONSENT, "porto"))
    seen = web.get(f"/cases/{CASE}/programmes", coordinator(web)).json()
    assert [programme["status"] for programme in seen["programmes"]] == ["open", "stopped"]


def test_when_the_read_tables_are_made_again_then_they_are_the_same(web: Web) -> None:
    web.post(f"{ADDRESS}/plan", PLAN, shelter(web))
    web.post(f"{ADDRESS}/services", DELIVERY, shelter(web))
    web.post(f"{ADDRESS}/closure", CLOSURE, shelter(web))
    live = read_tables(web.store)
    rebuild(web.store, lambda _done, _total: None)
    assert read_tables(web.store) == live
