"""A case's way over HTTP, on both kinds of store."""

from datetime import timedelta

from services.referral.custody.decide import CUSTODY
from services.referral.directory.decide import DIRECTORY
from services.referral.trace import trace_of
from shared.runtime.loading import load
from shared.runtime.rebuild import rebuild
from tests.referral.given import CASE, CONSENT
from tests.referral.relay import WITHDRAWN, Relay
from tests.support.places import read_tables

AT = "2026-03-08T21:30:00.000000Z"


def test_given_a_consent_when_a_referral_runs_its_course_then_each_step_shows(
    relay: Relay,
) -> None:
    referral = relay.propose("porto", "casa-aperta")
    assert [line["stage"] for line in relay.seen()["referrals"]] == ["proposed"]
    relay.did(referral, ("sending", "hotline"), ("acknowledgement", "porto"))
    declined = relay.step(referral, "declination", "porto", reason="no-place-free")
    assert (declined.status_code, declined.json()["id"]) == (200, referral)
    relay.did(referral, ("acknowledgement", "casa-aperta"), ("acceptance", "casa-aperta"))
    assert relay.free() == 1
    relay.did(referral, ("handover", "hotline"))
    assert relay.seen()["custodian"] == "hotline"
    relay.did(referral, ("handover", "casa-aperta"))
    seen = relay.seen()
    assert seen["custodian"] == "casa-aperta"
    assert seen["referrals"] == [
        {
            "key": referral,
            "service": "residential",
            "consent": CONSENT,
            "sender": "hotline",
            "stage": "handed-over",
            "accepted_by": "casa-aperta",
            "proposed_at": AT,
        }
    ]
    answers = {line["receiver"]: line for line in seen["responses"]}
    assert answers["porto"] == {
        "referral": referral,
        "receiver": "porto",
        "response": "declined",
        "reason": "no-place-free",
        "answer_by": "2026-03-09T21:30:00.000000Z",
    }
    relay.programme_closed(referral)
    assert relay.free() == 2
    assert relay.seen()["referrals"][0]["stage"] == "returned"


def test_when_a_handover_is_complete_then_it_is_published_and_nothing_else(relay: Relay) -> None:
    referral = relay.propose("casa-aperta", "porto")
    relay.did(referral, ("sending", "hotline"), ("acceptance", "casa-aperta"))
    relay.did(referral, ("handover", "casa-aperta"))
    assert relay.published() == []
    relay.did(referral, ("handover", "hotline"))
    told = {
        "case": CASE,
        "referral": referral,
        "consent": CONSENT,
        "service": "residential",
        "sender": "hotline",
        "receiver": "casa-aperta",
    }
    assert relay.published() == [("org.staffetta.referral.handover-completed.v1", told)]


def test_when_the_sender_takes_a_referral_back_then_nobody_is_asked_any_more(relay: Relay) -> None:
    referral = relay.propose("casa-aperta")
    relay.did(referral, ("sending", "hotline"), ("acceptance", "casa-aperta"))
    relay.did(referral, ("withdrawal", "hotline"))
    assert relay.free() == 2
    assert relay.seen()["referrals"][0]["stage"] == "withdrawn"
    late = relay.step(referral, "acceptance", "casa-aperta")
    assert (late.status_code, late.json()["rule"]) == (409, "the-referral-is-at-another-stage")


def test_given_two_acceptances_when_their_consent_is_withdrawn_then_two_places_are_free(
    relay: Relay,
) -> None:
    for _ in range(2):
        referral = relay.propose("casa-aperta")
        relay.did(referral, ("sending", "hotline"), ("acceptance", "casa-aperta"))
    assert relay.free() == 0
    relay.hear(WITHDRAWN)
    assert relay.free() == 2
    assert [line["stage"] for line in relay.seen()["referrals"]] == ["stopped", "stopped"]
    told = {"case": CASE, "consent": CONSENT, "did": "stopped", "organisations": ["casa-aperta"]}
    assert relay.published() == [("org.staffetta.referral.withdrawal-acknowledged.v1", told)]


