"""From a command about the network and what is known, to what happens: pure."""

from collections.abc import Sequence
from typing import assert_never

from services.identification.network import policies
from services.identification.network.commands import Command, NoteOrganisation, SetTerms
from services.identification.network.events import Event, OrganisationHeard, TermsSet
from services.identification.network.state import Known, evolve
from shared.runtime.facts import Acting, Decider

TERMS = "network"
"""The stream of the network's own terms."""


def organisation_stream(organisation: str) -> str:
    """The stream of what is known here of an organisation."""
    return f"organisation-{organisation}"


def decide(command: Command, known: Known, acting: Acting) -> Sequence[Event]:
    match command:
        case SetTerms():
            policies.only_the_coordinator_sets_terms(acting)
            hours = command.acknowledge_within_hours
            if known.acknowledge_within_hours == hours:
                return []
            return [TermsSet(acknowledge_within_hours=hours)]
        case NoteOrganisation():
            if known.kind is command.kind:
                return []
            return [OrganisationHeard(organisation=command.organisation, kind=command.kind)]
        case _:
            assert_never(command)


NETWORK: Decider[Command, Known, Event] = Decider(Known, Known(), decide, evolve)
