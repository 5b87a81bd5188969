"""The commands that are measured: those of an intake, and what follows it."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from pydantic import SecretStr

from services.identification.cases.commands import Command as CaseCommand
from services.identification.cases.commands import (
    GiveConsent,
    GiveInformation,
    OpenCase,
    RefuseConsent,
)
from services.identification.cases.decide import CASES
from services.identification.contacts.commands import ReportContact
from services.identification.contacts.decide import CONTACTS
from shared.codes import (
    AgeGroup,
    Area,
    Channel,
    ConsentForm,
    ConsentGiver,
    DataCategory,
    ExploitationType,
    Gender,
    InterpreterMode,
    Purpose,
    Role,
)
from shared.runtime.facts import Acting
from shared.runtime.handle import Key
from shared.runtime.store import Store
from shared.runtime.work import Work

OPERATOR, ORGANISATION, ROLES = "op-1", "bench-desk", frozenset({Role.CASE_MANAGER})
NARRATIVE = "Invented: she was promised work in a restaurant, and her documents were taken. " * 3


def acting() -> Acting:
    return Acting(OPERATOR, ORGANISATION, datetime.now(UTC), ROLES, uuid.uuid4().hex)


def key(by: Acting) -> Key:
    return Key(f"{by.organisation}/{by.operator}", by.fresh)


def report() -> ReportContact:
    return ReportContact(
        channel=Channel.HOTLINE, received_on=date(2022, 4, 1), area=Area.BOLOGNA, language="it"
    )


def told_report() -> ReportContact:
    """The same with two protected fields, each under a key of its own."""
    said = {"narrative": SecretStr(NARRATIVE), "callback": SecretStr("after six, at her sister's")}
    return report().model_copy(update=said)


def open_case(contact: str) -> OpenCase:
    return OpenCase(
        contact=contact,
        area=Area.BOLOGNA,
        exploitation=(ExploitationType.LABOUR,),
        age_group=AgeGroup.ADULT,
        gender=Gender.FEMALE,
        citizenship="NG",
    )


INFORMATION = GiveInformation(
    language="it",
    interpreter=InterpreterMode.NONE_NEEDED,
    met_with_the_person=False,
    leaflet="2022-1",
)
REFUSAL = RefuseConsent(recipient="bench-shelter", purpose=Purpose.REFERRAL)


def consent() -> GiveConsent:
    return GiveConsent(
        recipient="bench-shelter",
        purpose=Purpose.REFERRAL,
        categories=(DataCategory.IDENTITY,),
        giver=ConsentGiver.PERSON,
        form=ConsentForm.WRITTEN,
        language="it",
        interpreter=InterpreterMode.NONE_NEEDED,
        met_with_the_person=False,
        valid_until=datetime.now(UTC) + timedelta(days=365),
    )


def begin_case(work: Work, follows: Sequence[CaseCommand] = ()) -> str:
    """A contact and its case, and what is then told of the case, within one piece of work."""
    by = acting()
    contact, case = f"contact-{by.fresh}", f"case-{by.fresh}"
    work.decide(CONTACTS, contact, report(), by)
    work.decide(CASES, case, open_case(contact), by)
    for command in follows:
        work.decide(CASES, case, command, by)
    return case


def begin_cases(store: Store, count: int, follows: Sequence[CaseCommand] = ()) -> list[str]:
    """So many cases, informed and what then follows, 200 in one append."""
    cases: list[str] = []
    while len(cases) < count:
        work = Work(store)
        batch = range(min(200, count - len(cases)))
        cases += [begin_case(work, (INFORMATION, *follows)) for _ in batch]
        work.commit()
    return cases


def fill(store: Store, events: int) -> int:
    """People until there are so many events, five each, 200 in one append. Returns how many."""
    return 5 * len(begin_cases(store, -(-events // 5), (consent(),)))
