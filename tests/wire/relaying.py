"""One invented person's way through all four services: real deciders, real stores, no HTTP."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.assistance.commands import CloseProgramme
from services.assistance.decide import PROGRAMMES
from services.identification.cases import commands as of_case
from services.identification.cases.decide import CASES
from services.identification.contacts.commands import ReportContact
from services.identification.contacts.decide import CONTACTS
from services.referral.custody import commands as of_custody
from services.referral.custody.decide import CUSTODY
from services.referral.directory import commands as of_directory
from services.referral.directory.decide import DIRECTORY
from shared.codes import (
    AgeGroup,
    Area,
    Channel,
    ClosureKind,
    ConsentForm,
    ConsentGiver,
    DataCategory,
    ErasureGround,
    ExploitationType,
    Gender,
    InterpreterMode,
    OrganisationKind,
    Purpose,
    Role,
    ServiceType,
)
from shared.contracts.envelope import LANES
from shared.runtime.facts import Acting, Decider, Request
from shared.runtime.handle import handle
from shared.runtime.message import Message
from shared.runtime.outbox import StoreOutbox
from shared.runtime.timers import fire_due
from staffetta.installation import Installation, fresh, now, open_installation, settle

SHELTER, DESK = "casa-aperta", "hotline"
RESIDENTIAL = ServiceType.RESIDENTIAL
MANAGER = (Role.HOTLINE_OPERATOR, Role.CASE_MANAGER)


@dataclass(frozen=True)
class Asking:
    """Puts commands to the services of an installation, each with a fresh id, which it gives."""

    installation: Installation
    clock: Callable[[], datetime] = now

    def ask(
        self, service: str, decider: Decider[Any, Any, Any], stream: str, command: Request, by: str
    ) -> str:
        roles = {SHELTER: (Role.PROVIDER_INTAKE,), DESK: MANAGER}.get(by, (Role.COORDINATOR,))
        acting = Acting("op-1", by, self.clock(), frozenset(roles), uuid.uuid4().hex)
        store = self.installation.stores[service]
        handle(store, decider, stream or f"case-{acting.fresh}", command, acting)
        return acting.fresh

    def of_a_case(self, case: str, command: Request, by: str = DESK) -> str:
        return self.ask("identification", CASES, case, command, by)

    def on_its_way(self, case: str, command: Request, by: str = DESK) -> str:
        return self.ask("referral", CUSTODY, case, command, by)

    def heard(self) -> None:
        settle(self.installation)


def outboxes_after_a_journey(directory: Path) -> list[Message]:
    """Every row of every outbox, after one of each public event has been told."""
    with closing(open_installation(directory)) as installation:
        asking = Asking(installation)
        offered(asking)
        case, consent = met(asking)
        narrowed(asking, case, consent)
        asking.heard()
        referral = handed_over(asking, case, consent)
        asking.heard()
        asking.of_a_case(case, of_case.WithdrawConsent(consent=consent), SHELTER)
        asking.heard()
        closing_down = CloseProgramme(referral=referral, closure=ClosureKind.CONSENT_WITHDRAWN)
        asking.ask("assistance", PROGRAMMES, case, closing_down, SHELTER)
        asking.heard()
        forget = of_case.RequestErasure(ground=ErasureGround.CONSENT_WITHDRAWN)
        asking.of_a_case(case, forget, "regione")
        fire_due(installation.stores["identification"], now(), fresh)
        asking.heard()
        return list(_rows(installation))


def _rows(installation: Installation) -> Iterator[Message]:
    for store in installation.stores.values():
        for topic in store.service.topics:
            for lane in range(LANES):
                yield from StoreOutbox(store).rows(topic, lane, 0, 1_000)


def offered(asking: Asking) -> None:
    for command in (
        of_directory.RegisterOrganisation(
            organisation=SHELTER, name="Casa Aperta", kind=OrganisationKind.NGO
        ),
        of_directory.OfferService(service=RESIDENTIAL, area=Area.BOLOGNA, answer_within_hours=48),
        of_directory.SetPlaces(service=RESIDENTIAL, places=2),
    ):
        asking.ask("referral", DIRECTORY, f"organisation-{SHELTER}", command, "regione")


def met(asking: Asking) -> tuple[str, str]:
    """The case that was opened, and the consent that was given."""
    contact = f"contact-{uuid.uuid4().hex}"
    told = ReportContact(
        channel=Channel.HOTLINE,
        received_on=now().date(),
        area=Area.BOLOGNA,
        narrative=SecretStr("invented"),
    )
    asking.ask("identification", CONTACTS, contact, told, DESK)
    codes = of_case.OpenCase(
        contact=contact,
        area=Area.BOLOGNA,
        exploitation=(ExploitationType.SEXUAL, ExploitationType.LABOUR),
        age_group=AgeGroup.ADULT,
        gender=Gender.FEMALE,
        citizenship="AL",
    )
    case = f"case-{asking.of_a_case('', codes)}"
    by_phone = {"language": "sq", "interpreter": InterpreterMode.TELEPHONE}
    apart: dict[str, Any] = {**by_phone, "met_with_the_person": False}
    asking.of_a_case(case, of_case.GiveInformation(leaflet="2026.1", **apart))
    return case, asking.of_a_case(case, consenting(365, recipient=SHELTER))


def consenting(days: int, **to: Any) -> of_case.GiveConsent:
    return of_case.GiveConsent(
        purpose=Purpose.REFERRAL,
        categories=(DataCategory.NARRATIVE, DataCategory.IDENTITY),
        giver=ConsentGiver.PERSON,
        form=ConsentForm.SPOKEN_WITNESSED,
        witness="op-witness",
        language="sq",
        interpreter=InterpreterMode.TELEPHONE,
        met_with_the_person=False,
        valid_until=now() + timedelta(days=days),
        **to,
    )


def narrowed(asking: Asking, case: str, consent: str) -> None:
    """Less of one consent; and another, to a class, whose time is over a moment later."""
    less = of_case.NarrowConsent(consent=consent, categories=(DataCategory.IDENTITY,))
    asking.of_a_case(case, less)
    asking.of_a_case(case, consenting(1, recipient_class=OrganisationKind.NGO))
    fire_due(asking.installation.stores["identification"], now() + timedelta(days=2), fresh)


def handed_over(asking: Asking, case: str, consent: str) -> str:
    proposal = of_custody.ProposeReferral(
        service=RESIDENTIAL, consent=consent, receivers=(SHELTER,)
    )
    referral = asking.on_its_way(case, proposal)
    asking.on_its_way(case, of_custody.SendReferral(referral=referral))
    for step in (of_custody.AcknowledgeReferral, of_custody.AcceptReferral):
        asking.on_its_way(case, step(referral=referral), SHELTER)
    for side in (DESK, SHELTER):
        asking.on_its_way(case, of_custody.ConfirmHandover(referral=referral), side)
    return referral
