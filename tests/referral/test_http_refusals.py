"""What `referral` refuses over HTTP, and what it keeps of that, on both kinds of store."""

from typing import Any

from tests.referral.given import ANOTHER_CONSENT, CASE, CONSENT, UNKNOWN
from tests.referral.relay import WITHDRAWN, Relay

PROPOSAL = {"service": "residential", "consent": CONSENT, "receivers": ["casa-aperta"]}
UNHEARD = f"case-{'d' * 32}"
PROPOSALS: list[tuple[str, dict[str, Any], int, str]] = [
    ("porto", {}, 403, "only-the-custodian-refers"),
    ("hotline", {"receivers": ["hotline"]}, 422, "nobody-refers-to-itself"),
    ("hotline", {"consent": ANOTHER_CONSENT}, 409, "a-referral-rests-on-a-live-consent"),
    ("hotline", {"receivers": ["porto"]}, 409, "the-consent-names-a-receiver"),
    ("hotline", {"receivers": ["casa-aperta", "nave"]}, 404, "the-organisation-is-registered"),
    ("hotline", {"service": "work"}, 409, "the-service-is-offered"),
]
STEPS = [
    ("sending", "porto", 403, "only-the-sender-disposes-of-a-referral"),
    ("sending", "hotline", 409, "the-referral-is-at-another-stage"),
    ("acknowledgement", "hotline", 403, "only-the-receiver-answers"),
    ("acceptance", "hotline", 403, "only-the-receiver-answers"),
    ("acceptance", "porto", 403, "only-the-receiver-answers"),
    ("withdrawal", "casa-aperta", 403, "only-the-sender-disposes-of-a-referral"),
    ("handover", "casa-aperta", 403, "only-the-two-sides-confirm-a-handover"),
    ("handover", "hotline", 409, "the-referral-is-at-another-stage"),
]
UNREADABLE: list[tuple[str, dict[str, Any], str]] = [
    (f"/cases/{CASE}/referrals", {**PROPOSAL, "receivers": []}, "body.receivers"),
    (f"/cases/{CASE}/referrals", {**PROPOSAL, "service": "magic"}, "body.service"),
    (f"/cases/{CASE}/referrals", {**PROPOSAL, "consent": "yes"}, "body.consent"),
    (f"/cases/{CASE}/referrals", {**PROPOSAL, "sender": "porto"}, "body"),
    ("/cases/magic/referrals", PROPOSAL, "path.case"),
    (f"/cases/{CASE}/referrals/magic/sending", {}, "path.referral"),
    (f"/cases/{CASE}/referrals/{UNKNOWN}/declination", {"reason": "magic"}, "body.reason"),
]


def test_when_a_proposal_breaks_a_rule_then_it_is_refused_and_kept(relay: Relay) -> None:
    for organisation, changed, status, rule in PROPOSALS:
        body, by = {**PROPOSAL, **changed}, relay.by(organisation)
        refused = relay.web.post(f"/cases/{CASE}/referrals", body, by)
        assert (refused.status_code, refused.json()["rule"]) == (status, rule)
        assert refused.headers["Content-Type"] == "application/problem+json"
    kept = [(entry["command"], entry["org"], entry["rule"]) for entry in relay.entries()]
    assert kept == [("ProposeReferral", by, rule) for by, _changed, _status, rule in PROPOSALS]
    assert relay.seen()["referrals"] == []


def test_when_a_step_breaks_a_rule_then_it_is_refused_and_nothing_changes(relay: Relay) -> None:
    referral = relay.propose("casa-aperta")
    relay.did(referral, ("sending", "hotline"))
    before = relay.seen()
    for step, organisation, status, rule in STEPS:
        refused = relay.step(referral, step, organisation)
        assert (refused.status_code, refused.json()["rule"]) == (status, rule), (step, organisation)
    assert relay.seen() == before
    kept = [entry["rule"] for entry in relay.entries() if entry["kind"] == "refusal"]
    assert kept == [rule for _step, _by, _status, rule in STEPS]


