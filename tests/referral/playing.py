"""Plays a history of commands as the runtime would, without a store, and keeps its facts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.referral.custody import commands
from services.referral.custody.decide import CUSTODY
from services.referral.custody.state import Referral, Relay
from services.referral.directory.decide import DIRECTORY
from shared.codes import Role
from shared.runtime.facts import Acting, Decider, Fact, In, Recorded, Refused, Request
from tests.support.decisions import NOW

ROLES = frozenset({Role.PROVIDER_INTAKE, Role.COORDINATOR})
WHOEVER_MAY = "whoever-may"


@dataclass(frozen=True)
class Move:
    """`by` names an organisation, or whoever may do this as the case stands.

    `fresh` is the id of what the command creates; a proposal under an id that is taken is none.
    """

    stream: str
    command: Request
    by: str
    wait: timedelta = timedelta()
    fresh: str = ""


@dataclass
class History:
    now: datetime = NOW
    states: dict[str, Any] = field(default_factory=dict)
    facts: list[Recorded] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def play(self, move: Move) -> Sequence[Fact | In]:
        """Nothing where a rule said no. Any other exception is a fault, and goes through."""
        self.now += move.wait
        if move.fresh in self.used:
            return []
        decider, state = _decider(move.stream), self._state(move.stream)
        by = _whoever_may(move.command, state) if move.by == WHOEVER_MAY else move.by
        acting = Acting("op-1", by, self.now, ROLES, move.fresh)
        others = decider.beside(move.command, state, acting)
        seen = {name: self._state(name) for name in others}
        try:
            decided = decider.decide(move.command, decider.seeing(state, seen), acting)
        except Refused:
            return []
        for each in decided:
            self._keep(move.stream, each, by)
        self.used |= {move.fresh} - {""}
        return decided

    def _state(self, stream: str) -> Any:
        return self.states.get(stream, _decider(stream).initial)

    def _keep(self, own: str, each: Fact | In, by: str) -> None:
        stream, fact = (each.stream, each.event) if isinstance(each, In) else (own, each)
        self.states[stream] = _decider(stream).evolve(self._state(stream), fact)
        self.facts.append(Recorded(stream, len(self.facts), fact, self.now, "op-1", by))


def played(moves: Sequence[Move]) -> History:
    history = History()
    for move in moves:
        history.play(move)
    return history


def _decider(stream: str) -> Decider[Any, Any, Any]:
    return DIRECTORY if stream.startswith("organisation-") else CUSTODY


def _whoever_may(command: Request, state: object) -> str:
    """So that many histories get somewhere; nobody knows of a case or referral that is not."""
    if not isinstance(state, Relay):
        return "nobody"
    if isinstance(command, commands.ProposeReferral):
        return state.custodian
    referral = state.referrals.get(getattr(command, "referral", ""))
    return _side(command, state, referral) if referral else "nobody"


def _side(command: Request, relay: Relay, referral: Referral) -> str:
    match command:
        case commands.AcknowledgeReferral() | commands.AcceptReferral():
            return relay.consents[referral.consent].recipient or "nobody"
        case commands.DeclineReferral():
            return next(iter(referral.responses))
        case commands.ConfirmHandover() if referral.sender in referral.confirmed_by:
            return referral.accepted_by or "nobody"
        case _:
            return referral.sender
