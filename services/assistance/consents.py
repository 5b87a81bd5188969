"""What a programme does when it hears of a consent: begun, narrowed, ended, taken back. Pure."""

from collections.abc import Sequence
from typing import assert_never

from services.assistance import commands, events
from services.assistance.commands import OfConsent
from services.assistance.events import Event
from services.assistance.state import Case, Consent, Programme, consent_of
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Acting


def decide(command: OfConsent, case: Case, acting: Acting) -> Sequence[Event]:
    match command:
        case commands.StopForWithdrawal():
            return _stop(command, case)
        case commands.NoteConsent():
            return _note(command, case)
        case commands.NoteNarrowing():
            return _narrow(command, case)
        case commands.FlagForExpiry():
            return _expire(command, case, acting)
        case _:
            assert_never(command)


def _stop(heard: commands.StopForWithdrawal, case: Case) -> Sequence[Event]:
    if heard.consent in case.withdrawn:
        return []
    resting = [
        (referral, programme)
        for referral, programme in case.programmes.items()
        if programme.consent == heard.consent
    ]
    stopped = [
        events.ProgrammeStopped(referral=referral, consent=heard.consent)
        for referral, programme in resting
        if programme.closure is None
    ]
    noted = events.WithdrawalNoted(
        consent=heard.consent,
        did=Acknowledgement.STOPPED if stopped else Acknowledgement.NOTHING_HELD,
        organisations=tuple(
            sorted(
                {programme.organisation for _name, programme in resting}
                | case.readers.get(heard.consent, frozenset())
            )
        ),
    )
    return [*stopped, noted]


def _note(heard: commands.NoteConsent, case: Case) -> Sequence[Event]:
    """The person was asked again: what waited for it goes on."""
    if heard.consent in case.consents:
        return []
    noted = events.ConsentNoted(**heard.model_dump())
    given = consent_of(noted)
    renewed = [
        events.ProgrammeRenewed(referral=referral, consent=heard.consent)
        for referral, programme in _running(case)
        if programme.flagged and _can_rest_on(given, programme, case)
    ]
    return [noted, *renewed]


def _narrow(heard: commands.NoteNarrowing, case: Case) -> Sequence[Event]:
    """Whoever is no longer among those agreed to stops, as after a withdrawal."""
    stopped = [
        events.ProgrammeStopped(referral=referral, consent=heard.consent)
        for referral, programme in _running(case)
        if programme.consent == heard.consent
        and heard.recipient not in (None, programme.organisation)
    ]
    known = case.consents.get(heard.consent)
    if known is None:
        return stopped
    noted = events.ConsentNoted(purpose=known.purpose, **heard.model_dump())
    return stopped if consent_of(noted) == known else [*stopped, noted]


def _expire(heard: commands.FlagForExpiry, case: Case, acting: Acting) -> Sequence[Event]:
    if heard.consent in case.ended or heard.consent in case.withdrawn:
        return []
    flagged = [
        ended(referral, programme, case, acting)
        for referral, programme in _running(case)
        if programme.consent == heard.consent
    ]
    return [*flagged, events.ExpiryNoted(consent=heard.consent)]


def ended(
    referral: str, programme: Programme, case: Case, acting: Acting
) -> events.ProgrammeFlagged | events.ProgrammeRenewed:
    """A programme whose consent has come to its end in time: it rests on another that was given
    meanwhile, or is flagged. Nobody is put out of a bed by a date."""
    for name, consent in case.consents.items():
        over = name in case.withdrawn or name in case.ended or acting.now >= consent.valid_until
        if not over and name != programme.consent and _can_rest_on(consent, programme, case):
            return events.ProgrammeRenewed(referral=referral, consent=name)
    return events.ProgrammeFlagged(referral=referral, consent=programme.consent)


def _running(case: Case) -> list[tuple[str, Programme]]:
    return [
        (referral, programme)
        for referral, programme in case.programmes.items()
        if programme.closure is None and not programme.stopped
    ]


def _can_rest_on(consent: Consent, programme: Programme, case: Case) -> bool:
    """It names the organisation, for the purpose of the consent before it."""
    before = case.consents.get(programme.consent)
    same_purpose = before is None or before.purpose == consent.purpose
    return consent.recipient == programme.organisation and same_purpose
