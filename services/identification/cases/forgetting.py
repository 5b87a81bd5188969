"""What is forgotten for good, and with which fact; and what must still happen by when: pure."""

from collections.abc import Sequence

from services.identification.cases.commands import CheckAttestations, DestroyKeys
from services.identification.cases.events import (
    ErasureCompleted,
    ErasureRequested,
    KeysDestroyed,
)
from shared.contracts import assistance, referral
from shared.runtime.facts import ClearTimer, Forget, Recorded, SetTimer, TimerChange

UNHELD = frozenset({referral.KeysDestroyed.type, assistance.KeysDestroyed.type})
"""Whatever is parked of a case, an attestation does not wait."""


def forgets(recorded: Recorded) -> Sequence[Forget]:
    match recorded.event:
        case KeysDestroyed(streams=streams):
            kept = (_attest(recorded.stream),)
            return [Forget(recorded.stream, streams, kept, tuple(UNHELD))]
        case _:
            return []


def deadlines(recorded: Recorded) -> Sequence[TimerChange]:
    """The destruction is due at once: a row, so that it happens whatever is killed meanwhile."""
    case = recorded.stream
    match recorded.event:
        case ErasureRequested(erasure=erasure, attest_by=by):
            return [
                SetTimer(_destroy(case), recorded.at, case, DestroyKeys(erasure=erasure)),
                SetTimer(_attest(case), by, case, CheckAttestations(erasure=erasure)),
            ]
        case ErasureCompleted():
            return [ClearTimer(_attest(case))]
        case _:
            return []


def _destroy(case: str) -> str:
    return f"erasure/{case}/destroy"


def _attest(case: str) -> str:
    return f"erasure/{case}/attest"
