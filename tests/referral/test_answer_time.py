"""The answer time of a referral, from its sending to its end, on both kinds of store."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path

from services.referral.app import SERVICE
from services.referral.custody.decide import CUSTODY
from services.referral.directory.commands import OfferService, RegisterOrganisation, SetPlaces
from services.referral.directory.decide import DIRECTORY, stream_of
from shared.codes import Area, OrganisationKind
from shared.runtime.facts import Request
from shared.runtime.handle import handle
from shared.runtime.store import Store
from shared.runtime.timers import fire_due, next_due
from tests.referral.given import (
    ACKNOWLEDGE,
    BEGIN,
    CASE,
    COORDINATOR,
    HOTLINE,
    NOTE,
    PROPOSE,
    RELAY,
    RESIDENTIAL,
    SEND,
    SHELTER,
)
from tests.referral.relay import WITHDRAWN, Relay
from tests.support.decisions import NOW
from tests.support.places import new_place


def answers(relay: Relay) -> dict[str, str]:
    return {line["receiver"]: line["response"] for line in relay.seen()["responses"]}


def after(relay: Relay, hours: float) -> int:
    """So many hours later whatever is due is fired."""
    relay.web.clock.now = NOW + timedelta(hours=hours)
    return relay.fire_due()


def expired(relay: Relay) -> int:
    stored = relay.web.store.events(CASE)
    return sum(each.topic == "referral.expired.v1" for each in stored)


def test_given_nobody_answers_when_each_answer_time_ends_then_each_expires_once(
    relay: Relay,
) -> None:
    referral = relay.propose("casa-aperta", "porto")
    assert next_due(relay.web.store) is None, "nobody is asked before it is sent"
    relay.did(referral, ("sending", "hotline"), ("acknowledgement", "casa-aperta"))
    assert after(relay, 23.9) == 0
    assert after(relay, 24) == 1
    assert answers(relay) == {"casa-aperta": "acknowledged", "porto": "expired"}
    late = relay.step(referral, "acceptance", "porto")
    assert (late.status_code, late.json()["rule"]) == (409, "a-receiver-answers-once")
    assert after(relay, 48) == 1
    assert answers(relay) == {"casa-aperta": "expired", "porto": "expired"}
    assert (after(relay, 1000), expired(relay)) == (0, 2)


def test_given_an_answer_when_its_time_ends_then_nothing_happens(relay: Relay) -> None:
    referral = relay.propose("casa-aperta", "porto")
    relay.did(referral, ("sending", "hotline"))
    relay.step(referral, "declination", "porto", reason="other")
    assert after(relay, 24) == 0, "the answer cleared its timer"
    relay.did(referral, ("acceptance", "casa-aperta"))
    assert (after(relay, 48), expired(relay)) == (0, 0)


def test_given_nobody_waits_any_more_when_the_time_ends_then_the_timers_go_without_a_fact(
    relay: Relay,
) -> None:
    accepted, taken_back, stopped = (relay.propose("casa-aperta", "porto") for _ in range(3))
    for referral in (accepted, taken_back, stopped):
        relay.did(referral, ("sending", "hotline"))
    relay.did(accepted, ("acceptance", "casa-aperta"))
    relay.did(taken_back, ("withdrawal", "hotline"))
    relay.hear(WITHDRAWN)
    assert after(relay, 48) == 5
    assert (expired(relay), next_due(relay.web.store)) == (0, None)
    assert relay.entries() == [], "an idle timer is no refusal"


def test_given_the_store_was_closed_when_the_answer_time_ended_then_it_expires_once_after_that(
    kind: str, tmp_path: Path
) -> None:
    place = new_place(kind, tmp_path)
    store = place.open(SERVICE)
    sent(store)
    store.close()
    store = place.open(SERVICE)
    assert next_due(store) == "2026-03-09T21:30:00.000000Z"
    assert fired(store, NOW + timedelta(days=9)) == 2
    store.close()
    store = place.open(SERVICE)
    assert fired(store, NOW + timedelta(days=9)) == 0
    told = [store.service.names.recorded(stored) for stored in store.events(CASE)][-2:]
    store.close()
    assert [(each.event.stored_name, each.operator) for each in told] == [
        ("referral.expired.v1", "timer")
    ] * 2
    assert [getattr(each.event, "receiver", None) for each in told] == ["porto", "casa-aperta"]


def sent(store: Store) -> None:
    """A referral to two providers that has been sent, and seen by one."""
    for name, hours in (("casa-aperta", 48), ("porto", 24)):
        _ask_directory(store, name, hours)
    for command, by in (
        (BEGIN, RELAY),
        (NOTE, RELAY),
        (PROPOSE, HOTLINE),
        (SEND, HOTLINE),
        (ACKNOWLEDGE, SHELTER),
    ):
        handle(store, CUSTODY, CASE, command, by)


def _ask_directory(store: Store, name: str, hours: int) -> None:
    registration = RegisterOrganisation(organisation=name, name=name, kind=OrganisationKind.NGO)
    offer = OfferService(service=RESIDENTIAL, area=Area.BOLOGNA, answer_within_hours=hours)
    commands: list[Request] = [registration, offer, SetPlaces(service=RESIDENTIAL, places=1)]
    for command in commands:
        handle(store, DIRECTORY, stream_of(name), command, COORDINATOR)


def fired(store: Store, now: datetime) -> int:
    return fire_due(store, now, lambda: uuid.uuid4().hex)
