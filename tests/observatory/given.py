"""Contributions, for the tests of `observatory`."""

from services.observatory.commands import RecordContribution
from services.observatory.consumer import react
from services.observatory.events import FactRecorded
from shared.contracts.envelope import STATISTICS
from shared.contracts.statistics import CaseContributed
from shared.runtime.handle import handle
from shared.runtime.message import Message
from shared.runtime.store import Store
from tests.support.decisions import acting

PSEUDONYM = "d" * 32
FACT = f"fact-{PSEUDONYM}"
RELAY = acting("identification", operator="relay")

CODES = {
    "month": "2026-03",
    "area": "IT-BO",
    "channel": "hotline",
    "exploitation": "labour+sexual",
    "age_group": "adult",
    "gender": "female",
    "citizenship_group": "africa",
}
CONTRIBUTED = CaseContributed.model_validate(CODES)
RECORD = RecordContribution.model_validate(CODES)
RECORDED = FactRecorded.model_validate(CODES)


def message(told: CaseContributed, pseudonym: str = PSEUDONYM) -> Message:
    """A contribution as the observatory gets it."""
    text, at = told.model_dump_json(), f"{told.month}-01T00:00:00Z"
    return Message("identification", STATISTICS, 0, 1, "id", told.type, pseudonym, at, text)


def hear(store: Store, told: CaseContributed, pseudonym: str) -> None:
    for reaction in react(message(told, pseudonym)):
        handle(store, reaction.decider, reaction.stream, reaction.command, RELAY)


def hear_people(store: Store, first: int, people: int, **codes: str) -> None:
    """So many contributions with the same codes, the pseudonyms numbered from `first`."""
    told = CaseContributed.model_validate(CODES | codes)
    for number in range(first, first + people):
        hear(store, told, f"{number:032x}")
