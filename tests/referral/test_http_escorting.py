"""The address of a secret shelter over HTTP: told to one person, and nowhere else to be found."""

import json
from datetime import timedelta

import pytest
from httpx2 import Response

from shared.codes import Role
from shared.runtime.rebuild import rebuild
from tests.referral.given import ANOTHER_CONSENT, CASE, CONSENT, IN_A_MONTH
from tests.referral.relay import GIVEN_ANEW, WITHDRAWN, Relay
from tests.support.places import everything

WHERE = "zanzibar: via dei Mille 7, ring twice"
NOT_NAMED = "only-the-named-escort-is-told-an-address"


def kept(relay: Relay, where: str = WHERE, by: str = "casa-aperta") -> Response:
    body = {"service": "residential", "address": where}
    return relay.web.post("/organisations/casa-aperta/address", body, relay.by(by))


def accepted(relay: Relay, *, named: str = "op-7") -> str:
    """A referral that the shelter accepted, with the hotline's escort named; its id."""
    assert kept(relay).status_code == 200
    referral = relay.propose("casa-aperta", "porto")
    relay.did(referral, ("sending", "hotline"), ("acceptance", "casa-aperta"))
    answer = relay.step(referral, "escort", "hotline", escort=named)
    assert answer.status_code == 200, answer.text
    return referral


def told(
    relay: Relay, referral: str, organisation: str = "hotline", by: str = "op-7", key: str = ""
) -> Response:
    path = f"/cases/{CASE}/referrals/{referral}/address"
    return relay.web.post(path, {}, relay.by(organisation, by), key=key or None)


def test_the_named_escort_is_told_where_to_go_and_it_is_recorded(relay: Relay) -> None:
    referral = accepted(relay)
    assert kept(relay, "zanzibar: moved to via Roma 1").status_code == 200
    answer = told(relay, referral)
    assert answer.status_code == 201, answer.text
    assert answer.json()["address"] == "zanzibar: moved to via Roma 1"
    recorded = relay.web.store.service.names.recorded(relay.web.store.events(CASE)[-1])
    assert (recorded.operator, recorded.organisation) == ("op-7", "hotline")
    assert recorded.event.model_dump()["release"] == answer.json()["release"]
    lines = relay.web.get(f"/cases/{CASE}/trace", relay.by("regione")).json()
    (line,) = [each for each in lines if each["kind"] == "disclosure"]
    assert line["what"] == "where casa-aperta is was told to the escort, op-7 of hotline"
    assert line["consent"] == CONSENT


def test_on_a_consent_given_anew_the_escort_is_told_and_when_it_is_taken_back_all_stops(
    relay: Relay,
) -> None:
    referral = accepted(relay)
    free = relay.free()
    relay.hear(GIVEN_ANEW)
    relay.web.clock.now = IN_A_MONTH
    answer = told(relay, referral)
    assert answer.status_code == 201, answer.text
    recorded = relay.web.store.service.names.recorded(relay.web.store.events(CASE)[-1])
    assert recorded.event.model_dump()["consent"] == ANOTHER_CONSENT
    relay.hear(WITHDRAWN.model_copy(update={"consent": ANOTHER_CONSENT}))
    assert relay.free() == free + 1
    assert told(relay, referral).json()["rule"] == "the-referral-is-at-another-stage"
    _name, acknowledged = relay.published()[-1]
    assert (acknowledged["consent"], acknowledged["did"]) == (ANOTHER_CONSENT, "stopped")
    assert acknowledged["organisations"] == ["casa-aperta"]


def test_before_the_acceptance_nobody_is_told(relay: Relay) -> None:
    assert kept(relay).status_code == 200
    referral = relay.propose("casa-aperta", "porto")
    relay.did(referral, ("sending", "hotline"))
    named = relay.step(referral, "escort", "hotline", escort="op-7")
    assert (named.status_code, named.json()["rule"]) == (409, "the-referral-is-at-another-stage")
    answer = told(relay, referral)
    assert (answer.status_code, answer.json()["rule"]) == (403, NOT_NAMED)
    assert "zanzibar" not in answer.text


