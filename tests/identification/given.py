"""A contact, a case and a consent, in facts and in commands, for the tests of `identification`."""

from datetime import date, timedelta

from pydantic import SecretStr

from services.identification.cases.commands import (
    DetermineStatus,
    DiscloseDossier,
    GiveConsent,
    GiveInformation,
    LinkContact,
    OpenCase,
    RecordIdentity,
    RefuseConsent,
    WithdrawConsent,
)
from services.identification.cases.events import (
    CaseOpened,
    ConsentGiven,
    ConsentWithdrawn,
    Event,
    InformationGiven,
)
from services.identification.contacts.commands import ReportContact
from services.identification.contacts.events import ContactLinked, ContactReported
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
    StatusDetermination,
)
from tests.support.decisions import FRESH, NOW, acting

CASE, CONTACT = f"case-{FRESH}", f"contact-{'c' * 32}"
ANOTHER_CONTACT = f"contact-{'d' * 32}"
CONSENT, ANOTHER_CONSENT = FRESH, "a" * 32
TODAY, NEXT_MONTH = date(2026, 3, 8), NOW + timedelta(days=30)

HOTLINE = acting("hotline", Role.HOTLINE_OPERATOR)
MANAGER = acting("hotline", Role.CASE_MANAGER)
ANALYST = acting("hotline", Role.ANALYST)
SHELTER = acting("casa-aperta", Role.PROVIDER_INTAKE)
RELAY = acting("referral", operator="relay")

REPORT = ReportContact(
    channel=Channel.HOTLINE,
    received_on=TODAY,
    area=Area.BOLOGNA,
    language="sq",
    narrative=SecretStr("she told us"),
    callback=SecretStr("the baker"),
)
REPORTED = ContactReported(channel=Channel.HOTLINE, received_on=TODAY, area=Area.BOLOGNA)
LINKED = ContactLinked(case=CASE)
KNOWN = {CONTACT: [REPORTED], ANOTHER_CONTACT: [REPORTED]}

OPEN = OpenCase(
    contact=CONTACT,
    area=Area.PARMA,
    exploitation=(ExploitationType.SEXUAL, ExploitationType.LABOUR, ExploitationType.SEXUAL),
    age_group=AgeGroup.ADULT,
    gender=Gender.FEMALE,
    citizenship="AL",
)
LINK = LinkContact(contact=ANOTHER_CONTACT)
INFORM = GiveInformation(
    language="sq",
    interpreter=InterpreterMode.TELEPHONE,
    met_with_the_person=False,
    leaflet="rights-2026.1",
)
CONSENT_TO_SHELTER = GiveConsent(
    recipient="casa-aperta",
    purpose=Purpose.REFERRAL,
    categories=(DataCategory.NARRATIVE, DataCategory.IDENTITY, DataCategory.NARRATIVE),
    giver=ConsentGiver.PERSON,
    form=ConsentForm.SPOKEN_WITNESSED,
    witness="op-2",
    language="sq",
    interpreter=InterpreterMode.TELEPHONE,
    met_with_the_person=False,
    valid_until=NEXT_MONTH,
)
REFUSE = RefuseConsent(recipient="casa-aperta", purpose=Purpose.HEALTH_CARE)
WITHDRAW = WithdrawConsent(consent=CONSENT)
IDENTIFY = RecordIdentity(name=SecretStr("Arta Hoxha"), birth_date=SecretStr("2001-05-04"))
DISCLOSE = DiscloseDossier(purpose=Purpose.REFERRAL, categories=(DataCategory.IDENTITY,))
DETERMINE = DetermineStatus(status=StatusDetermination.PRESUMED)

OPENED = CaseOpened(
    case=CASE,
    organisation="hotline",
    contact=CONTACT,
    channel=Channel.HOTLINE,
    month="2026-03",
    area=Area.PARMA,
    exploitation=(ExploitationType.LABOUR, ExploitationType.SEXUAL),
    age_group=AgeGroup.ADULT,
    gender=Gender.FEMALE,
    citizenship="AL",
)
INFORMED = InformationGiven(
    language="sq", interpreter=InterpreterMode.TELEPHONE, leaflet="rights-2026.1"
)
GIVEN = ConsentGiven(
    consent=CONSENT,
    recipient="casa-aperta",
    recipient_class=None,
    purpose=Purpose.REFERRAL,
    categories=(DataCategory.IDENTITY, DataCategory.NARRATIVE),
    giver=ConsentGiver.PERSON,
    assent=None,
    form=ConsentForm.SPOKEN_WITNESSED,
    witness="op-2",
    signed_file=None,
    language="sq",
    interpreter=InterpreterMode.TELEPHONE,
    leaflet="rights-2026.1",
    valid_until=NEXT_MONTH,
)
WITHDRAWN = ConsentWithdrawn(consent=CONSENT)
CONSENTED: list[Event] = [OPENED, INFORMED, GIVEN]
