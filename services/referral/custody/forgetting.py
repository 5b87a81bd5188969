"""What is forgotten for good, and with which fact: pure."""

from collections.abc import Sequence

from services.referral.custody.events import KeysDestroyed
from shared.contracts.identification import ErasureRequested
from shared.runtime.facts import Forget, Recorded

UNHELD = frozenset({ErasureRequested.type})
"""Whatever is parked of a case, its erasure does not wait; and it can be given back to a sender
that lost it."""


def forgets(recorded: Recorded) -> Sequence[Forget]:
    match recorded.event:
        case KeysDestroyed(streams=streams):
            return [Forget(recorded.stream, streams, types=tuple(UNHELD))]
        case _:
            return []
