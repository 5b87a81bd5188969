"""What `identification` does when it hears of others' facts."""

from collections.abc import Sequence

from services.identification.cases.commands import (
    Command,
    NoteAcknowledgement,
    NoteCustody,
    NoteProgrammeClosure,
    RegainWithdrawal,
)
from services.identification.cases.decide import CASES
from shared.contracts import assistance, identification, referral
from shared.contracts.envelope import events_topic
from shared.runtime.inbox import Reaction
from shared.runtime.message import Message

HEARS = (("referral", events_topic("referral")), ("assistance", events_topic("assistance")))


def react(message: Message) -> Sequence[Reaction]:
    """The commands that a public event leads to; a type that is not known leads to none."""
    command = _command(message)
    return [Reaction(CASES, message.key, command)] if command else []


def _command(message: Message) -> Command | None:
    match message.type:
        case referral.HandoverCompleted.type:
            moved = referral.HandoverCompleted.model_validate_json(message.data)
            return NoteCustody(custodian=moved.receiver, referral=moved.referral)
        case referral.WithdrawalAcknowledged.type:
            done = referral.WithdrawalAcknowledged.model_validate_json(message.data)
            return NoteAcknowledgement(consent=done.consent, holder="referral", did=done.did)
        case assistance.WithdrawalAcknowledged.type:
            did = assistance.WithdrawalAcknowledged.model_validate_json(message.data)
            return NoteAcknowledgement(consent=did.consent, holder="assistance", did=did.did)
        case assistance.ProgrammeClosed.type:
            closed = assistance.ProgrammeClosed.model_validate_json(message.data)
            return NoteProgrammeClosure(organisation=closed.organisation, closure=closed.closure)
        case _:
            return None


def regain(message: Message) -> Sequence[Reaction]:
    """What must hold again at once of this service's own events, when a restore forgot them and
    others gave them back: a withdrawal of consent, before anybody may be shown anything."""
    if message.type != identification.ConsentWithdrawn.type:
        return []
    withdrawn = identification.ConsentWithdrawn.model_validate_json(message.data)
    return [Reaction(CASES, message.key, RegainWithdrawal(consent=withdrawn.consent))]
