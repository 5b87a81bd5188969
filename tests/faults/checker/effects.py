"""What a message must have led to at whoever heard it: written down again, beside the consumers.

A table of its own, so that a consumer that forgets a type does not also make the checker forget it.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from eventsourcing.persistence import StoredEvent

from shared.contracts import assistance, identification, referral, statistics
from shared.runtime.message import Message
from tests.faults.checker.ledger import Ledger

_NOTED = "case.withdrawal-acknowledged.v1"
# Receiver and type -> the stored name of its fact, and the field that tells two of them apart.
_LEADS_TO: Mapping[tuple[str, str], tuple[str, str]] = {
    ("referral", identification.CaseOpened.type): ("relay.begun.v1", ""),
    ("referral", identification.ConsentGiven.type): ("relay.consent-noted.v1", "consent"),
    ("referral", identification.ConsentWithdrawn.type): ("relay.withdrawal-noted.v1", "consent"),
    ("referral", assistance.ProgrammeClosed.type): ("referral.place-returned.v1", "referral"),
    ("assistance", referral.HandoverCompleted.type): ("programme.opened.v1", "referral"),
    ("assistance", identification.ConsentWithdrawn.type): (
        "programme.withdrawal-noted.v1",
        "consent",
    ),
    ("identification", referral.HandoverCompleted.type): ("case.custody-moved.v1", "referral"),
    ("identification", referral.WithdrawalAcknowledged.type): (_NOTED, "consent"),
    ("identification", assistance.WithdrawalAcknowledged.type): (_NOTED, "consent"),
    ("identification", assistance.ProgrammeClosed.type): (
        "case.programme-closure-heard.v1",
        "organisation",
    ),
    ("observatory", statistics.CaseContributed.type): ("fact.recorded.v1", ""),
}
_TOLD_BY = {
    (receiver, fact): type_.split(".")[2] for (receiver, type_), (fact, _by) in _LEADS_TO.items()
}
_FIELD_OF = {(receiver, fact): by for (receiver, _type), (fact, by) in _LEADS_TO.items()}


class Effect(NamedTuple):
    """A fact of a receiver that follows from one message of a sender."""

    fact: str
    about: str


Line = tuple[str, str, str]
"""Receiver, sender, stream: within one, effects have the order of the sender's numbers."""
Effects = Mapping[Line, list[Effect]]


def wanted(receiver: Ledger, senders: Mapping[str, Ledger]) -> Effects:
    """What every message in the outboxes that it hears must have led to, parked ones apart."""
    waiting = {(told.sender, told.topic, told.lane, told.number) for told in receiver.parked}
    found: dict[Line, list[Effect]] = defaultdict(list)
    for sender, topic in receiver.part.hears:
        for told in senders[sender].outbox:
            place = (sender, told.topic, told.lane, told.number)
            if told.topic != topic or place in waiting:
                continue
            if effect := _effect(receiver.name, told):
                found[receiver.name, sender, _stream(receiver.name, told)].append(effect)
    return found


def had(receiver: Ledger) -> Effects:
    """What its own log holds of such facts, in the order of each stream."""
    found: dict[Line, list[Effect]] = defaultdict(list)
    for event in sorted(receiver.events, key=lambda each: each.originator_version):
        known = (receiver.name, event.topic)
        if known in _FIELD_OF:
            effect, sender = _of(known, event)
            found[receiver.name, sender, str(event.originator_id)].append(effect)
    return found


def _of(known: tuple[str, str], event: StoredEvent) -> tuple[Effect, str]:
    data = json.loads(event.state)["data"]
    # Two senders acknowledge a withdrawal; the fact itself says which.
    sender = data["holder"] if event.topic == _NOTED else _TOLD_BY[known]
    return Effect(event.topic, data.get(_FIELD_OF[known], "")), sender


def _effect(receiver: str, told: Message) -> Effect | None:
    leads = _LEADS_TO.get((receiver, told.type))
    if leads is None:
        return None
    fact, field = leads
    try:
        return Effect(fact, json.loads(told.data).get(field, ""))
    except ValueError:
        return None  # broken where it was written: nobody can have heard it


def _stream(receiver: str, told: Message) -> str:
    return f"fact-{told.key}" if receiver == "observatory" else told.key
