"""The read table `alarms`: in ids and codes, never a word of what was told."""

from datetime import datetime

from services.identification.alarms.kinds import AlarmKind
from shared.runtime.append import instant
from shared.runtime.facts import Change, Table

ALARMS = Table(
    "alarms",
    {"kind": "TEXT", "case_id": "TEXT", "about": "TEXT", "since": "TEXT", "settled_at": "TEXT"},
    indexes=(("case_id",), ("settled_at", "key")),
    subject="",
)


def raised(kind: AlarmKind, case: str, about: str, at: datetime) -> Change:
    """An alarm on the coordinator's list; raised again it is open again, since this moment."""
    row = {"kind": kind, "case_id": case, "about": about, "since": instant(at), "settled_at": None}
    return Change("alarms", _key(kind, case, about), row)


def settled(kind: AlarmKind, case: str, about: str, at: datetime) -> Change:
    """Off the list. Only for an alarm that was raised."""
    return Change("alarms", _key(kind, case, about), {"settled_at": instant(at)})


def _key(kind: AlarmKind, case: str, about: str) -> str:
    return f"{kind}/{case}/{about}"
