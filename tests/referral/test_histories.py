"""What holds in every history of referrals, whoever acts, and whatever comes in which order."""

from collections import Counter
from typing import Any

from hypothesis import given, settings

from services.referral.app import SERVICE
from services.referral.custody import events
from services.referral.custody.commands import (
    BeginRelay,
    NoteConsent,
    ReturnPlace,
    StopForWithdrawal,
)
from services.referral.custody.state import Relay, Stage
from services.referral.directory.events import PlaceFreed, PlacesSet, PlaceTaken
from services.referral.directory.state import Registered
from shared.runtime.facts import Fact
from tests.referral.histories import CASES, histories
from tests.referral.playing import History, Move, played

HOLDS_A_PLACE = {Stage.ACCEPTED, Stage.HANDED_OVER}
unhurried = settings(max_examples=60, deadline=None)


def relays(history: History) -> dict[str, Relay]:
    found = {case: history.states.get(case) for case in CASES}
    return {case: state for case, state in found.items() if isinstance(state, Relay)}


def organisations(history: History) -> list[Registered]:
    return [each for each in history.states.values() if isinstance(each, Registered)]


def read_tables(history: History) -> dict[str, dict[str, dict[str, Any]]]:
    """What the read tables hold after these facts."""
    tables: dict[str, dict[str, dict[str, Any]]] = {table.name: {} for table in SERVICE.tables}
    for recorded in history.facts:
        for change in SERVICE.project(recorded):
            tables[change.table].setdefault(change.key, {}).update(change.values or {})
    return tables


@unhurried
@given(histories)
def test_a_case_has_one_custodian_at_any_moment(moves: list[Move]) -> None:
    history, custodians = played(moves), dict[str, str]()
    for recorded in history.facts:
        match recorded.event:
            case events.RelayBegun() as begun:
                assert recorded.stream not in custodians
                custodians[recorded.stream] = begun.custodian
            case events.HandoverCompleted() as moved:
                assert custodians[recorded.stream] == moved.sender != moved.receiver
                custodians[recorded.stream] = moved.receiver
            case _:
                pass
    assert custodians == {case: relay.custodian for case, relay in relays(history).items()}
    rows = read_tables(history)["custody"]
    assert custodians == {case: row["custodian"] for case, row in rows.items()}


@unhurried
@given(histories)
def test_free_places_are_those_that_no_referral_holds(moves: list[Move]) -> None:
    history = played(moves)
    held = Counter(
        (referral.accepted_by, referral.service)
        for relay in relays(history).values()
        for referral in relay.referrals.values()
        if referral.stage in HOLDS_A_PLACE
    )
    offers = read_tables(history)["offers"]
    for organisation in organisations(history):
        for service, offer in organisation.offers.items():
            assert offer.free == offer.places - held[organisation.id, service]
            assert offers[f"{organisation.id}/{service}"].get("free", 0) == offer.free


@unhurried
@given(histories)
def test_no_acceptance_takes_a_place_that_is_not_there(moves: list[Move]) -> None:
    for recorded in played(moves).facts:
        if isinstance(recorded.event, PlaceTaken):
            assert recorded.event.free >= 0
        if isinstance(recorded.event, PlacesSet):
            assert recorded.event.free <= recorded.event.places


@unhurried
@given(histories)
def test_a_referral_takes_one_place_and_gives_it_back_once(moves: list[Move]) -> None:
    holding: dict[str, str] = {}
    over: set[str] = set()
    for recorded in played(moves).facts:
        if isinstance(recorded.event, PlaceTaken):
            assert recorded.event.referral not in {*holding, *over}
            holding[recorded.event.referral] = recorded.stream
        if isinstance(recorded.event, PlaceFreed):
            assert holding.pop(recorded.event.referral) == recorded.stream
            over.add(recorded.event.referral)


@unhurried
@given(histories)
def test_no_handover_without_a_live_consent_that_names_the_receiver(moves: list[Move]) -> None:
    given: dict[tuple[str, str], events.ConsentNoted] = {}
    withdrawn: set[tuple[str, str]] = set()
    for recorded in played(moves).facts:
        match recorded.event:
            case events.ConsentNoted() as noted:
                given.setdefault((recorded.stream, noted.consent), noted)
            case events.WithdrawalNoted() as ended:
                withdrawn.add((recorded.stream, ended.consent))
            case events.HandoverCompleted() as moved:
                consent = (recorded.stream, moved.consent)
                assert given[consent].recipient == moved.receiver
                assert consent not in withdrawn
                assert recorded.at < given[consent].valid_until
            case _:
                pass


