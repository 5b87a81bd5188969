"""How a refusal speaks: of which kind it is, why it is, and what to do instead, in sentences."""

import re
from collections.abc import Callable

import pytest

from services.observatory import policies
from shared.codes import Role
from shared.runtime.facts import Refused
from tests.support.decisions import acting

SENTENCES = re.compile(r"[A-Z][a-z ].*[a-z]\.")
INTAKE = acting("porto", Role.PROVIDER_INTAKE)


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        (policies.only_an_analyst_or_the_coordinator_reads_counts, (INTAKE,)),
        (policies.no_table_shows_a_small_cell, ([9], 10)),
    ],
)
def test_when_a_rule_says_no_then_it_says_why_and_what_to_do_instead(
    rule: Callable[..., object], given: tuple[object, ...]
) -> None:
    with pytest.raises(Refused) as refused:
        rule(*given)
    assert refused.value.kind == "authority"
    assert SENTENCES.fullmatch(refused.value.because)
    assert SENTENCES.fullmatch(refused.value.instead)
