"""A case with one programme, in facts and in commands, for the tests of `assistance`."""

from datetime import date, timedelta

from pydantic import SecretStr

from services.assistance.commands import (
    AgreePlan,
    CloseProgramme,
    DeliverService,
    OpenProgramme,
    StopForWithdrawal,
)
from services.assistance.events import (
    ConsentNoted,
    ExpiryNoted,
    KeysDestroyed,
    PlanAgreed,
    ProgrammeClosed,
    ProgrammeFlagged,
    ProgrammeOpened,
    ProgrammeRenewed,
    ProgrammeStopped,
    ServiceDelivered,
    WithdrawalNoted,
)
from shared.codes import ClosureKind, Purpose, Role, ServiceType
from shared.contracts.acknowledgement import Acknowledgement
from tests.support.decisions import FRESH, NOW, acting

CASE = f"case-{'c' * 32}"
REFERRAL, ANOTHER_REFERRAL = "a" * 32, "b" * 32
CONSENT, ANOTHER_CONSENT = "1" * 32, "2" * 32
TODAY = date(2026, 3, 8)
SECRET = "she told us about her sister"

SHELTER = acting("casa-aperta", Role.PROVIDER_INTAKE)
HOTLINE = acting("hotline", Role.HOTLINE_OPERATOR, Role.CASE_MANAGER)
RELAY = acting("referral", operator="relay")

OPEN = OpenProgramme(
    referral=REFERRAL,
    consent=CONSENT,
    service=ServiceType.RESIDENTIAL,
    organisation="casa-aperta",
)
OPEN_ANOTHER = OPEN.model_copy(
    update={"referral": ANOTHER_REFERRAL, "consent": ANOTHER_CONSENT, "organisation": "porto"}
)
STOP = StopForWithdrawal(consent=CONSENT)
PLAN = AgreePlan(
    referral=REFERRAL,
    services=(ServiceType.RESIDENTIAL, ServiceType.MEDICAL, ServiceType.RESIDENTIAL),
    review_on=TODAY + timedelta(days=90),
)
DELIVER = DeliverService(
    referral=REFERRAL, service=ServiceType.RESIDENTIAL, delivered_on=TODAY, note=SecretStr(SECRET)
)
CLOSE = CloseProgramme(referral=REFERRAL, closure=ClosureKind.COMPLETED_AS_PLANNED)

OPENED = ProgrammeOpened.model_validate(OPEN.model_dump())
OPENED_ANOTHER = ProgrammeOpened.model_validate(OPEN_ANOTHER.model_dump())
PLANNED = PlanAgreed(
    referral=REFERRAL,
    consent=CONSENT,
    services=(ServiceType.MEDICAL, ServiceType.RESIDENTIAL),
    review_on=PLAN.review_on,
)
DELIVERED = ServiceDelivered(
    delivery=FRESH,
    referral=REFERRAL,
    consent=CONSENT,
    service=ServiceType.RESIDENTIAL,
    delivered_on=TODAY,
)
STOPPED = ProgrammeStopped(referral=REFERRAL, consent=CONSENT)
NOTED = WithdrawalNoted(
    consent=CONSENT, did=Acknowledgement.STOPPED, organisations=("casa-aperta",)
)
HEARD = ConsentNoted(
    consent=CONSENT, recipient="casa-aperta", purpose=Purpose.REFERRAL, valid_until=NOW
)
HEARD_ANEW = HEARD.model_copy(
    update={"consent": ANOTHER_CONSENT, "valid_until": NOW + timedelta(days=30)}
)
LAPSED = ExpiryNoted(consent=CONSENT)
FLAGGED = ProgrammeFlagged(referral=REFERRAL, consent=CONSENT)
RENEWED = ProgrammeRenewed(referral=REFERRAL, consent=ANOTHER_CONSENT)
NOTED_NOTHING = WithdrawalNoted(consent=CONSENT, did=Acknowledgement.NOTHING_HELD)
ERASED = KeysDestroyed(erasure="e" * 32, streams=(CASE,), keys=0)
CLOSED = ProgrammeClosed(
    referral=REFERRAL, organisation="casa-aperta", closure=ClosureKind.COMPLETED_AS_PLANNED
)
