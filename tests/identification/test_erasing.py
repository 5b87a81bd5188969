"""Given what is known of a case, when its erasure is asked for, done, attested: then this."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.identification.cases.commands import (
    CheckAttestations,
    DestroyKeys,
    NoteAttestation,
    NoteCustody,
    NoteProgrammeClosure,
    OfErasure,
    RepeatErasure,
    RequestErasure,
)
from services.identification.cases.decide import CASES
from services.identification.cases.events import (
    ErasureAttested,
    ErasureCompleted,
    ErasureOverdue,
    ErasureRequested,
    IdentityRecorded,
    KeysDestroyed,
)
from services.identification.contacts.events import ContactReported
from services.identification.retention.decide import STREAM
from shared.codes import (
    ClosureKind,
    ErasureGround,
    Role,
)
from shared.runtime.facts import Acting, Fact, Request
from shared.trust.protected import Contact, Identity, Narrative, Protected
from tests.identification.given import (
    CASE,
    CONSENTED,
    CONTACT,
    DETERMINE,
    DISCLOSE,
    IDENTIFY,
    INFORM,
    MANAGER,
    OPENED,
    RELAY,
    REPORTED,
    SHELTER,
    WITHDRAW,
)
from tests.support.decisions import FRESH, NOW, acting, refusal, when

ERASE = RequestErasure(ground=ErasureGround.CONSENT_WITHDRAWN)
COORDINATOR = acting("regione", Role.COORDINATOR)
REQUESTED = ErasureRequested(
    erasure=FRESH,
    ground=ErasureGround.CONSENT_WITHDRAWN,
    custodian="hotline",
    streams=(CASE, CONTACT),
    attest_by=NOW + timedelta(hours=72),
)
DESTROY = DestroyKeys(erasure=FRESH)
CHECK = CheckAttestations(erasure=FRESH)
DESTROYED = KeysDestroyed(erasure=FRESH, streams=(CASE, CONTACT), keys=0)
OWN = ErasureAttested(erasure=FRESH, service="identification", keys=0)
COMPLETED = ErasureCompleted(erasure=FRESH)
ERASED: list[Fact] = [*CONSENTED, REQUESTED, DESTROYED, OWN]
REFERRAL_DID = NoteAttestation(erasure=FRESH, service="referral", keys=0)
ASSISTANCE_DID = NoteAttestation(erasure=FRESH, service="assistance", keys=2)


@pytest.mark.parametrize("by", [MANAGER, COORDINATOR])
def test_given_a_case_when_its_manager_or_the_coordinator_asks_then_it_is_requested(
    by: Acting,
) -> None:
    assert when(CASES, CONSENTED, ERASE, by) == [REQUESTED]


@pytest.mark.parametrize(
    "by",
    [
        SHELTER,
        acting("casa-aperta", Role.CASE_MANAGER),
        acting("hotline", Role.HOTLINE_OPERATOR, Role.PROVIDER_INTAKE),
        acting("regione", Role.AUDITOR),
    ],
)
def test_given_a_case_when_anybody_else_asks_then_it_is_refused(by: Acting) -> None:
    rule = "only-the-custodians-case-manager-or-the-coordinator-asks-for-erasure"
    assert refusal(CASES, CONSENTED, ERASE, by) == rule
    assert refusal(CASES, ERASED, ERASE, by) == rule


def test_given_no_case_when_its_erasure_is_asked_for_then_it_is_refused() -> None:
    assert refusal(CASES, [], ERASE, COORDINATOR) == "the-case-exists"


@pytest.mark.parametrize("facts", [[*CONSENTED, REQUESTED], ERASED])
def test_given_a_request_when_it_is_asked_again_then_nothing_happens(facts: list[Fact]) -> None:
    assert when(CASES, facts, ERASE, COORDINATOR) == []


def test_given_a_request_when_the_keys_are_destroyed_then_each_is_counted() -> None:
    identity = IdentityRecorded(
        identity=Protected[Identity](sealed="c2VhbGVk"),
        reach=Protected[Contact](sealed="c2VhbGVk"),
    )
    told = ContactReported(
        **{
            **REPORTED.model_dump(exclude={"narrative"}),
            "narrative": Protected[Narrative](sealed="c2VhbGVk"),
        }
    )
    facts = [*CONSENTED, identity, identity, REQUESTED]
    assert when(CASES, facts, DESTROY, RELAY, {CONTACT: [told]}) == [
        KeysDestroyed(erasure=FRESH, streams=(CASE, CONTACT), keys=3),
        ErasureAttested(erasure=FRESH, service="identification", keys=3),
    ]


@pytest.mark.parametrize(
    ("facts", "command"),
    [
        (ERASED, DESTROY),
        (CONSENTED, DESTROY),
        ([*CONSENTED, REQUESTED], DestroyKeys(erasure="0" * 32)),
        (CONSENTED, REFERRAL_DID),
        (ERASED, NoteAttestation(erasure="0" * 32, service="referral", keys=0)),
        (CONSENTED, CHECK),
        (ERASED, CheckAttestations(erasure="0" * 32)),
        (ERASED, RepeatErasure()),
        (ERASED, RepeatErasure(erasure=FRESH)),
    ],
)
def test_what_was_done_or_is_of_another_request_has_no_effect(
    facts: list[Fact], command: OfErasure
) -> None:
    assert when(CASES, facts, command, RELAY) == []


def test_given_all_others_when_the_last_attests_then_it_is_completed() -> None:
    first = ErasureAttested(erasure=FRESH, service="referral", keys=0)
    assert when(CASES, ERASED, REFERRAL_DID, RELAY) == [first]
    assert when(CASES, [*ERASED, first], ASSISTANCE_DID, RELAY) == [
        ErasureAttested(erasure=FRESH, service="assistance", keys=2),
        COMPLETED,
    ]
    assert when(CASES, [*ERASED, first], REFERRAL_DID, RELAY) == []


def test_given_the_deadline_when_somebody_has_not_attested_then_it_is_overdue_once() -> None:
    overdue = ErasureOverdue(erasure=FRESH, missing=("referral", "assistance"))
    assert when(CASES, ERASED, CHECK, RELAY) == [overdue]
    assert when(CASES, [*ERASED, overdue], CHECK, RELAY) == []


def test_given_it_is_completed_when_the_deadline_comes_then_nothing_happens() -> None:
    told = [
        ErasureAttested(erasure=FRESH, service=one, keys=0) for one in ("referral", "assistance")
    ]
    assert when(CASES, [*ERASED, *told, COMPLETED], CHECK, RELAY) == []


def test_given_a_case_when_others_or_the_keys_remember_its_erasure_then_it_is_requested_again() -> (
    None
):
    for erasure in (None, "d" * 32):
        again = when(CASES, CONSENTED, RepeatErasure(erasure=erasure), RELAY)
        told = {"erasure": erasure or FRESH, "ground": None, "attest_by": again[0].attest_by}  # type: ignore[union-attr]  # looked at below
        assert again == [REQUESTED.model_copy(update=told)]


@pytest.mark.parametrize("facts", [[*CONSENTED, REQUESTED], ERASED])
@pytest.mark.parametrize(
    "command",
    [
        INFORM,
        IDENTIFY,
        WITHDRAW,
        DISCLOSE,
        DETERMINE,
        NoteCustody(custodian="casa-aperta", referral="r-1"),
        NoteProgrammeClosure(organisation="casa-aperta", closure=ClosureKind.OTHER),
    ],
)
def test_given_an_erasure_when_anything_else_is_asked_then_it_is_refused(
    facts: list[Fact], command: object
) -> None:
    rule = refusal(CASES, facts, command, MANAGER)  # type: ignore[arg-type]  # one of the commands above
    assert rule == "what-was-erased-stays-erased"


def played(commands: Sequence[Request]) -> list[Fact]:
    facts: list[Fact] = [*CONSENTED, REQUESTED]
    for command in commands:
        told = when(CASES, facts, command, RELAY)
        facts += [event for event in told if isinstance(event, Fact)]
    return facts


MESSAGES: tuple[OfErasure, ...] = (DESTROY, REFERRAL_DID, ASSISTANCE_DID)


@settings(deadline=None)
@given(
    some.permutations(MESSAGES),
    some.lists(some.sampled_from([*MESSAGES, RepeatErasure(erasure=FRESH), CHECK]), max_size=12),
)
def test_in_any_order_and_told_again_it_has_the_effect_of_one(
    order: list[OfErasure], more: list[OfErasure]
) -> None:
    mixed = [each for pair in zip(order, [*more, *order], strict=False) for each in pair]
    facts = played([*mixed, *order, *more])
    for kind in (ErasureRequested, KeysDestroyed, ErasureCompleted):
        assert [type(fact) for fact in facts].count(kind) == 1
    attested = [fact.service for fact in facts if isinstance(fact, ErasureAttested)]
    assert sorted(attested) == ["assistance", "identification", "referral"]


def test_whoever_is_last_completes_it() -> None:
    for order in permutations(MESSAGES):
        assert isinstance(played(order)[-1], ErasureCompleted)


def test_an_opened_case_is_of_one_contact() -> None:
    (requested,) = when(CASES, [OPENED], ERASE, MANAGER)
    assert isinstance(requested, ErasureRequested)
    assert requested.streams == (CASE, CONTACT)


def test_only_what_concerns_an_erasure_looks_beside_the_case() -> None:
    opened = CASES.evolve(CASES.initial, OPENED)
    assert CASES.beside(INFORM, opened, MANAGER) == {}
    assert CASES.beside(ERASE, opened, MANAGER).keys() == {STREAM}
    assert CASES.beside(ERASE, CASES.initial, MANAGER) == {}