def test_when_receivers_are_asked_then_each_finds_it_until_it_has_answered(relay: Relay) -> None:
    def incoming(organisation: str) -> list[str]:
        page = relay.web.get("/incoming", relay.by(organisation)).json()
        return [line["referral"] for line in page["items"]]

    first, second = relay.propose("casa-aperta", "porto"), relay.propose("casa-aperta")
    assert incoming("casa-aperta") == [], "nothing is asked before it is sent"
    relay.did(first, ("sending", "hotline"))
    relay.did(second, ("sending", "hotline"), ("acknowledgement", "casa-aperta"))
    assert incoming("casa-aperta") == sorted([first, second])
    assert (incoming("porto"), incoming("hotline")) == ([first], [])
    relay.step(first, "declination", "porto", reason="other")
    relay.did(second, ("acceptance", "casa-aperta"))
    assert (incoming("casa-aperta"), incoming("porto")) == ([first], [])


def test_when_incoming_referrals_are_many_then_they_come_page_by_page(relay: Relay) -> None:
    sent = [relay.propose("casa-aperta") for _ in range(3)]
    for referral in sent:
        relay.did(referral, ("sending", "hotline"))
    first = relay.web.get("/incoming?limit=2", relay.by("casa-aperta")).json()
    rest = relay.web.get(f"/incoming?after={first['next']}", relay.by("casa-aperta")).json()
    found = [line["referral"] for line in (*first["items"], *rest["items"])]
    assert (found, rest["next"]) == (sorted(sent), None)


def test_the_trace_tells_each_step_and_the_consent_it_rests_on(relay: Relay) -> None:
    referral = relay.propose("casa-aperta")
    for step, by in (("sending", "hotline"), ("acceptance", "hotline"), ("withdrawal", "hotline")):
        relay.web.clock.now += timedelta(minutes=1)
        relay.step(referral, step, by)
    told = [(line.organisation, line.kind, line.what) for line in trace_of(relay.web.store, CASE)]
    assert told == [
        ("identification", "change", "heard of the case; custodian hotline"),
        ("identification", "change", "heard of the consent to casa-aperta"),
        ("hotline", "change", "referral proposed to casa-aperta (Safe accommodation)"),
        ("hotline", "change", "referral sent"),
        ("hotline", "refusal", "refused AcceptReferral: only-the-receiver-answers"),
        ("hotline", "change", "referral withdrawn"),
    ]
    over_http = relay.web.get(f"/cases/{CASE}/trace", relay.by("hotline")).json()
    assert [line["what"] for line in over_http[:-1]] == [what for _by, _kind, what in told]
    assert over_http[-1]["what"] == "read the trace"


def test_given_a_long_case_when_it_is_loaded_from_a_snapshot_then_nothing_is_forgotten(
    relay: Relay,
) -> None:
    for _ in range(26):
        referral = relay.propose("casa-aperta")
        relay.did(referral, ("sending", "hotline"), ("acceptance", "casa-aperta"))
        relay.did(referral, ("withdrawal", "hotline"))
    taken = relay.web.store.rows("SELECT stream, version FROM snapshots ORDER BY stream")
    assert [(row["stream"], row["version"]) for row in taken] == [
        (CASE, 100),
        ("organisation-casa-aperta", 50),
    ]
    snapshots = [load(relay.web.store, CUSTODY, CASE)]
    snapshots += [load(relay.web.store, DIRECTORY, "organisation-casa-aperta")]
    with relay.web.store.transaction(commit=True) as run:
        run("DELETE FROM snapshots")
    again = [load(relay.web.store, CUSTODY, CASE)]
    again += [load(relay.web.store, DIRECTORY, "organisation-casa-aperta")]
    assert snapshots == again


def test_when_the_read_tables_are_made_again_then_they_are_the_same(relay: Relay) -> None:
    taken = [("sending", "hotline"), ("acceptance", "casa-aperta")]
    relay.did(relay.propose("casa-aperta", "porto"), *taken, ("withdrawal", "hotline"))
    handover = [("handover", "hotline"), ("handover", "casa-aperta")]
    relay.did(relay.propose("casa-aperta"), *taken, *handover)
    live = read_tables(relay.web.store)
    rebuild(relay.web.store, lambda _done, _total: None)
    assert read_tables(relay.web.store) == live
