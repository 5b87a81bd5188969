"""`identification` behind its real HTTP: a desk of the hotline, and the shelter that asks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httpx2 import Response
from pydantic_core import to_jsonable_python

from services.identification.app import SERVICE, app
from services.identification.cases.commands import Command
from services.identification.contacts.commands import ReportContact
from shared.codes import Role
from shared.trust.protected import REVEALED
from tests.identification.given import CONSENT_TO_SHELTER, IDENTIFY, INFORM, OPEN, REPORT
from tests.support.web import Web, serve

PATHS = {
    "LinkContact": "contacts",
    "GiveInformation": "information",
    "GiveConsent": "consents",
    "RefuseConsent": "consent-refusals",
    "WithdrawConsent": "consent-withdrawals",
    "RecordIdentity": "identity",
    "DiscloseDossier": "disclosures",
    "DetermineStatus": "status",
}


def body(command: Command | ReportContact, **changed: Any) -> dict[str, Any]:
    """A command as its sender writes it, some fields changed, or left out (None)."""
    told = json.loads(command.model_dump_json(context=REVEALED)) | to_jsonable_python(changed)
    return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True)
class Desk:
    web: Web

    def by(self, organisation: str = "hotline", *roles: str, operator: str = "op-1") -> str:
        """A token; without roles, of somebody who works on cases."""
        working = roles or (Role.HOTLINE_OPERATOR, Role.CASE_MANAGER)
        return self.web.token(organisation, *working, operator=operator)

    def report(self, **changed: Any) -> str:
        answer = self.web.post("/contacts", body(REPORT, **changed), self.by())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def open(self, contact: str | None = None) -> str:
        """A case of the hotline's, on a contact of its own."""
        asked = body(OPEN, contact=contact or self.report())
        answer = self.web.post("/cases", asked, self.by())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def ask(
        self,
        case: str,
        command: Command,
        by: str | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        **changed: Any,
    ) -> Response:
        """Put a command to a case."""
        path = f"/cases/{case}/{PATHS[type(command).__name__]}"
        return self.web.post(
            path, body(command, **changed), by or self.by(), key=key, **(headers or {})
        )

    def done(self, case: str, command: Command, by: str | None = None, **changed: Any) -> str:
        """As `ask`, and it worked; the id that was answered."""
        answer = self.ask(case, command, by, **changed)
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json().get("id", ""))

    def consented(self, **changed: Any) -> tuple[str, str]:
        """A case with an identity, and a consent to `casa-aperta`: both ids."""
        case = self.open()
        self.done(case, INFORM)
        self.done(case, IDENTIFY)
        return case, self.done(case, CONSENT_TO_SHELTER, **changed)

    def seen(self, case: str) -> dict[str, Any]:
        """The case in codes, as its custodian reads it."""
        answer = self.web.get(f"/cases/{case}", self.by())
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def names(self, stream: str) -> list[str]:
        """The stored names of a stream's events, in order."""
        return [stored.topic for stored in self.web.store.events(stream)]

    def refusals(self, stream: str) -> list[str]:
        """The rules that said no in this stream, as the audit log kept them."""
        found = self.web.store.rows(
            "SELECT entry FROM audit WHERE stream = ? AND entry IS NOT NULL ORDER BY idx", (stream,)
        )
        told = [json.loads(row["entry"]) for row in found]
        return [entry["rule"] for entry in told if entry["kind"] == "refusal"]


def open_desk(kind: str, directory: Path) -> Desk:
    return Desk(serve(kind, SERVICE, app, directory))
