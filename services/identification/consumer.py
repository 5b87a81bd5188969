"""What `identification` does when it hears of others' facts."""

from collections.abc import Sequence

from services.identification.cases.commands import (
    Command,
    NoteAcknowledgement,
    NoteAttestation,
    NoteCustody,
    NoteProgrammeClosure,
    RegainWithdrawal,
    RepeatErasure,
)
from services.identification.cases.decide import CASES
from services.identification.network.commands import NoteOrganisation
from services.identification.network.decide import NETWORK, organisation_stream
from shared.contracts import assistance, identification, referral
from shared.contracts.envelope import events_topic
from shared.runtime.inbox import Reaction
from shared.runtime.message import Message

HEARS = (("referral", events_topic("referral")), ("assistance", events_topic("assistance")))


def react(message: Message) -> Sequence[Reaction]:
    """The commands that a public event leads to; a type that is not known leads to none."""
    if message.type == referral.OrganisationRegistered.type:
        told = referral.OrganisationRegistered.model_validate_json(message.data)
        noted = NoteOrganisation(organisation=told.organisation, kind=told.kind)
        return [Reaction(NETWORK, organisation_stream(told.organisation), noted)]
    command = _command(message)
    return [Reaction(CASES, message.key, command)] if command else []


def _command(message: Message) -> Command | None:
    match message.type:
        case referral.HandoverCompleted.type:
            moved = referral.HandoverCompleted.model_validate_json(message.data)
            return NoteCustody(
                custodian=moved.receiver, referral=moved.referral, service=moved.service
            )
        case referral.WithdrawalAcknowledged.type:
            done = referral.WithdrawalAcknowledged.model_validate_json(message.data)
            return _acknowledged("referral", done)
        case assistance.WithdrawalAcknowledged.type:
            did = assistance.WithdrawalAcknowledged.model_validate_json(message.data)
            return _acknowledged("assistance", did)
        case assistance.ProgrammeClosed.type:
            closed = assistance.ProgrammeClosed.model_validate_json(message.data)
            return NoteProgrammeClosure(organisation=closed.organisation, closure=closed.closure)
        case _:
            return _attestation(message)


def _attestation(message: Message) -> Command | None:
    match message.type:
        case referral.KeysDestroyed.type:
            there = referral.KeysDestroyed.model_validate_json(message.data)
            return NoteAttestation(erasure=there.erasure, service="referral", keys=there.keys)
        case assistance.KeysDestroyed.type:
            gone = assistance.KeysDestroyed.model_validate_json(message.data)
            return NoteAttestation(erasure=gone.erasure, service="assistance", keys=gone.keys)
        case _:
            return None


def _acknowledged(
    holder: str, told: referral.WithdrawalAcknowledged | assistance.WithdrawalAcknowledged
) -> NoteAcknowledgement:
    return NoteAcknowledgement(
        consent=told.consent, holder=holder, did=told.did, organisations=told.organisations
    )


def regain(message: Message) -> Sequence[Reaction]:
    """What must hold again at once of this service's own events, when a restore forgot them and
    others gave them back: a withdrawal of consent, before anybody may be shown anything; and an
    erasure, before anything else."""
    if message.type == identification.ErasureRequested.type:
        asked = identification.ErasureRequested.model_validate_json(message.data)
        return [Reaction(CASES, message.key, RepeatErasure(erasure=asked.erasure))]
    if message.type != identification.ConsentWithdrawn.type:
        return []
    withdrawn = identification.ConsentWithdrawn.model_validate_json(message.data)
    return [Reaction(CASES, message.key, RegainWithdrawal(consent=withdrawn.consent))]


def forget_again(stream: str) -> Sequence[Reaction]:
    """What must be so where the key store says that somebody was erased, and the log does not."""
    return [Reaction(CASES, stream, RepeatErasure())] if stream.startswith("case-") else []
