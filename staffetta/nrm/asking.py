"""What is asked of the services for each person: the same commands as through the API."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from services.identification.cases.commands import GiveConsent, GiveInformation, OpenCase
from services.identification.cases.decide import CASES
from services.identification.contacts.commands import ReportContact
from services.identification.contacts.decide import CONTACTS
from services.referral.custody.commands import ProposeReferral, SendReferral
from services.referral.custody.decide import CUSTODY
from shared.codes import (
    AgeGroup,
    Area,
    ConsentForm,
    ConsentGiver,
    DataCategory,
    InterpreterMode,
    Purpose,
    Role,
    ServiceType,
)
from shared.runtime.facts import Acting
from shared.runtime.handle import Answer
from shared.runtime.work import Work
from staffetta.installation import fresh, now
from staffetta.nrm.people import Person
from staffetta.nrm.rows import Row

AUTHORITY = "nrm-competent-authority"


def identify(work: Work, person: Person) -> Answer:
    """Contact, case, information and consent."""
    acting = _acting(person.row)
    contact, case = f"contact-{acting.fresh}", f"case-{acting.fresh}"
    work.decide(CONTACTS, contact, _contact(person.row), acting)
    work.decide(CASES, case, _case(person.row, contact), acting)
    work.decide(CASES, case, _INFORMATION, acting)
    work.decide(CASES, case, _consent(person.row, acting.now), acting)
    return Answer(case, work.version(CASES, case))


def refer(work: Work, person: Person, cases: Mapping[str, Answer]) -> Answer:
    """A referral to the competent authority, proposed and sent."""
    case = cases[person.key.key].id
    acting = _acting(person.row, case.removeprefix("case-"))
    proposal = ProposeReferral(
        service=ServiceType.FORMAL_IDENTIFICATION, consent=acting.fresh, receivers=(AUTHORITY,)
    )
    work.decide(CUSTODY, case, proposal, acting)
    work.decide(CUSTODY, case, SendReferral(referral=acting.fresh), acting)
    return Answer(case, work.version(CUSTODY, case))


def _acting(row: Row, known: str | None = None) -> Acting:
    """The case manager of the responder's kind. One identifier serves all that a person's
    commands create, so that it can be found again from the case alone."""
    organisation = f"nrm-{row.channel}"
    roles = frozenset({Role.CASE_MANAGER})
    return Acting(f"op-{organisation}", organisation, now(), roles, known or fresh())


def _contact(row: Row) -> ReportContact:
    return ReportContact(channel=row.channel, received_on=_first_day(row), area=_AREA)


def _case(row: Row, contact: str) -> OpenCase:
    return OpenCase(
        contact=contact,
        area=_AREA,
        exploitation=tuple(row.exploitation),
        age_group=row.age,
        gender=row.gender,
        citizenship=row.citizenship,
    )


def _consent(row: Row, moment: datetime) -> GiveConsent:
    return GiveConsent(
        recipient=AUTHORITY,
        purpose=Purpose.IDENTIFICATION,
        categories=(DataCategory.IDENTITY,),
        giver=ConsentGiver.GUARDIAN if row.age is AgeGroup.CHILD else ConsentGiver.PERSON,
        assent=True if row.age is AgeGroup.CHILD else None,
        form=ConsentForm.WRITTEN,
        language="en",
        interpreter=InterpreterMode.NONE_NEEDED,
        met_with_the_person=False,
        valid_until=moment + timedelta(days=365),
    )


def _first_day(row: Row) -> date:
    year, quarter = row.quarter.split("-Q")
    return date(int(year), 3 * int(quarter) - 2, 1)


_AREA = Area.UNITED_KINGDOM
_INFORMATION = GiveInformation(
    language="en",
    interpreter=InterpreterMode.NONE_NEEDED,
    met_with_the_person=False,
    leaflet="nrm",
)
