"""Given facts, when a command comes, then these facts or this refusal."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pytest

from shared.codes import Role
from shared.runtime.facts import Acting, Decider, Fact, In, Refused, Request

NOW = datetime(2026, 3, 8, 21, 30, tzinfo=UTC)
FRESH = "f" * 32
# Each role that may be joined with others: who audits changes nothing, and who counts sees nobody,
# whatever else they are.
ACTIVE_ROLES = frozenset(Role) - {Role.AUDITOR, Role.ANALYST}


def acting(organisation: str, *roles: str, operator: str = "op-1", now: datetime = NOW) -> Acting:
    return Acting(operator, organisation, now, frozenset(roles), FRESH)


def when(
    decider: Decider[Any, Any, Any],
    given: Sequence[Fact],
    command: Request,
    by: Acting,
    beside: Mapping[str, Sequence[Fact]] | None = None,
) -> Sequence[Fact | In]:
    """What is decided. `beside`: the facts of the other streams that the command names."""
    state = reduce(decider.evolve, given, decider.initial)
    others = decider.beside(command, state, by)
    if others:
        told = beside or {}
        seen = {
            stream: reduce(theirs.evolve, told.get(stream, ()), theirs.initial)
            for stream, theirs in others.items()
        }
        state = decider.seeing(state, seen)
    return decider.decide(command, state, by)


def refusal(
    decider: Decider[Any, Any, Any],
    given: Sequence[Fact],
    command: Request,
    by: Acting,
    beside: Mapping[str, Sequence[Fact]] | None = None,
) -> str:
    """The rule that says no; fails where none does."""
    with pytest.raises(Refused) as refused:
        when(decider, given, command, by, beside)
    return refused.value.rule
