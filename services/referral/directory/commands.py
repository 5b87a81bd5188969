"""What may be asked about an organisation."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.codes import Area, LanguageTag, OrganisationKind, ServiceType
from shared.runtime.facts import Request
from shared.trust.protected import Personal

OrganisationId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
]

NETWORK_FILE = "network-file"
"""The operator as whom a network file is loaded: what the network says of its members, which
somebody's own word since outweighs."""


class RegisterOrganisation(Request):
    """An organisation becomes part of the network."""

    organisation: OrganisationId = Field(description="A short name in a-z, 0-9 and hyphens.")
    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
    kind: OrganisationKind
    area: Area | None = Field(None, description="Its province; none where it serves them all.")


class OfferService(Request):
    """The organisation offers a service, and says how fast it answers a referral."""

    service: ServiceType
    area: Area
    answer_within_hours: Annotated[int, Field(ge=1, le=24 * 90)]
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=50)] = ()


class SetPlaces(Request):
    """How many places the service has in all, those taken included."""

    service: ServiceType
    places: Annotated[int, Field(ge=0, le=10_000_000)]


class KeepAddress(Request):
    """Where the service is, where that is a secret: told to the escort of somebody accepted."""

    service: ServiceType
    address: Personal = Field(description="Kept encrypted, and in no list.")


Command = RegisterOrganisation | OfferService | SetPlaces | KeepAddress
