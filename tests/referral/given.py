"""A case on its way, in facts and in commands, for the tests of `referral`."""

from datetime import timedelta

from pydantic import SecretStr

from services.referral.custody import commands, events
from services.referral.directory.events import (
    AddressKept,
    OrganisationRegistered,
    PlaceFreed,
    PlacesSet,
    ServiceOffered,
)
from shared.codes import Area, DeclineReason, OrganisationKind, Purpose, Role, ServiceType
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Fact, In
from shared.trust.protected import Contact, Protected
from tests.support.decisions import ACTIVE_ROLES, FRESH, NOW, acting

CASE = f"case-{'c' * 32}"
REFERRAL, ANOTHER_REFERRAL, UNKNOWN = FRESH, "b" * 32, "0" * 32
CONSENT, ANOTHER_CONSENT = "1" * 32, "2" * 32
IN_A_MONTH = NOW + timedelta(days=30)
RESIDENTIAL = ServiceType.RESIDENTIAL

HOTLINE = acting("hotline", Role.HOTLINE_OPERATOR)
SHELTER = acting("casa-aperta", Role.PROVIDER_INTAKE)
PORTO = acting("porto", Role.PROVIDER_INTAKE)
STRANGER = acting("questura", *ACTIVE_ROLES)  # and yet none of those concerned
COORDINATOR = acting("regione", Role.COORDINATOR)
RELAY = acting("identification", operator="relay")
TIMER = acting("referral", operator="timer")

PROPOSE = commands.ProposeReferral(
    service=RESIDENTIAL, consent=CONSENT, receivers=("casa-aperta", "porto", "casa-aperta")
)
SEND = commands.SendReferral(referral=REFERRAL)
ACKNOWLEDGE = commands.AcknowledgeReferral(referral=REFERRAL)
ACCEPT = commands.AcceptReferral(referral=REFERRAL)
DECLINE = commands.DeclineReferral(referral=REFERRAL, reason=DeclineReason.NO_PLACE_FREE)
WITHDRAW = commands.WithdrawReferral(referral=REFERRAL)
CONFIRM = commands.ConfirmHandover(referral=REFERRAL)
EXPIRE = commands.ExpireReferral(referral=REFERRAL, receiver="casa-aperta")
RETURN = commands.ReturnPlace(referral=REFERRAL)
BEGIN = commands.BeginRelay(custodian="hotline")
NOTE = commands.NoteConsent(
    consent=CONSENT, recipient="casa-aperta", purpose=Purpose.REFERRAL, valid_until=IN_A_MONTH
)
STOP = commands.StopForWithdrawal(consent=CONSENT)

BEGUN = events.RelayBegun(custodian="hotline")
NOTED = events.ConsentNoted.model_validate(NOTE.model_dump())
ANEW = NOTED.model_copy(
    update={"consent": ANOTHER_CONSENT, "valid_until": IN_A_MONTH + timedelta(days=30)}
)
PROPOSED = events.ReferralProposed(
    referral=REFERRAL,
    service=RESIDENTIAL,
    consent=CONSENT,
    sender="hotline",
    receivers=("casa-aperta", "porto"),
)
SENT = events.ReferralSent(
    referral=REFERRAL,
    asked=(
        events.Asked(receiver="casa-aperta", answer_by=NOW + timedelta(hours=48)),
        events.Asked(receiver="porto", answer_by=NOW + timedelta(hours=24)),
    ),
)
ACKNOWLEDGED = events.ReferralAcknowledged(referral=REFERRAL, receiver="casa-aperta")
ACCEPTED = events.ReferralAccepted(referral=REFERRAL, receiver="casa-aperta")
DECLINED = events.ReferralDeclined(
    referral=REFERRAL, receiver="casa-aperta", reason=DeclineReason.NO_PLACE_FREE
)
EXPIRED = events.ReferralExpired(referral=REFERRAL, receiver="casa-aperta")
WITHDRAWN = events.ReferralWithdrawn(referral=REFERRAL)
STOPPED = events.ReferralStopped(referral=REFERRAL, consent=CONSENT)
GIVEN_AWAY = events.HandoverConfirmed(referral=REFERRAL, organisation="hotline")
TAKEN_OVER = events.HandoverConfirmed(referral=REFERRAL, organisation="casa-aperta")
COMPLETED = events.HandoverCompleted(
    referral=REFERRAL,
    consent=CONSENT,
    service=RESIDENTIAL,
    sender="hotline",
    receiver="casa-aperta",
)
RETURNED = events.PlaceReturned(referral=REFERRAL)
ASKED_THERE = ("casa-aperta", "porto")
ENDED = events.WithdrawalNoted(consent=CONSENT, did=Acknowledgement.STOPPED)
ENDED_ASKED = ENDED.model_copy(update={"organisations": ASKED_THERE})
LAPSE = commands.StopForExpiry(consent=CONSENT)
LAPSED = events.ExpiryNoted(consent=CONSENT)
ENDED_NOTHING = events.WithdrawalNoted(consent=CONSENT, did=Acknowledgement.NOTHING_HELD)
ERASED = events.KeysDestroyed(erasure="e" * 32, streams=(CASE,), keys=0)

WHERE = SecretStr("via dei Mille 7, ring twice")
KEPT = AddressKept(service=RESIDENTIAL, address=Protected[Contact](clear=WHERE))
NAMED = events.EscortNamed(referral=REFERRAL, organisation="hotline", operator="op-7")
RELEASED = events.AddressReleased(
    referral=REFERRAL,
    release=FRESH,
    consent=CONSENT,
    shelter="casa-aperta",
    organisation="hotline",
    operator="op-7",
)

KNOWN: list[Fact] = [BEGUN, NOTED]
DRAFT: list[Fact] = [*KNOWN, PROPOSED]
ASKED: list[Fact] = [*DRAFT, SENT]
TAKEN: list[Fact] = [*ASKED, ACCEPTED]
MOVED: list[Fact] = [*TAKEN, GIVEN_AWAY, TAKEN_OVER, COMPLETED]
CLOSED: list[Fact] = [*MOVED, RETURNED]
TAKEN_BACK: list[Fact] = [*ASKED, WITHDRAWN]
HALTED: list[Fact] = [*ASKED, STOPPED, ENDED]


def another(fact: Fact, **changed: object) -> Fact:
    """The same fact of the case's other referral."""
    return fact.model_copy(update={"referral": ANOTHER_REFERRAL, **changed})


def registered(organisation: str) -> OrganisationRegistered:
    return OrganisationRegistered(
        organisation=organisation, name=organisation, kind=OrganisationKind.NGO, area=Area.BOLOGNA
    )


def offered(hours: int, service: ServiceType = RESIDENTIAL) -> ServiceOffered:
    return ServiceOffered(
        service=service, area=Area.BOLOGNA, answer_within_hours=hours, languages=("sq", "it")
    )


def places(number: int, free: int) -> PlacesSet:
    return PlacesSet(service=RESIDENTIAL, places=number, free=free)


AT_SHELTER, AT_PORTO = "organisation-casa-aperta", "organisation-porto"
NETWORK: dict[str, list[Fact]] = {
    AT_SHELTER: [registered("casa-aperta"), offered(48), places(3, 2)],
    AT_PORTO: [registered("porto"), offered(24), places(1, 1)],
}


def freed(organisation: str, referral: str, free: int) -> In:
    return In(organisation, PlaceFreed(service=RESIDENTIAL, referral=referral, free=free))


ONE_FREED = freed(AT_SHELTER, REFERRAL, 3)
