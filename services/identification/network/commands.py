"""What may be asked about the network. The last is asked by the directory's events only."""

from typing import Annotated

from pydantic import Field

from shared.codes import OrganisationKind
from shared.runtime.facts import Request


class SetTerms(Request):
    """How long an organisation has to acknowledge the end of a consent."""

    acknowledge_within_hours: Annotated[int, Field(ge=1, le=24 * 90)]


class NoteOrganisation(Request):
    organisation: str
    kind: OrganisationKind


Command = SetTerms | NoteOrganisation