def test_when_the_case_or_the_referral_is_not_there_then_it_is_missing(relay: Relay) -> None:
    for step in {step for step, _by, _status, _rule in STEPS}:
        no_referral = relay.step(UNKNOWN, step, "hotline")
        assert (no_referral.status_code, no_referral.json()["rule"]) == (404, "the-referral-exists")
        no_case = relay.step(UNKNOWN, step, "hotline", case=UNHEARD)
        assert (no_case.status_code, no_case.json()["rule"]) == (404, "the-case-exists")


def test_given_no_place_when_a_receiver_accepts_then_it_is_refused(relay: Relay) -> None:
    none = {"service": "residential", "places": 0}
    relay.web.post("/organisations/casa-aperta/places", none, relay.by("casa-aperta"))
    referral = relay.propose("casa-aperta")
    relay.did(referral, ("sending", "hotline"))
    refused = relay.step(referral, "acceptance", "casa-aperta")
    assert (refused.status_code, refused.json()["rule"]) == (
        409,
        "an-acceptance-takes-a-free-place",
    )
    assert relay.free() == 0


def test_given_a_withdrawn_consent_when_anything_goes_on_then_it_is_refused(relay: Relay) -> None:
    referral = relay.propose("casa-aperta")
    relay.did(referral, ("sending", "hotline"))
    relay.hear(WITHDRAWN)
    late = relay.step(referral, "acceptance", "casa-aperta")
    assert (late.status_code, late.json()["rule"]) == (409, "the-referral-is-at-another-stage")
    again = relay.web.post(f"/cases/{CASE}/referrals", PROPOSAL, relay.by("hotline"))
    assert again.json()["rule"] == "a-referral-rests-on-a-live-consent"


def test_when_a_request_cannot_be_read_then_the_field_is_named_and_never_its_value(
    relay: Relay,
) -> None:
    for path, body, field in UNREADABLE:
        refused = relay.web.post(path, body, relay.by("hotline"))
        assert refused.status_code == 422
        assert [fault["field"] for fault in refused.json()["faults"]] == [field]
        assert "magic" not in refused.text


def test_when_the_same_key_comes_twice_then_there_is_one_referral(relay: Relay) -> None:
    address, by = f"/cases/{CASE}/referrals", relay.by("hotline")
    first = relay.web.post(address, PROPOSAL, by, key="k-1")
    again = relay.web.post(address, PROPOSAL, by, key="k-1")
    assert (again.status_code, again.json()) == (201, first.json())
    other = relay.web.post(address, {**PROPOSAL, "service": "work"}, by, key="k-1")
    assert (other.status_code, other.json()["rule"]) == (422, "one-idempotency-key-one-request")
    assert len(relay.seen()["referrals"]) == 1


def test_when_the_case_changed_since_it_was_seen_then_a_step_is_refused(relay: Relay) -> None:
    referral = relay.propose("casa-aperta")
    tag = relay.web.get(f"/cases/{CASE}/referrals", relay.by("hotline")).headers["ETag"]
    relay.propose("casa-aperta")
    address = f"/cases/{CASE}/referrals/{referral}/sending"
    stale = relay.web.post(address, {}, relay.by("hotline"), **{"If-Match": tag})
    assert (stale.status_code, stale.json()["rule"]) == (412, "the-version-you-saw")


def test_when_a_case_is_looked_at_then_the_read_is_kept_and_the_refusal_too(relay: Relay) -> None:
    for path in ("referrals", "trace"):
        hidden = relay.web.get(f"/cases/{CASE}/{path}", relay.by("casa-aperta"))
        assert (hidden.status_code, hidden.json()["rule"]) == (
            404,
            "whoever-is-involved-sees-the-referrals",
        )
        unheard = relay.web.get(f"/cases/{UNHEARD}/{path}", relay.by("casa-aperta"))
        assert unheard.json() == hidden.json()
        assert relay.web.get(f"/cases/{CASE}/{path}", relay.by("hotline")).status_code == 200
    kept = [(entry["kind"], entry["org"]) for entry in relay.entries()]
    assert kept == [("refusal", "casa-aperta"), ("read", "hotline")] * 2
    relay.propose("casa-aperta")
    assert relay.web.get(f"/cases/{CASE}/referrals", relay.by("casa-aperta")).status_code == 200
