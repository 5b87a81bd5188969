"""What the services decide about each command, for each role, in each situation."""

from collections.abc import Callable, Mapping

from shared.runtime.facts import Refused
from tests.matrix.of_identification import COMMANDS as OF_IDENTIFICATION
from tests.matrix.of_others import OF_ASSISTANCE, OF_REFERRAL
from tests.matrix.situations import Asked, Situation, by
from tests.support.decisions import when

COMMANDS: Mapping[str, Mapping[str, Callable[[Situation], Asked]]] = {
    "identification": OF_IDENTIFICATION,
    "referral": OF_REFERRAL,
    "assistance": OF_ASSISTANCE,
}
# Refusals of authority that do not say so, since whoever is refused is to learn nothing at all.
LEARNS_NOTHING = {"who-was-asked-acknowledges"}


def allowed(asked: Asked, role: str) -> bool:
    """Whether it happens. Fails where something else than authority stands in the way: the cell
    would then say nothing about authority."""
    try:
        when(asked.decider, asked.given, asked.command, by(role), asked.beside)
    except Refused as refusal:
        if refusal.kind == "authority" or refusal.rule in LEARNS_NOTHING:
            return False
        raise AssertionError(f"{type(asked.command).__name__}: {refusal.rule}") from refusal
    return True
