"""HTTP for the directory."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from services.referral.directory import commands, policies, queries
from services.referral.directory.decide import DIRECTORY, stream_of
from shared.codes import Area, OrganisationKind, ServiceType
from shared.web.calls import Asked, Reading, Receipt, Seen
from shared.web.paging import After, Limit, Page, page, start
from shared.web.problems import responses

router = APIRouter(tags=["directory"])
OrganisationId = Annotated[
    str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80, description="Its short name.")
]
REFUSALS = responses(400, 403, 404, 409, 412, 503)


class OrganisationLine(BaseModel):
    key: str = Field(description="The organisation's short name.")
    name: str
    kind: OrganisationKind
    area: str | None


class OfferLine(BaseModel):
    organisation: str
    service: ServiceType
    area: Area
    answer_within_hours: int = Field(description="After so many hours a referral expires.")
    languages: str
    places: int | None = Field(description="In all; null until the organisation says how many.")
    free: int | None


class FileLine(BaseModel):
    services: list[commands.OfferService]
    places: list[commands.SetPlaces]


@router.post("/organisations", status_code=201, responses=REFUSALS)
def register_organisation(command: commands.RegisterOrganisation, call: Asked) -> Receipt:
    """Make an organisation part of the network (the coordinator only)."""
    stream = stream_of(command.organisation)
    return call.handle(DIRECTORY, stream, command, about=command.organisation)


@router.get("/organisations")
def list_organisations(
    call: Seen, after: After = None, limit: Limit = 50
) -> Page[OrganisationLine]:
    """Who belongs to the network."""
    _looks(call, "ListOrganisations", "the organisations")
    rows = queries.organisations(call.store, start(after), limit)
    return page(OrganisationLine, rows, limit)


@router.get("/organisations/{organisation}/network-file", responses=responses(403))
def see_network_file(organisation: OrganisationId, call: Seen) -> FileLine:
    """What network files said last about it, whatever it says itself since (the coordinator only);
    nothing where they never did. The `ETag` is the version of all that is known of it."""
    _looks(call, "SeeNetworkFile", "what network files said")
    said = queries.said_by_file(call.store, organisation)
    call.tag(said.version)
    return FileLine(
        services=[each for each in said.last if isinstance(each, commands.OfferService)],
        places=[each for each in said.last if isinstance(each, commands.SetPlaces)],
    )


@router.post("/organisations/{organisation}/services", responses=REFUSALS)
def offer_service(
    organisation: OrganisationId, command: commands.OfferService, call: Asked
) -> Receipt:
    """Offer a service, or change how fast it answers."""
    return call.handle(DIRECTORY, stream_of(organisation), command, about=organisation)


@router.post("/organisations/{organisation}/places", responses=REFUSALS)
def set_places(organisation: OrganisationId, command: commands.SetPlaces, call: Asked) -> Receipt:
    """Say how many places a service has in all."""
    return call.handle(DIRECTORY, stream_of(organisation), command, about=organisation)


@router.post("/organisations/{organisation}/address", responses=REFUSALS)
def keep_address(
    organisation: OrganisationId, command: commands.KeepAddress, call: Asked
) -> Receipt:
    """Say where a secret service is: in no list, told to escorts only (your own organisation's)."""
    return call.handle(DIRECTORY, stream_of(organisation), command, about=organisation)


@router.get("/offers")
def list_offers(
    call: Seen,
    service: Annotated[ServiceType | None, Query(description="Only this service.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[OfferLine]:
    """Who offers what, how fast they answer, and how many places are free."""
    _looks(call, "ListOffers", "the offers")
    return page(OfferLine, queries.offers(call.store, service, start(after), limit), limit)


def _looks(call: Reading, action: str, what: str) -> None:
    rule = policies.the_network_looks_into_its_directory
    call.allowed(lambda by: rule(by, action), "directory", what)
