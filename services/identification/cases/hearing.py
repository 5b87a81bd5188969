"""What follows from others' facts and from time: pure."""

from collections.abc import Sequence
from typing import assert_never

from services.identification.cases import commands, ending, events
from services.identification.cases.events import Event
from services.identification.cases.state import Open
from shared.runtime.facts import Acting

Heard = (
    commands.NoteCustody
    | commands.NoteAcknowledgement
    | commands.NoteProgrammeClosure
    | commands.RegainWithdrawal
)


def hear(command: Heard, case: Open, acting: Acting) -> Sequence[Event]:
    match command:
        case commands.NoteCustody():
            return [events.CustodyMoved(**command.model_dump())]
        case commands.NoteAcknowledgement():
            return ending.hear_acknowledgement(command, case, acting)
        case commands.NoteProgrammeClosure():
            return ending.hear_closure(command, case, acting)
        case commands.RegainWithdrawal():
            return ending.withdraw(command, case, acting)
        case _:
            assert_never(command)


Due = commands.ExpireConsent | commands.WarnOfExpiry | commands.EscalateAcknowledgement


def due(command: Due, case: Open, acting: Acting) -> Sequence[Event]:
    match command:
        case commands.ExpireConsent():
            return ending.expire(command, case, acting)
        case commands.WarnOfExpiry():
            return ending.warn(command, case, acting)
        case commands.EscalateAcknowledgement():
            return ending.escalate(command, case)
        case _:
            assert_never(command)
