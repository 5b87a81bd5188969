"""What every refusal has: a kind, why it is, and what to do instead, in whole sentences."""

import re
from collections.abc import Callable

import pytest

from shared.runtime.facts import RefusalKind, Refused

SENTENCES = re.compile(r"[A-Z][a-z ].*[a-z0-9]\.")
# A rule, what it is given, and of which kind its refusal then is.
Refusal = tuple[Callable[..., object], tuple[object, ...], RefusalKind]


def refused(rule: Callable[..., object], given: tuple[object, ...]) -> Refused:
    """What the rule says; fails where it does not refuse."""
    with pytest.raises(Refused) as told:
        rule(*given)
    return told.value


def in_sentences(told: Refused) -> bool:
    return all(SENTENCES.fullmatch(said) for said in (told.because, told.instead))


def own_name(rule: Callable[..., object]) -> str:
    """The rule's name as refusals say it, where it is its function's."""
    return rule.__name__.replace("_", "-")
