"""The read tables `erasures` and `attestations`: codes only, and they stay when the case goes."""

from collections.abc import Sequence
from typing import assert_never

from services.identification.alarms import projections as alarms
from services.identification.alarms.kinds import AlarmKind
from services.identification.cases import events
from shared.runtime.append import instant
from shared.runtime.facts import Change, Recorded, Table

ERASURES = Table(
    "erasures",
    {
        "erasure": "TEXT",
        "custodian": "TEXT",
        "requested_at": "TEXT",
        "attest_by": "TEXT",
        "completed_at": "TEXT",
    },
    subject="",
)
ATTESTATIONS = Table(
    "attestations",
    {"case_id": "TEXT", "service": "TEXT", "keys_destroyed": "BIGINT", "attested_at": "TEXT"},
    indexes=(("case_id",),),
    subject="",
)
OfErasure = (
    events.ErasureRequested
    | events.KeysDestroyed
    | events.ErasureAttested
    | events.ErasureOverdue
    | events.ErasureCompleted
)


def erasures(event: OfErasure, recorded: Recorded) -> Sequence[Change]:
    case, at = recorded.stream, instant(recorded.at)
    match event:
        case events.ErasureRequested():
            row = {
                "erasure": event.erasure,
                "custodian": event.custodian,
                "requested_at": at,
                "attest_by": instant(event.attest_by),
                "completed_at": None,
            }
            # Asked for again after a restore, everybody attests again.
            return [Change("attestations", case, None, "case_id"), Change("erasures", case, row)]
        case events.ErasureAttested():
            done = {
                "case_id": case,
                "service": event.service,
                "keys_destroyed": event.keys,
                "attested_at": at,
            }
            return [Change("attestations", f"{case}/{event.service}", done)]
        case events.ErasureOverdue():
            return [alarms.raised(AlarmKind.ERASURE_NOT_ATTESTED, case, event.erasure, recorded.at)]
        case events.ErasureCompleted():
            # Whatever waited for somebody about this case waits for nobody any more.
            settled = Change("alarms", case, {"settled_at": at}, "case_id")
            return [Change("erasures", case, {"completed_at": at}), settled]
        case events.KeysDestroyed():
            return []
        case _:
            assert_never(event)
