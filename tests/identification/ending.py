"""How a consent ends and what is asked then, in facts and in commands."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.identification.alarms.kinds import AlarmKind
from services.identification.cases import events
from services.identification.cases.commands import AcknowledgeWithdrawal, ExpireConsent
from services.identification.cases.decide import CASES
from services.identification.network.events import OrganisationHeard
from shared.codes import ConsentEnd, DataCategory, HolderAction, OrganisationKind, Purpose, Role
from shared.runtime.facts import Acting, Fact, In, Request
from tests.identification.given import (
    CONSENT,
    CONSENT_TO_SHELTER,
    CONSENTED,
    GIVEN,
    NEXT_MONTH,
    WITHDRAWN,
)
from tests.support.decisions import FRESH, NOW, acting, when

PORTO = acting("porto", Role.PROVIDER_INTAKE)
AUSL = acting("ausl", Role.CASE_MANAGER)
TIMER = acting("identification", operator="timer", now=NEXT_MONTH)
SHOWN = events.DossierDisclosed(
    disclosure=FRESH,
    recipient="casa-aperta",
    consent=CONSENT,
    purpose=Purpose.REFERRAL,
    categories=(DataCategory.IDENTITY,),
)
ASKED = events.AcknowledgementAsked(
    consent=CONSENT,
    organisation="casa-aperta",
    end=ConsentEnd.WITHDRAWN,
    read=(DataCategory.IDENTITY,),
    answer_by=NOW + timedelta(hours=72),
)
ENDS = events.AlarmRaised(kind=AlarmKind.CONSENT_ENDS, about=CONSENT)
ENDS_NO_MORE = events.AlarmSettled(kind=AlarmKind.CONSENT_ENDS, about=CONSENT)
DESTROYED = AcknowledgeWithdrawal(consent=CONSENT, did=(HolderAction.DESTROYED,))
EXPIRE = ExpireConsent(consent=CONSENT)
EXPIRED = events.ConsentExpired(consent=CONSENT)
TO_HEALTH = GIVEN.model_copy(
    update={"recipient": None, "recipient_class": OrganisationKind.HEALTH_AGENCY}
)
HEARD = {
    "organisation-ausl": [
        OrganisationHeard(organisation="ausl", kind=OrganisationKind.HEALTH_AGENCY)
    ]
}
TAKEN_BACK: list[Fact] = [*CONSENTED, SHOWN, WITHDRAWN, ASKED]


def decided(
    given: Sequence[Fact], command: Request, by: Acting, beside: Any = None
) -> list[Fact | In]:
    return list(when(CASES, given, command, by, beside))


def given_with(**changed: object) -> Any:
    return CONSENT_TO_SHELTER.model_copy(update=changed)
