"""Every person of the published rows becomes a contact, a case and a referral.

Through the same commands as in the API, in batches of one append each. Each person has a key of
their own, made of the row's identity and their number in it: a batch that was cut off, or loaded
again from another place, counts nobody twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice

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
from shared.runtime.handle import Answer, Key, answered, in_rounds, remember
from shared.runtime.store import Store
from shared.runtime.work import Work
from staffetta.installation import Installation, fresh, now, settle
from staffetta.nrm.rows import Row

AUTHORITY = "nrm-competent-authority"
SCOPE = "nrm"
_BATCH = 250


@dataclass(frozen=True)
class Person:
    """One of the people of a row, under a key that is the same wherever the row is read."""

    key: Key
    row: Row


def people(rows: Sequence[Row]) -> Iterator[Person]:
    for row in rows:
        for number in range(row.people):
            yield Person(Key(SCOPE, f"{row.identity}/{number}"), row)


def load(installation: Installation, rows: Sequence[Row], progress: Callable[[int], None]) -> None:
    """Load everybody who is not yet there; `progress(n)` after each batch of n people."""
    everyone = people(rows)
    identification = installation.stores["identification"]
    referral = installation.stores["referral"]
    cases = answered(identification, SCOPE)
    referred = answered(referral, SCOPE)
    while batch := list(islice(everyone, _BATCH)):
        new = [person for person in batch if person.key.key not in cases]
        cases |= in_rounds(partial(_identify, identification, new))
        unreferred = [person for person in batch if person.key.key not in referred]
        if unreferred:
            settle(installation)
            in_rounds(partial(_refer, referral, unreferred, cases))
        progress(len(batch))
    settle(installation)


def _identify(store: Store, batch: Sequence[Person]) -> Mapping[str, Answer]:
    """Contact, case, information and consent of each person; one append for all of them."""
    work, opened = Work(store), {}
    for person in batch:
        acting = _acting(person.row)
        contact, case = f"contact-{acting.fresh}", f"case-{acting.fresh}"
        work.decide(CONTACTS, contact, _contact(person.row), acting)
        work.decide(CASES, case, _case(person.row, contact), acting)
        work.decide(CASES, case, _INFORMATION, acting)
        work.decide(CASES, case, _consent(person.row, acting.now), acting)
        answer = Answer(case, work.version(CASES, case))
        remember(work, person.key, answer)
        opened[person.key.key] = answer
    work.commit()
    return opened


def _refer(store: Store, batch: Sequence[Person], cases: Mapping[str, Answer]) -> None:
    """A referral of each person to the competent authority, proposed and sent."""
    work = Work(store)
    for person in batch:
        case = cases[person.key.key].id
        acting = _acting(person.row, case.removeprefix("case-"))
        proposal = ProposeReferral(
            service=ServiceType.FORMAL_IDENTIFICATION, consent=acting.fresh, receivers=(AUTHORITY,)
        )
        work.decide(CUSTODY, case, proposal, acting)
        work.decide(CUSTODY, case, SendReferral(referral=acting.fresh), acting)
        remember(work, person.key, Answer(case, work.version(CUSTODY, case)))
    work.commit()


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
