"""The kind of each organisation, as the directory tells it and as others heard it: a consent to a
class opens to whoever is of that kind (decision 27)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.assistance.app import SERVICE as ASSISTANCE
from services.assistance.network.events import OrganisationHeard as HeardThere
from services.identification.app import SERVICE as IDENTIFICATION
from services.identification.network.events import OrganisationHeard
from services.referral.app import SERVICE as REFERRAL
from services.referral.directory.events import OrganisationRegistered
from shared.codes import OrganisationKind
from staffetta.audit.recorded import names_of, recorded_of

CHECK, DIRECTORY = "kinds of organisations as the directory tells them", REFERRAL.name
_SERVICES = {each.name: each for each in (ASSISTANCE, IDENTIFICATION, REFERRAL)}
_NAMES = {
    ASSISTANCE.name: names_of(ASSISTANCE, HeardThere),
    IDENTIFICATION.name: names_of(IDENTIFICATION, OrganisationHeard),
    REFERRAL.name: names_of(REFERRAL, OrganisationRegistered),
}


@dataclass(frozen=True)
class Named:
    """An organisation and its kind, where and when a log says so."""

    number: int
    at: datetime
    organisation: str
    kind: OrganisationKind


@dataclass
class Kinds:
    """Of one log, in its order."""

    named: list[Named] = field(default_factory=list)

    def hear(self, number: int, entry: Mapping[str, Any], service: str) -> None:
        if service not in _NAMES:
            return
        told = recorded_of(_SERVICES[service], entry, _NAMES[service])
        match told.event if told else None:
            case (
                OrganisationRegistered(organisation=who, kind=kind)
                | OrganisationHeard(organisation=who, kind=kind)
                | HeardThere(organisation=who, kind=kind)
            ) if told:
                self.named.append(Named(number, told.at, who, kind))
            case _:
                return


def faults(
    directory: Kinds, heard: Kinds, young: tuple[datetime, datetime], lost_at: datetime | None
) -> Iterator[str]:
    """`young`: from when to when an entry may be younger than the directory's log, which then tells
    nothing of it; `lost_at`: until when that log may have lost what it had told."""
    known = {each.organisation: each.kind for each in directory.named}
    for each in heard.named:
        kind = known.get(each.organisation)
        if lost_at is not None and each.at <= lost_at:
            continue
        if kind is None and not young[0] <= each.at <= young[1]:
            yield f"entry {each.number}: an organisation that the directory does not tell of"
        elif kind not in (None, each.kind):
            yield f"entry {each.number}: an organisation of another kind than the directory tells"
