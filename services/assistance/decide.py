"""From a command about a case's programmes and what is known, to what happens: pure."""

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from pydantic import SecretStr

from services.assistance import commands, consents, events, policies
from services.assistance.commands import ByItsOrganisation, Command
from services.assistance.events import Event
from services.assistance.network.decide import NETWORK, organisation_stream
from services.assistance.notes import decide as notes
from services.assistance.notes.commands import DiscloseNotes, OfNotes
from services.assistance.state import (
    Case,
    Erased,
    Known,
    Programme,
    Shape,
    evolve,
    with_network,
)
from shared.codes import DELIVERED, ServiceType
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Acting, Decider
from shared.trust.protected import Health, Narrative, Protected

_OF_HEALTH = {ServiceType.MEDICAL, ServiceType.PSYCHOLOGICAL}


def decide(command: Command, known: Known, acting: Acting) -> Sequence[Event]:
    if isinstance(command, commands.DestroyKeys):
        return _destroy(command, known)
    case = policies.an_erased_case_takes_nothing_more(known)
    if isinstance(command, OfNotes):
        return notes.decide(command, case, acting)
    match command:
        case commands.OpenProgramme():
            return _open(command, case, acting)
        case (
            commands.StopForWithdrawal()
            | commands.NoteConsent()
            | commands.NoteNarrowing()
            | commands.FlagForExpiry()
        ):
            return consents.decide(command, case, acting)
        case commands.AgreePlan() | commands.DeliverService() | commands.CloseProgramme():
            found = case.programmes.get(command.referral)
            programme = policies.a_programme_opens_with_a_handover(found)
            policies.only_the_organisation_that_runs_a_programme_acts_on_it(
                acting, command.action, programme.organisation
            )
            return _by_its_organisation(command, programme, acting)
        case _:
            assert_never(command)


def _open(heard: commands.OpenProgramme, case: Case, acting: Acting) -> Sequence[Event]:
    if heard.referral in case.programmes:
        return []  # said twice, true once
    if heard.service not in DELIVERED:
        return []  # an authority identifies the person: there is nothing to deliver
    # An earlier programme stays as it is: only whoever runs it knows how it ended, and an end
    # that nobody described would be told to the network as a fact.
    opened = events.ProgrammeOpened.model_validate(heard.model_dump())
    if heard.consent in case.ended and heard.consent not in case.withdrawn:
        programme = Programme(heard.organisation, heard.consent)
        return [opened, consents.ended(heard.referral, programme, case, acting)]
    if heard.consent not in case.withdrawn:
        return [opened]
    # The withdrawal was heard first and acknowledged as touching nothing; now it does.
    return [
        opened,
        events.ProgrammeStopped(referral=heard.referral, consent=heard.consent),
        events.WithdrawalNoted(
            consent=heard.consent,
            did=Acknowledgement.STOPPED,
            organisations=(heard.organisation,),
        ),
    ]


def _destroy(asked: commands.DestroyKeys, known: Known) -> Sequence[Event]:
    """Each request is answered once; what is gone already is counted as it was."""
    keys = len(known.sealed) if isinstance(known, Case) else known.keys
    if isinstance(known, Erased) and (not asked.erasure or asked.erasure in known.erasures):
        return []
    return [events.KeysDestroyed(erasure=asked.erasure, streams=(asked.case,), keys=keys)]


def _by_its_organisation(
    command: ByItsOrganisation, programme: Programme, acting: Acting
) -> Sequence[Event]:
    if isinstance(command, commands.CloseProgramme):
        return _close(command, programme)
    policies.a_closed_programme_takes_nothing_more(programme.closure)
    policies.without_consent_a_programme_can_only_be_closed(programme.stopped)
    if isinstance(command, commands.AgreePlan):
        return _agree(command, programme, acting)
    return _deliver(command, programme, acting)


def _agree(asked: commands.AgreePlan, programme: Programme, acting: Acting) -> Sequence[Event]:
    policies.a_new_plan_needs_a_consent_that_lasts(programme.flagged)
    policies.a_plan_holds_what_programmes_deliver(asked.services)
    policies.a_plan_is_reviewed_on_a_day_to_come(asked.review_on, acting.now.date())
    return [
        events.PlanAgreed(
            referral=asked.referral,
            consent=programme.consent,
            services=tuple(sorted(set(asked.services))),
            review_on=asked.review_on,
            goals=_narrative(asked.goals),
        )
    ]


def _deliver(
    told: commands.DeliverService, programme: Programme, acting: Acting
) -> Sequence[Event]:
    policies.a_plan_is_agreed_before_services(programme.planned)
    policies.a_service_is_one_of_the_plan(told.service, programme.planned)
    policies.a_service_has_been_delivered(told.delivered_on, acting.latest_day)
    of_health = told.service in _OF_HEALTH
    return [
        events.ServiceDelivered(
            delivery=acting.fresh,
            referral=told.referral,
            consent=programme.consent,
            service=told.service,
            delivered_on=told.delivered_on,
            note=None if of_health else _narrative(told.note),
            health_note=_health(told.note) if of_health else None,
        )
    ]


def _close(asked: commands.CloseProgramme, programme: Programme) -> Sequence[Event]:
    if programme.closure == asked.closure:
        return []  # said twice, true once
    policies.a_closed_programme_takes_nothing_more(programme.closure)
    return [
        events.ProgrammeClosed(
            referral=asked.referral,
            organisation=programme.organisation,
            closure=asked.closure,
            note=_narrative(asked.note),
        )
    ]


def _narrative(told: SecretStr | None) -> Protected[Narrative] | None:
    return Protected[Narrative](clear=told) if told else None


def _health(told: SecretStr | None) -> Protected[Health] | None:
    return Protected[Health](clear=told) if told else None


def _beside(command: Command, known: Known, acting: Acting) -> Mapping[str, Decider[Any, Any, Any]]:
    """The kind of whoever asks for notes, where a consent names a class."""
    if not isinstance(command, DiscloseNotes) or not isinstance(known, Case):
        return {}
    names_a_class = any(consent.recipient_class for consent in known.consents.values())
    return {organisation_stream(acting.organisation): NETWORK} if names_a_class else {}


PROGRAMMES: Decider[Command, Known, Event] = Decider(
    Shape, Case(), decide, evolve, _beside, with_network
)