def test_who_is_neither_side_names_no_escort(relay: Relay) -> None:
    referral = accepted(relay)
    for by in ("regione", "porto"):
        answer = relay.step(referral, "escort", by, escort="op-7")
        rule = "only-the-two-sides-name-an-escort"
        assert (answer.status_code, answer.json()["rule"]) == (403, rule)


@pytest.mark.parametrize(
    ("organisation", "by"),
    [("hotline", "op-1"), ("casa-aperta", "op-7"), ("regione", "op-7"), ("porto", "op-7")],
)
def test_nobody_else_is_told_and_the_refusal_is_kept(
    relay: Relay, organisation: str, by: str
) -> None:
    referral = accepted(relay)
    answer = told(relay, referral, organisation, by)
    assert (answer.status_code, answer.json()["rule"]) == (403, NOT_NAMED)
    assert "zanzibar" not in answer.text
    assert [entry["rule"] for entry in relay.entries()] == [NOT_NAMED]


def test_an_officer_is_not_told_though_named(relay: Relay) -> None:
    referral = accepted(relay)
    officer = relay.web.token("hotline", Role.STREET_OPERATOR, Role.POLICE_OFFICER, operator="op-7")
    answer = relay.web.post(f"/cases/{CASE}/referrals/{referral}/address", {}, officer)
    rule = "no-police-and-no-court-is-told-an-address"
    assert (answer.status_code, answer.json()["rule"]) == (403, rule)


@pytest.mark.parametrize("ending", ["withdrawn", "ended", "arrived", "taken back"])
def test_once_it_is_over_it_is_not_told_again_under_any_key(relay: Relay, ending: str) -> None:
    referral = accepted(relay)
    assert told(relay, referral, key="k-1").status_code == 201
    if ending == "withdrawn":
        relay.hear(WITHDRAWN)
    elif ending == "ended":
        relay.web.clock.now += timedelta(days=31)
    elif ending == "arrived":
        relay.did(referral, ("handover", "hotline"), ("handover", "casa-aperta"))
    else:
        relay.did(referral, ("withdrawal", "hotline"))
    for key in ("k-1", "k-2"):
        answer = told(relay, referral, key=key)
        assert (answer.status_code, "zanzibar" in answer.text) == (409, False)


def test_told_again_it_is_recorded_again(relay: Relay) -> None:
    referral = accepted(relay)
    first, again = (told(relay, referral, key="k-1").json() for _time in range(2))
    assert first["address"] == again["address"] == WHERE
    assert first["release"] != again["release"]
    names = [stored.topic for stored in relay.web.store.events(CASE)]
    assert names.count("referral.address-released.v1") == 2


def test_only_the_shelter_says_where_it_is(relay: Relay) -> None:
    for by in ("regione", "porto", "hotline"):
        answer = kept(relay, by=by)
        rule = "only-the-shelter-itself-says-where-it-is"
        assert (answer.status_code, answer.json()["rule"]) == (403, rule)
        assert "zanzibar" not in answer.text


def test_where_no_address_was_kept_the_escort_hears_so(relay: Relay) -> None:
    referral = relay.propose("casa-aperta")
    relay.did(referral, ("sending", "hotline"), ("acceptance", "casa-aperta"))
    assert relay.step(referral, "escort", "hotline", escort="op-7").status_code == 200
    answer = told(relay, referral)
    assert (answer.status_code, answer.json()["rule"]) == (404, "an-address-was-kept")


def test_the_address_stands_in_no_table_no_list_no_trace_and_no_public_event(relay: Relay) -> None:
    referral = accepted(relay)
    told(relay, referral)
    store, regione = relay.web.store, relay.by("regione")
    rebuild(store, lambda _done, _total: None)
    for path in (
        "/organisations",
        "/offers",
        f"/cases/{CASE}/referrals",
        f"/cases/{CASE}/trace",
        "/incoming",
    ):
        answer = relay.web.get(path, regione)
        assert (answer.status_code, "zanzibar" in answer.text) == (200, False), path
    assert "zanzibar" not in json.dumps(relay.published())
    for table, rows in everything(store).items():
        text = json.dumps(rows, default=lambda raw: bytes(raw).decode("latin-1"))
        assert "zanzibar" not in text, table
