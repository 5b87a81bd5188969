"""What was heard or agreed of the network. Stored names are for ever; a new meaning gets a new
version."""

from typing import ClassVar

from shared.codes import OrganisationKind
from shared.runtime.facts import Fact


class OrganisationHeard(Fact):
    """The directory has an organisation of this kind."""

    stored_name: ClassVar[str] = "network.organisation-heard.v1"
    organisation: str
    kind: OrganisationKind


class TermsSet(Fact):
    stored_name: ClassVar[str] = "network.terms-set.v1"
    acknowledge_within_hours: int


Event = OrganisationHeard | TermsSet
EVENTS: tuple[type[Fact], ...] = Event.__args__
