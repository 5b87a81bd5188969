"""The journey as it stands, and what its people look at to see a step's effect."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from staffetta.journey.client import Network

HOTLINE, MANAGER, COORDINATOR = "op-hotline-1", "op-case-1", "op-coordinator-1"
DECLINES, TAKES = "op-intake-1", "op-intake-2"
MUNICIPALITY, UNO, DUE = "comune-bologna", "cooperativa-inventata-uno", "cooperativa-inventata-due"


@dataclass
class Journey:
    """What the steps tell each other."""

    net: Network
    contact: str = ""
    case: str = ""
    consent: str = ""
    referral: str = ""
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def here(self) -> str:
        return f"/identification/cases/{self.case}"

    @property
    def way(self) -> str:
        return f"/referral/cases/{self.case}/referrals"

    @property
    def programme(self) -> str:
        return f"/assistance/cases/{self.case}/programmes/{self.referral}"


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def custodian(on: Journey) -> str:
    return str(on.net.get(COORDINATOR, on.way)["custodian"])


def responses(on: Journey) -> dict[str, Any]:
    shown = on.net.get(MANAGER, on.way)["responses"]
    return {line["receiver"]: line for line in shown if line["referral"] == on.referral}


def free_places(on: Journey) -> int:
    offers = everything(on, MANAGER, "/referral/offers?service=residential")
    return next(int(line["free"]) for line in offers if line["organisation"] == DUE)


def everything(on: Journey, operator: str, path: str) -> list[dict[str, Any]]:
    """Every page of a list."""
    joint = "&" if "?" in path else "?"
    items, after = [], ""
    while True:
        page = on.net.get(operator, f"{path}{joint}limit=200{after}")
        items += page["items"]
        if page["next"] is None:
            return items
        after = f"&after={page['next']}"
