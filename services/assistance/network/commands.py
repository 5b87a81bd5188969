"""What may be asked about the network: by the directory's events only."""

from shared.codes import OrganisationKind
from shared.runtime.facts import Request


class NoteOrganisation(Request):
    organisation: str
    kind: OrganisationKind
