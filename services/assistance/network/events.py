"""What was heard of the network. Stored names are for ever; a new meaning gets a new version."""

from typing import ClassVar

from shared.codes import OrganisationKind
from shared.runtime.facts import Fact


class OrganisationHeard(Fact):
    """The directory has an organisation of this kind."""

    stored_name: ClassVar[str] = "programme.organisation-heard.v1"
    organisation: str
    kind: OrganisationKind


EVENTS: tuple[type[Fact], ...] = (OrganisationHeard,)
