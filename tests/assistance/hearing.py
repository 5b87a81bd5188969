"""`assistance` behind HTTP: what it hears, what is sent to it, and what it keeps."""

import json
from typing import Any

from services.assistance.consumer import react
from shared.codes import Role
from shared.runtime.handle import handle
from shared.runtime.message import Message
from tests.assistance.given import CASE, REFERRAL, RELAY, SECRET
from tests.support.web import Web

AT = "2026-03-08T21:30:00.000000Z"
PLAN = {"services": ["medical", "residential"], "review_on": "2026-06-06", "goals": SECRET}
DELIVERY = {"service": "medical", "delivered_on": "2026-03-08", "note": SECRET}
CLOSURE = {"closure": "completed-as-planned", "note": SECRET}
ADDRESS = f"/cases/{CASE}/programmes/{REFERRAL}"


def handover(referral: str, consent: str, receiver: str) -> dict[str, str]:
    told = {"case": CASE, "referral": referral, "consent": consent, "service": "residential"}
    return {**told, "sender": "hotline", "receiver": receiver}


def hear(web: Web, of: str, data: dict[str, str]) -> None:
    message = Message("sender", "topic", 0, 1, "id", of, CASE, AT, json.dumps(data))
    for reaction in react(message):
        handle(web.store, reaction.decider, reaction.stream, reaction.command, RELAY)


def shelter(web: Web) -> str:
    return web.token("casa-aperta", Role.PROVIDER_INTAKE)


def coordinator(web: Web) -> str:
    return web.token("regione", Role.COORDINATOR)


def entries(web: Web, stream: str) -> list[dict[str, Any]]:
    rows = web.store.rows(
        "SELECT entry FROM audit WHERE stream = ? AND entry IS NOT NULL ORDER BY idx", (stream,)
    )
    return [json.loads(row["entry"]) for row in rows]
