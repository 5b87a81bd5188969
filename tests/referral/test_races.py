"""Two at the same moment: one is first, and no place is lost; on both kinds of store."""

import uuid
from collections.abc import Callable
from threading import Barrier

import pytest

from services.referral.custody.commands import (
    AcceptReferral,
    Command,
    StopForWithdrawal,
    WithdrawReferral,
)
from services.referral.custody.decide import CUSTODY
from services.referral.directory.events import PlaceTaken
from shared.codes import Role
from shared.runtime.facts import Acting, Refused
from shared.runtime.handle import handle
from tests.referral.given import AT_SHELTER, CASE, CONSENT
from tests.referral.relay import GIVEN, OPENED, Relay
from tests.support.threads import at_once

ROUNDS = 5
NO_PLACE, MOVED_ON = "an-acceptance-takes-a-free-place", "the-referral-is-at-another-stage"
Asking = Callable[[], str]


def asking(relay: Relay, case: str, command: Command, organisation: str) -> Asking:
    """An operator of their own who asks; "done", or the rule that said no."""
    operator, roles = uuid.uuid4().hex, frozenset({Role.PROVIDER_INTAKE})
    by = Acting(operator, organisation, relay.web.clock(), roles, uuid.uuid4().hex)

    def ask() -> str:
        try:
            handle(relay.web.store, CUSTODY, case, command, by)
        except Refused as refusal:
            return refusal.rule
        return "done"

    return ask


def race(*contenders: Asking) -> list[str]:
    """All at once; what each was told."""
    together, told = Barrier(len(contenders)), ["" for _ in contenders]

    def run(number: int) -> None:
        together.wait(timeout=30)
        told[number] = contenders[number]()

    at_once(len(contenders), run)
    return told


def asked_in_another_case(relay: Relay, number: int) -> tuple[str, str]:
    """A further case, and a referral to `casa-aperta` that was sent."""
    case = f"case-{number:032x}"
    relay.hear(OPENED.model_copy(update={"case": case}))
    relay.hear(GIVEN.model_copy(update={"case": case}))
    referral = relay.propose("casa-aperta", case=case)
    relay.did(referral, ("sending", "hotline"), case=case)
    return case, referral


def set_places(relay: Relay, places: int) -> None:
    body = {"service": "residential", "places": places}
    relay.web.post("/organisations/casa-aperta/places", body, relay.by("casa-aperta"))


def accepting(relay: Relay, asked: tuple[str, str], organisation: str = "casa-aperta") -> Asking:
    case, referral = asked
    return asking(relay, case, AcceptReferral(referral=referral), organisation)


def test_given_one_place_when_two_operators_of_its_organisation_accept_then_one_has_it(
    relay: Relay,
) -> None:
    for number in range(ROUNDS):
        set_places(relay, number + 1)
        assert relay.free() == 1
        asked = [asked_in_another_case(relay, 2 * number + each) for each in range(2)]
        told = race(*(accepting(relay, each) for each in asked))
        assert sorted(told) == [NO_PLACE, "done"]
        assert relay.free() == 0
        stages = [relay.seen(case)["referrals"][0]["stage"] for case, _referral in asked]
        assert stages == ["accepted" if answer == "done" else "sent" for answer in told]


def test_given_five_places_when_eight_accept_at_once_then_five_have_one(relay: Relay) -> None:
    set_places(relay, 5)
    asked = [asked_in_another_case(relay, number) for number in range(8)]
    told = race(*(accepting(relay, each) for each in asked))
    assert sorted(told) == [NO_PLACE] * 3 + ["done"] * 5
    facts = map(relay.web.store.service.names.recorded, relay.web.store.events(AT_SHELTER))
    taken = [fact.event.free for fact in facts if isinstance(fact.event, PlaceTaken)]
    assert taken == [4, 3, 2, 1, 0]


def test_given_one_referral_when_two_operators_of_one_organisation_accept_then_one_place_is_taken(
    relay: Relay,
) -> None:
    for number in range(ROUNDS):
        set_places(relay, 2 + number)
        asked = asked_in_another_case(relay, number)
        assert race(accepting(relay, asked), accepting(relay, asked)) == ["done", "done"]
        assert relay.free() == 1


def test_given_two_were_asked_when_both_accept_then_one_has_the_person(relay: Relay) -> None:
    for _ in range(ROUNDS):
        referral = relay.propose("casa-aperta", "porto")
        relay.did(referral, ("sending", "hotline"))
        both = ("casa-aperta", "porto")
        told = race(*(accepting(relay, (CASE, referral), name) for name in both))
        assert sorted(told) == ["done", MOVED_ON]
        winner = both[told.index("done")]
        (line,) = [each for each in relay.seen()["referrals"] if each["key"] == referral]
        assert (line["stage"], line["accepted_by"]) == ("accepted", winner)
        free = {"casa-aperta": 2, "porto": 1}
        assert {name: relay.free(name) for name in both} == {**free, winner: free[winner] - 1}
        relay.did(referral, ("withdrawal", "hotline"))


@pytest.mark.parametrize("ends", [WithdrawReferral, StopForWithdrawal])
def test_when_a_referral_ends_and_is_accepted_at_once_then_no_place_is_lost(
    relay: Relay, ends: type[Command]
) -> None:
    for number in range(ROUNDS):
        case, referral = asked_in_another_case(relay, number)
        fields = {"referral": referral} if ends is WithdrawReferral else {"consent": CONSENT}
        ending = asking(relay, case, ends.model_validate(fields), "hotline")
        told = race(ending, accepting(relay, (case, referral)))
        assert told in (["done", "done"], ["done", MOVED_ON])
        assert relay.free() == 2