@unhurried
@given(histories)
def test_nobody_accepts_but_one_who_was_asked_and_has_not_answered(moves: list[Move]) -> None:
    waiting: dict[str, set[str]] = {}
    for recorded in played(moves).facts:
        match recorded.event:
            case events.ReferralSent() as sent:
                waiting[sent.referral] = {asked.receiver for asked in sent.asked}
            case events.ReferralDeclined() | events.ReferralExpired() as answered:
                waiting[answered.referral].remove(answered.receiver)
            case events.ReferralAccepted() as accepted:
                assert accepted.receiver in waiting.pop(accepted.referral)
            case events.ReferralWithdrawn() | events.ReferralStopped() as ended:
                waiting.pop(ended.referral, None)
            case _:
                pass


@unhurried
@given(histories)
def test_every_withdrawal_is_acknowledged_once_and_leaves_nothing_under_way(
    moves: list[Move],
) -> None:
    history = played(moves)
    noted = [
        (recorded.stream, recorded.event.consent)
        for recorded in history.facts
        if isinstance(recorded.event, events.WithdrawalNoted)
    ]
    assert len(noted) == len(set(noted))
    for case, consent in noted:
        for referral in relays(history)[case].referrals.values():
            under_way = {Stage.PROPOSED, Stage.SENT, Stage.ACCEPTED}
            assert referral.consent != consent or referral.stage not in under_way


@unhurried
@given(histories)
def test_what_was_heard_has_no_further_effect_when_it_is_heard_again(moves: list[Move]) -> None:
    heard = BeginRelay | NoteConsent | StopForWithdrawal | ReturnPlace
    history = History()
    for move in moves:
        if history.play(move) and isinstance(move.command, heard):
            assert history.play(move) == []


@unhurried
@given(histories)
def test_the_read_tables_stand_where_the_referrals_stand(moves: list[Move]) -> None:
    history = played(moves)
    tables = read_tables(history)
    stands = {
        name: (case, referral.stage, referral.accepted_by)
        for case, relay in relays(history).items()
        for name, referral in relay.referrals.items()
    }
    shown = {
        name: (row["case_id"], row["stage"], row.get("accepted_by"))
        for name, row in tables["referrals"].items()
    }
    assert shown == stands
    answers = {key: row["response"] for key, row in tables["responses"].items()}
    assert answers == {
        f"{name}/{receiver}": response
        for relay in relays(history).values()
        for name, referral in relay.referrals.items()
        for receiver, response in referral.responses.items()
    }


@unhurried
@given(histories)
def test_where_a_shelter_is_goes_to_a_named_escort_between_acceptance_and_arrival(
    moves: list[Move],
) -> None:
    accepted: dict[str, str] = {}
    escorts: dict[tuple[str, str], str] = {}
    for recorded in played(moves).facts:
        match recorded.event:
            case events.ReferralAccepted() as taken:
                accepted[taken.referral] = taken.receiver
            case events.EscortNamed() as named:
                escorts[named.referral, named.organisation] = named.operator
            case (
                events.ReferralStopped() | events.ReferralWithdrawn() | events.HandoverCompleted()
            ) as over:
                accepted.pop(over.referral, None)
            case events.AddressReleased() as told:
                assert accepted[told.referral] == told.shelter
                assert escorts[told.referral, told.organisation] == told.operator
                assert recorded.operator == told.operator
            case _:
                pass


def test_such_histories_hold_every_fact_and_persons_go_onward() -> None:
    seen: set[type[Fact]] = set()
    handovers = 0

    @settings(max_examples=300, derandomize=True, deadline=None)
    @given(histories)
    def look(moves: list[Move]) -> None:
        nonlocal handovers
        facts = [type(recorded.event) for recorded in played(moves).facts]
        seen.update(facts)
        handovers = max(handovers, facts.count(events.HandoverCompleted))

    look()
    # Nothing follows an erasure: it has histories of its own.
    assert seen == set(SERVICE.names.facts.values()) - {events.KeysDestroyed}
    assert handovers > 1
