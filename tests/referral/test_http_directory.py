"""The directory over HTTP, on both kinds of store."""

from typing import Any

from tests.referral.relay import Relay

REGISTER = {"organisation": "nave", "name": "La Nave", "kind": "cooperative", "area": "IT-RA"}
OFFER = {
    "service": "work",
    "area": "IT-RA",
    "answer_within_hours": 72,
    "languages": ["sq", "it"],
}
PLACES = {"service": "work", "places": 4}
NAVE, PORTO = "/organisations/nave", "/organisations/porto"
REFUSED: list[tuple[str, dict[str, Any], str, int, str]] = [
    ("/organisations", REGISTER, "porto", 403, "only-the-coordinator-registers-organisations"),
    (
        "/organisations",
        {**REGISTER, "organisation": "porto"},
        "regione",
        409,
        "an-organisation-is-registered-once",
    ),
    (f"{PORTO}/services", OFFER, "nave", 403, "an-organisation-speaks-for-itself"),
    (f"{PORTO}/places", PLACES, "nave", 403, "an-organisation-speaks-for-itself"),
    (f"{NAVE}/services", OFFER, "nave", 404, "the-organisation-is-registered"),
    (f"{PORTO}/places", PLACES, "porto", 409, "the-service-is-offered"),
]
UNREADABLE: list[tuple[str, dict[str, Any], str]] = [
    ("/organisations", {**REGISTER, "organisation": "La Nave"}, "body.organisation"),
    ("/organisations", {**REGISTER, "kind": "circus"}, "body.kind"),
    (f"{NAVE}/services", {**OFFER, "area": "IT-XX"}, "body.area"),
    (f"{NAVE}/services", {**OFFER, "answer_within_hours": 0}, "body.answer_within_hours"),
    (f"{NAVE}/services", {**OFFER, "languages": ["§"]}, "body.languages.[]"),
    (f"{NAVE}/places", {**PLACES, "places": -1}, "body.places"),
    (f"{NAVE}/places", {**PLACES, "free": 3}, "body"),
    ("/organisations/La%20Nave/places", PLACES, "path.organisation"),
]


def everyone(relay: Relay, path: str) -> list[Any]:
    """Every page of a list, one line to each."""
    items, after = [], ""
    while True:
        page = relay.web.get(f"{path}?limit=1{after}", relay.by("hotline")).json()
        items += page["items"]
        if page["next"] is None:
            return items
        after = f"&after={page['next']}"


def test_when_an_organisation_joins_and_offers_then_everybody_finds_it(relay: Relay) -> None:
    registered = relay.web.post("/organisations", REGISTER, relay.by("regione"))
    assert (registered.status_code, registered.json()) == (201, {"id": "nave", "version": 1})
    offered = relay.web.post("/organisations/nave/services", OFFER, relay.by("nave"))
    assert (offered.status_code, offered.json()) == (200, {"id": "nave", "version": 2})
    set_to = relay.web.post("/organisations/nave/places", PLACES, relay.by("nave"))
    assert (set_to.status_code, set_to.headers["ETag"]) == (200, '"3"')
    known = everyone(relay, "/organisations")
    assert [line["key"] for line in known] == ["casa-aperta", "nave", "porto"]
    assert known[1] == {
        "key": "nave",
        "name": "La Nave",
        "kind": "cooperative",
        "area": "IT-RA",
    }
    assert everyone(relay, "/offers")[1] == {
        "organisation": "nave",
        "service": "work",
        "area": "IT-RA",
        "answer_within_hours": 72,
        "languages": "sq it",
        "places": 4,
        "free": 4,
    }


def test_given_no_places_yet_when_offers_are_looked_through_then_they_are_unknown(
    relay: Relay,
) -> None:
    relay.web.post("/organisations", REGISTER, relay.by("regione"))
    relay.web.post("/organisations/nave/services", OFFER, relay.by("nave"))
    page = relay.web.get("/offers?service=work", relay.by("hotline")).json()
    assert [(line["organisation"], line["places"]) for line in page["items"]] == [("nave", None)]
    assert [line["organisation"] for line in everyone(relay, "/offers")] == [
        "casa-aperta",
        "nave",
        "porto",
    ]


def test_when_a_rule_says_no_then_it_is_told_and_kept(relay: Relay) -> None:
    for path, body, organisation, status, rule in REFUSED:
        refused = relay.web.post(path, body, relay.by(organisation))
        assert (refused.status_code, refused.json()["rule"]) == (status, rule)
        assert refused.headers["Content-Type"] == "application/problem+json"
    assert [entry["rule"] for entry in relay.entries("organisation-porto")] == [
        "an-organisation-is-registered-once",
        "an-organisation-speaks-for-itself",
        "an-organisation-speaks-for-itself",
        "the-service-is-offered",
    ]


def test_when_a_request_cannot_be_read_then_the_field_is_named_and_never_its_value(
    relay: Relay,
) -> None:
    for path, body, field in UNREADABLE:
        refused = relay.web.post(path, body, relay.by("regione"))
        assert refused.status_code == 422
        assert [fault["field"] for fault in refused.json()["faults"]] == [field]
        assert not {"La Nave", "circus", "IT-XX", "§", "-1"} & set(refused.text.split('"'))


def test_given_a_place_taken_when_places_are_set_then_it_stays_taken(relay: Relay) -> None:
    referral = relay.propose("casa-aperta")
    relay.did(referral, ("sending", "hotline"), ("acceptance", "casa-aperta"))
    five = {"service": "residential", "places": 5}
    relay.web.post("/organisations/casa-aperta/places", five, relay.by("casa-aperta"))
    assert relay.free() == 4
