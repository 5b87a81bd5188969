"""From what is heard of the network and what is known, to what happens: pure."""

from collections.abc import Sequence

from services.assistance.network.commands import NoteOrganisation
from services.assistance.network.events import OrganisationHeard
from services.assistance.network.state import Organisation, evolve
from shared.runtime.facts import Acting, Decider


def organisation_stream(organisation: str) -> str:
    """The stream of what is known here of an organisation."""
    return f"organisation-{organisation}"


def decide(
    command: NoteOrganisation, known: Organisation, _acting: Acting
) -> Sequence[OrganisationHeard]:
    if known.kind is command.kind:
        return []  # said twice, true once
    return [OrganisationHeard(organisation=command.organisation, kind=command.kind)]


NETWORK: Decider[NoteOrganisation, Organisation, OrganisationHeard] = Decider(
    Organisation, Organisation(), decide, evolve
)
