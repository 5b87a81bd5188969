"""What holds in every history of a case's programmes."""

from collections.abc import Sequence
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.assistance import events
from services.assistance.commands import Command, StopForWithdrawal
from services.assistance.decide import PROGRAMMES
from services.assistance.state import Case
from shared.codes import ClosureKind, ServiceType
from shared.runtime.facts import Acting, Fact, Refused
from tests.assistance.given import (
    ANOTHER_CONSENT,
    ANOTHER_REFERRAL,
    CLOSE,
    CONSENT,
    DELIVER,
    OPEN,
    OPEN_ANOTHER,
    PLAN,
    REFERRAL,
    RELAY,
    SHELTER,
)

referrals = st.sampled_from([REFERRAL, ANOTHER_REFERRAL])
consents = st.sampled_from([CONSENT, ANOTHER_CONSENT])
heard = st.one_of(
    st.builds(
        lambda referral, consent: OPEN.model_copy(
            update={"referral": referral, "consent": consent}
        ),
        referrals,
        consents,
    ),
    st.builds(StopForWithdrawal, consent=consents),
)
asked = st.one_of(
    st.builds(lambda referral: PLAN.model_copy(update={"referral": referral}), referrals),
    st.builds(
        lambda referral, service: DELIVER.model_copy(
            update={"referral": referral, "service": service}
        ),
        referrals,
        st.sampled_from([ServiceType.RESIDENTIAL, ServiceType.WORK]),
    ),
    st.builds(
        lambda referral, closure: CLOSE.model_copy(
            update={"referral": referral, "closure": closure}
        ),
        referrals,
        st.sampled_from([ClosureKind.COMPLETED_AS_PLANNED, ClosureKind.OTHER]),
    ),
)
histories = st.lists(st.one_of(heard, asked), max_size=25)


def told(commands: Sequence[Command]) -> tuple[list[Fact], Case]:
    """The facts that a series of commands leads to; what is refused leaves none."""
    facts: list[Fact] = []
    case = PROGRAMMES.initial
    for command in commands:
        by: Acting = RELAY if hasattr(command, "consent") else SHELTER
        try:
            decided = PROGRAMMES.decide(command, case, by)
        except Refused:
            continue
        for fact in decided:
            assert isinstance(fact, Fact)
            facts.append(fact)
            case = PROGRAMMES.evolve(case, fact)
    assert isinstance(case, Case)
    return facts, case


@given(histories)
def test_nothing_but_a_closure_follows_a_stop(commands: list[Command]) -> None:
    stopped: set[str] = set()
    for fact in told(commands)[0]:
        if isinstance(fact, events.PlanAgreed | events.ServiceDelivered | events.ProgrammeStopped):
            assert fact.referral not in stopped
        if isinstance(fact, events.ProgrammeStopped):
            stopped.add(fact.referral)


@given(histories)
def test_no_service_rests_on_a_consent_that_was_withdrawn(commands: list[Command]) -> None:
    withdrawn: set[str] = set()
    for fact in told(commands)[0]:
        if isinstance(fact, events.PlanAgreed | events.ServiceDelivered):
            assert fact.consent not in withdrawn
        if isinstance(fact, events.WithdrawalNoted):
            withdrawn.add(fact.consent)


@given(histories)
def test_nothing_follows_a_closure(commands: list[Command]) -> None:
    closed: set[str] = set()
    for fact in told(commands)[0]:
        assert getattr(fact, "referral", None) not in closed
        if isinstance(fact, events.ProgrammeClosed):
            closed.add(fact.referral)


@given(histories)
def test_every_withdrawal_is_acknowledged(commands: list[Command]) -> None:
    acknowledged = {
        fact.consent for fact in told(commands)[0] if isinstance(fact, events.WithdrawalNoted)
    }
    asked_for = {command.consent for command in commands if isinstance(command, StopForWithdrawal)}
    assert acknowledged == asked_for


@given(histories)
def test_said_again_all_at_the_end_what_was_heard_changes_nothing(commands: list[Command]) -> None:
    facts, case = told(commands)
    again = [command for command in commands if hasattr(command, "consent")]
    assert told([*commands, *again]) == (facts, case)


@settings(max_examples=30)
@given(st.lists(st.sampled_from([OPEN, OPEN_ANOTHER]), max_size=3), st.lists(consents, max_size=2))
def test_in_whatever_order_it_is_heard_the_case_stands_the_same(
    opened: list[Command], withdrawn: list[str]
) -> None:
    commands = [*opened, *(StopForWithdrawal(consent=consent) for consent in withdrawn)]
    ends = [told(order)[1] for order in permutations(commands)]
    assert all(end == ends[0] for end in ends)
