"""What `referral` does when it hears of others' facts."""

from collections.abc import Sequence

from services.referral.custody.commands import (
    BeginRelay,
    Command,
    DestroyKeys,
    NoteConsent,
    NoteNarrowing,
    ReturnPlace,
    StopForExpiry,
    StopForWithdrawal,
)
from services.referral.custody.decide import CUSTODY
from shared.contracts import assistance, identification
from shared.contracts.envelope import events_topic
from shared.runtime.inbox import Reaction
from shared.runtime.message import Message

HEARS = (
    ("identification", events_topic("identification")),
    ("assistance", events_topic("assistance")),
)


def react(message: Message) -> Sequence[Reaction]:
    """The commands that a public event leads to; a type that is not known leads to none."""
    command = _command(message)
    return [Reaction(CUSTODY, message.key, command)] if command else []


def _command(message: Message) -> Command | None:
    match message.type:
        case identification.CaseOpened.type:
            opened = identification.CaseOpened.model_validate_json(message.data)
            return BeginRelay(custodian=opened.organisation)
        case assistance.ProgrammeClosed.type:
            closed = assistance.ProgrammeClosed.model_validate_json(message.data)
            return ReturnPlace(referral=closed.referral)
        case identification.ErasureRequested.type:
            asked = identification.ErasureRequested.model_validate_json(message.data)
            return DestroyKeys(case=message.key, erasure=asked.erasure)
        case _:
            return _of_consent(message)


def _of_consent(message: Message) -> Command | None:
    match message.type:
        case identification.ConsentGiven.type:
            given = identification.ConsentGiven.model_validate_json(message.data)
            return NoteConsent(**given.model_dump(exclude={"case", "categories"}))
        case identification.ConsentGivenToClass.type:
            to_class = identification.ConsentGivenToClass.model_validate_json(message.data)
            return NoteConsent(**to_class.model_dump(exclude={"case", "categories"}))
        case identification.ConsentNarrowed.type:
            less = identification.ConsentNarrowed.model_validate_json(message.data)
            return NoteNarrowing(**less.model_dump(exclude={"case", "categories"}))
        case identification.ConsentExpired.type:
            expired = identification.ConsentExpired.model_validate_json(message.data)
            return StopForExpiry(consent=expired.consent)
        case identification.ConsentWithdrawn.type:
            withdrawn = identification.ConsentWithdrawn.model_validate_json(message.data)
            return StopForWithdrawal(consent=withdrawn.consent)
        case _:
            return None


def forget_again(stream: str) -> Sequence[Reaction]:
    """What must be so where the key store says that somebody was erased, and the log does not."""
    return [Reaction(CUSTODY, stream, DestroyKeys(case=stream))]
