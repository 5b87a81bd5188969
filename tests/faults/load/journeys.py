"""Two small journeys: one ends in a withdrawal, the other goes through all four services."""

from datetime import UTC, datetime, timedelta

from staffetta.journey.looking import DUE, HOTLINE, MANAGER, TAKES, today
from tests.faults.load.caller import Caller

_CASE = {
    "area": "IT-BO",
    "exploitation": ["labour"],
    "age_group": "adult",
    "gender": "female",
    "citizenship": "AL",
}
_TALK = {"language": "sq", "interpreter": "telephone", "met_with_the_person": False}


def consenting(call: Caller) -> tuple[str, str]:
    """A contact, a case, information and consent; returns the case and the consent."""
    told = {"channel": "hotline", "received_on": today(), "area": "IT-BO", "language": "sq"}
    contact = call.post(HOTLINE, "identification", "/contacts", "contact.reported.v1", told)
    opened = {**_CASE, "contact": contact}
    case = call.post(MANAGER, "identification", "/cases", "case.opened.v1", opened)
    here = f"/cases/{case}"
    leaflet = {**_TALK, "leaflet": "2026.1"}
    informed = "case.information-given.v1"
    call.post(MANAGER, "identification", f"{here}/information", informed, leaflet, case)
    scope = {
        **_TALK,
        "recipient": DUE,
        "purpose": "referral",
        "categories": ["identity"],
        "giver": "person",
        "form": "spoken-witnessed",
        "witness": "op-case-2",
        "valid_until": (datetime.now(UTC) + timedelta(days=365)).isoformat(),
    }
    given = "case.consent-given.v2"
    return case, call.post(MANAGER, "identification", f"{here}/consents", given, scope, case)


def withdrawing(call: Caller) -> None:
    """Consent is withdrawn at once: both holders acknowledge, in order."""
    case, consent = consenting(call)
    path, fact = f"/cases/{case}/consent-withdrawals", "case.consent-withdrawn.v1"
    call.post(MANAGER, "identification", path, fact, {"consent": consent}, case)


def going_through(call: Caller) -> None:
    """A referral is accepted, custody moves, a programme opens and closes: eight hops."""
    case, consent = consenting(call)
    way = f"/cases/{case}/referrals"
    asked = {"service": "residential", "consent": consent, "receivers": [DUE]}
    referral = call.post(MANAGER, "referral", way, "referral.proposed.v1", asked, case)
    for operator, what, fact in (
        (MANAGER, "sending", "referral.sent.v1"),
        (TAKES, "acknowledgement", "referral.acknowledged.v1"),
        (TAKES, "acceptance", "referral.accepted.v1"),
        (MANAGER, "handover", "referral.handover-confirmed.v1"),
        (TAKES, "handover", "referral.handover-confirmed.v1"),
    ):
        call.post(operator, "referral", f"{way}/{referral}/{what}", fact, None, case)
    programme = f"/cases/{case}/programmes/{referral}"
    closing = {"closure": "completed-as-planned"}
    closed = "programme.closed.v1"
    call.post(TAKES, "assistance", f"{programme}/closure", closed, closing, case)


JOURNEYS = (withdrawing, going_through)
