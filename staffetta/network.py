"""The network file: which organisations relay cases, what they offer, and who works there."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from services.identification.duplicates.commands import Telephone, TelephoneRegion
from services.identification.retention.rules import Kept, LegalHold
from shared.codes import Area, LanguageTag, OrganisationKind, Role, ServiceType
from staffetta.faults import Fault, FaultyFile, text_of
from staffetta.network_lines import Where, line_of


def _is_a_slug(word: str) -> str:
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", word):
        raise PydanticCustomError("slug", "lower-case letters and digits, joined by single hyphens")
    return word


def _is_an_operator(slug: str) -> str:
    if not slug.startswith("op-"):
        raise PydanticCustomError("operator", 'begins with "op-", and never names a person')
    return slug


# As long as the directory's own commands take it: what this check passes, loads.
Slug = Annotated[str, Field(max_length=80), AfterValidator(_is_a_slug)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Operator = Annotated[Slug, AfterValidator(_is_an_operator)]


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )


class Service(_Part):
    """What an organisation offers in one area, and how soon it answers a referral."""

    type: ServiceType
    places: Annotated[StrictInt, Field(ge=0, le=1_000_000)]
    area: Area
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1, max_length=50)]
    answer_within_hours: Annotated[StrictInt, Field(ge=1, le=24 * 90)]


class Organisation(_Part):
    """A member of the network.

    `invented`: no such organisation exists. `modelled`: it stands for real ones, simplified.
    """

    id: Slug
    name: Name
    kind: OrganisationKind
    area: Area | None = None
    telephone: Telephone | None = None
    invented: StrictBool = False
    modelled: StrictBool = False
    services: Annotated[tuple[Service, ...], Field(validation_alias="service")] = ()


class Account(_Part):
    """Somebody who works with Staffetta: known by an id, since names do not belong in a file."""

    operator: Operator
    organisation: Slug
    roles: Annotated[frozenset[Role], Field(min_length=1)]


class Retention(_Part):
    """What must be kept after a programme has closed, and which cases are held for a court."""

    keep: tuple[Kept, ...] = ()
    hold: tuple[LegalHold, ...] = ()
    attest_within_hours: Annotated[StrictInt, Field(ge=1, le=24 * 30)] = 72


class Network(_Part):
    """The whole file. `coordinator` is the organisation that the network appointed;
    `telephone_region` says where a telephone number without its country's code is from;
    `acknowledge_within_hours` how long an organisation has to say what it did when a consent ends.
    """

    name: Name
    coordinator: Slug
    acknowledge_within_hours: Annotated[StrictInt, Field(ge=1, le=24 * 90)] = 72
    organisations: Annotated[
        tuple[Organisation, ...], Field(validation_alias="organisation", min_length=1)
    ]
    accounts: Annotated[tuple[Account, ...], Field(validation_alias="account")] = ()
    retention: Retention | None = None
    telephone_region: TelephoneRegion | None = None


def read_network(path: Path) -> Network:
    """The network that a file describes. Raises `FaultyFile` with every fault found."""
    text = text_of(path)
    try:
        network = Network.model_validate(_document(path, text))
    except ValidationError as error:
        faults = [(fault["loc"], _in_words(fault)) for fault in error.errors(include_input=False)]
        raise _faulty(path, text, faults) from None
    if faults := list(_broken_rules(network)):
        raise _faulty(path, text, faults)
    return network


def _document(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line = int(place[1]) if place else text.rstrip().count("\n") + 1
        rule = f"not TOML from column {place[2]} on" if place else "TOML that stops half-way"
        raise FaultyFile([Fault(str(path), line, "", rule)]) from None


def _broken_rules(network: Network) -> Iterator[tuple[Where, str]]:
    """What single fields cannot tell: ids are unique, and whoever is named is there."""
    members = [organisation.id for organisation in network.organisations]
    for index in _repeated(members):
        yield ("organisation", index, "id"), "another organisation has this id"
    yield from _broken_accounts(network, members)
    for index, organisation in enumerate(network.organisations):
        for repeated in _repeated([service.type for service in organisation.services]):
            where = ("organisation", index, "service", repeated, "type")
            yield where, "this organisation offers this type of service above"
    if network.coordinator not in members:
        yield ("coordinator",), "no organisation of this file has this id"


def _broken_accounts(network: Network, members: Sequence[str]) -> Iterator[tuple[Where, str]]:
    for index in _repeated([account.operator for account in network.accounts]):
        yield ("account", index, "operator"), "another account has this operator id"
    for index, account in enumerate(network.accounts):
        if account.organisation not in members:
            yield ("account", index, "organisation"), "no organisation of this file has this id"
    for index in _unmarked_police(network):
        yield ("account", index, "roles"), 'an account of the police has the role "police-officer"'


def _unmarked_police(network: Network) -> list[int]:
    """By its role an officer is known wherever something is shown: no other role takes it away."""
    police = {each.id for each in network.organisations if each.kind is OrganisationKind.POLICE}
    return [
        index
        for index, account in enumerate(network.accounts)
        if account.organisation in police and Role.POLICE_OFFICER not in account.roles
    ]


def _repeated(ids: Sequence[str]) -> list[int]:
    return [index for index, one in enumerate(ids) if one in ids[:index]]


def _in_words(fault: Any) -> str:
    words = {"missing": "must be given", "extra_forbidden": "there is no such field"}
    return words.get(fault["type"], str(fault["msg"]))


def _faulty(path: Path, text: str, faults: Sequence[tuple[Where, str]]) -> FaultyFile:
    placed = [
        Fault(
            str(path), line_of(text, where), ".".join(s for s in where if isinstance(s, str)), why
        )
        for where, why in faults
    ]
    return FaultyFile(sorted(placed, key=lambda fault: fault.line))
