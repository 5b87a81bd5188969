"""Who asks, and how what they ask about stands to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.codes import Role
from shared.runtime.facts import Acting, Decider, Fact, Request
from shared.web.door import SERVICE_ROLE
from tests.support.decisions import FRESH, NOW

OURS, THEIRS, OTHERS = "porto", "hotline", "casa-aperta"
"""Whoever asks; whose case it is else; and a third, who has nothing to do with who asks."""
OPERATOR, SOMEBODY = "op-1", "op-7"
NOBODY = "no role"
ROLES: tuple[str, ...] = (*(role.value for role in Role), SERVICE_ROLE, NOBODY)


class Situation(StrEnum):
    OWN = "own"
    CONSENT = "consent"
    WITHOUT = "without"

    @property
    def custodian(self) -> str:
        return OURS if self is Situation.OWN else THEIRS

    @property
    def recipient(self) -> str:
        """Whom the person's consent names."""
        return OURS if self is Situation.CONSENT else OTHERS


@dataclass(frozen=True)
class Asked:
    """A command, and the facts that it meets; `beside` are those of the other streams."""

    decider: Decider[Any, Any, Any]
    given: Sequence[Fact]
    command: Request
    beside: Mapping[str, Sequence[Fact]] = field(default_factory=dict)


def by(role: str) -> Acting:
    """An operator of ours in one role, or in none, who has just proved who they are."""
    return Acting(OPERATOR, OURS, NOW, held(role), FRESH, NOW, frozenset({"pwd", "otp"}))


def held(role: str) -> frozenset[str]:
    return frozenset() if role == NOBODY else frozenset({role})
