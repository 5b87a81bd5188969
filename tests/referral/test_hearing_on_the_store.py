"""Others' messages, received on both kinds of store: each has its effect once, in order."""

import pytest

from shared.contracts import identification
from shared.runtime.inbox import position
from tests.referral.given import ANOTHER_CONSENT, CASE, CONSENT, UNKNOWN
from tests.referral.relay import GIVEN, OPENED, TOPICS, WITHDRAWN, Relay
from tests.support.outboxes import MemoryOutbox
from tests.support.places import read_tables

TOPIC = TOPICS["identification"]
STREAM = ("relay.begun.v1", "relay.consent-noted.v1")


def names(relay: Relay) -> tuple[str, ...]:
    return tuple(stored.topic for stored in relay.web.store.events(CASE))


def outbox(relay: Relay) -> MemoryOutbox:
    return relay.senders["identification"]


def test_when_a_case_and_a_consent_are_heard_then_a_referral_can_rest_on_them(
    relay: Relay,
) -> None:
    assert names(relay) == STREAM
    assert relay.seen() == {"custodian": "hotline", "referrals": [], "responses": []}
    assert relay.propose("casa-aperta")


def test_when_messages_come_again_then_nothing_happens(relay: Relay) -> None:
    withdrawn = relay.hear(WITHDRAWN)
    lane = outbox(relay).rows(TOPIC, withdrawn.lane, 0, 100)
    before = (names(relay), read_tables(relay.web.store), relay.published())
    assert relay.receive("identification", lane) == 0
    assert relay.receive("identification", lane[:1]) == 0
    assert (names(relay), read_tables(relay.web.store), relay.published()) == before


def test_when_messages_come_in_another_order_then_they_have_their_effect_in_order(
    relay: Relay,
) -> None:
    consent = GIVEN.model_copy(update={"consent": ANOTHER_CONSENT})
    withdrawn = WITHDRAWN.model_copy(update={"consent": ANOTHER_CONSENT})
    first, second = (
        outbox(relay).tell(TOPIC, CASE, consent),
        outbox(relay).tell(TOPIC, CASE, withdrawn),
    )
    assert relay.receive("identification", [second]) == 2, "the first was fetched from the sender"
    assert relay.receive("identification", [first]) == 0
    assert names(relay)[2:] == ("relay.consent-noted.v1", "relay.withdrawal-noted.v1")


def test_when_a_message_is_not_understood_then_the_next_ones_are(relay: Relay) -> None:
    before = names(relay)
    strange = identification.CaseOpened.type.replace("case-opened", "moon-risen")
    message = outbox(relay).publish(TOPIC, CASE, strange, {"case": CASE})
    assert relay.receive("identification", [message]) == 1
    assert names(relay) == before
    assert position(relay.web.store, "identification", TOPIC, message.lane) == message.number
    relay.hear(WITHDRAWN)
    assert names(relay)[-1] == "relay.withdrawal-noted.v1"


def test_given_no_such_case_when_its_consent_is_heard_then_the_refusal_is_kept(
    relay: Relay,
) -> None:
    unheard = f"case-{'d' * 32}"
    relay.hear(GIVEN.model_copy(update={"case": unheard}))
    relay.hear(WITHDRAWN.model_copy(update={"case": unheard}))
    kept = [(entry["command"], entry["rule"]) for entry in relay.entries(unheard)]
    assert kept == [("NoteConsent", "the-case-exists"), ("StopForWithdrawal", "the-case-exists")]
    relay.hear(OPENED.model_copy(update={"case": unheard}))
    assert relay.seen(unheard)["custodian"] == "hotline"


def test_when_a_programme_closes_then_one_place_is_free_however_often_it_is_heard(
    relay: Relay,
) -> None:
    referral = relay.propose("casa-aperta")
    relay.did(referral, ("sending", "hotline"), ("acceptance", "casa-aperta"))
    relay.programme_closed(referral)
    assert relay.free() == 1, "no handover, no programme"
    relay.did(referral, ("handover", "hotline"), ("handover", "casa-aperta"))
    relay.programme_closed(referral)
    relay.programme_closed(referral)
    assert relay.free() == 2


def test_when_a_programme_of_no_known_referral_closes_then_the_refusal_is_kept(
    relay: Relay,
) -> None:
    relay.programme_closed(UNKNOWN)
    assert [entry["rule"] for entry in relay.entries()] == ["the-referral-exists"]


@pytest.mark.parametrize("again", [False, True])
def test_given_nothing_under_way_when_a_consent_is_withdrawn_then_that_is_acknowledged_once(
    relay: Relay, again: bool
) -> None:
    relay.hear(WITHDRAWN)
    if again:
        relay.hear(WITHDRAWN)
    told = {"case": CASE, "consent": CONSENT, "did": "nothing-held", "organisations": []}
    assert relay.published() == [("org.staffetta.referral.withdrawal-acknowledged.v1", told)]
