"""What `assistance` does when it hears of others' facts."""

from collections.abc import Sequence

from services.assistance.commands import (
    Command,
    DestroyKeys,
    FlagForExpiry,
    NoteConsent,
    NoteNarrowing,
    OpenProgramme,
    StopForWithdrawal,
)
from services.assistance.decide import PROGRAMMES
from services.assistance.network.commands import NoteOrganisation
from services.assistance.network.decide import NETWORK, organisation_stream
from shared.contracts import identification, referral
from shared.contracts.envelope import events_topic
from shared.runtime.inbox import Reaction
from shared.runtime.message import Message

HEARS = (("referral", events_topic("referral")), ("identification", events_topic("identification")))


def react(message: Message) -> Sequence[Reaction]:
    """The commands that a public event leads to; a type that is not known leads to none."""
    if message.type == referral.OrganisationRegistered.type:
        told = referral.OrganisationRegistered.model_validate_json(message.data)
        noted = NoteOrganisation(organisation=told.organisation, kind=told.kind)
        return [Reaction(NETWORK, organisation_stream(told.organisation), noted)]
    command = _command(message)
    return [Reaction(PROGRAMMES, message.key, command)] if command else []


def _command(message: Message) -> Command | None:
    match message.type:
        case referral.HandoverCompleted.type:
            moved = referral.HandoverCompleted.model_validate_json(message.data)
            return OpenProgramme(
                referral=moved.referral,
                consent=moved.consent,
                service=moved.service,
                organisation=moved.receiver,
            )
        case identification.ConsentGiven.type:
            given = identification.ConsentGiven.model_validate_json(message.data)
            return NoteConsent(**given.model_dump(exclude={"case"}))
        case identification.ConsentGivenToClass.type:
            to_class = identification.ConsentGivenToClass.model_validate_json(message.data)
            return NoteConsent(**to_class.model_dump(exclude={"case"}))
        case identification.ConsentNarrowed.type:
            less = identification.ConsentNarrowed.model_validate_json(message.data)
            return NoteNarrowing(**less.model_dump(exclude={"case"}))
        case identification.ConsentExpired.type:
            expired = identification.ConsentExpired.model_validate_json(message.data)
            return FlagForExpiry(consent=expired.consent)
        case identification.ConsentWithdrawn.type:
            withdrawn = identification.ConsentWithdrawn.model_validate_json(message.data)
            return StopForWithdrawal(consent=withdrawn.consent)
        case identification.ErasureRequested.type:
            asked = identification.ErasureRequested.model_validate_json(message.data)
            return DestroyKeys(case=message.key, erasure=asked.erasure)
        case _:
            return None


def forget_again(stream: str) -> Sequence[Reaction]:
    """What must be so where the key store says that somebody was erased, and the log does not."""
    return [Reaction(PROGRAMMES, stream, DestroyKeys(case=stream))]
