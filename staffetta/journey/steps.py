"""The steps of the journey: who does what, and what must then be so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from staffetta.journey.client import must
from staffetta.journey.looking import (
    COORDINATOR,
    DECLINES,
    DUE,
    HOTLINE,
    MANAGER,
    MUNICIPALITY,
    TAKES,
    UNO,
    Journey,
    custodian,
    everything,
    free_places,
    responses,
    today,
)

# What must never be found outside the one service that owns it, nor in any log.
NARRATIVE = "She called at night from a car park; she asked for a place to sleep."
CALLBACK = "after nine, never before"
NAME, REACH = "A. (invented)", "by the desk"


def intake(on: Journey) -> None:
    told = {
        "channel": "hotline",
        "received_on": today(),
        "area": "IT-BO",
        "language": "sq",
        "narrative": NARRATIVE,
        "callback": CALLBACK,
    }
    on.contact = on.net.post(HOTLINE, "/identification/contacts", told, 201)["id"]
    lines = everything(on, HOTLINE, "/identification/contacts")
    must(any(line["key"] == on.contact for line in lines), "the hotline's list shows the contact")


def case_opened(on: Journey) -> None:
    codes = {
        "contact": on.contact,
        "area": "IT-BO",
        "exploitation": ["labour", "sexual"],
        "age_group": "adult",
        "gender": "female",
        "citizenship": "AL",
    }
    on.case = on.net.post(MANAGER, "/identification/cases", codes, 201)["id"]
    on.net.all_have_heard(COORDINATOR)
    must(custodian(on) == MUNICIPALITY, "the municipality is the custodian, also at referral")


def informed(on: Journey) -> None:
    told = {
        "language": "sq",
        "interpreter": "telephone",
        "met_with_the_person": False,
        "leaflet": "2026.1",
    }
    on.net.post(MANAGER, f"{on.here}/information", told)
    on.net.post(MANAGER, f"{on.here}/identity", {"name": NAME, "reach": REACH})


def consent_given(on: Journey) -> None:
    scope = {
        "recipient": DUE,
        "purpose": "referral",
        "categories": ["identity", "contact", "narrative"],
        "giver": "person",
        "form": "spoken-witnessed",
        "witness": "op-case-2",
        "language": "sq",
        "interpreter": "telephone",
        "met_with_the_person": False,
        "valid_until": (datetime.now(UTC) + timedelta(days=365)).isoformat(),
    }
    on.consent = on.net.post(MANAGER, f"{on.here}/consents", scope, 201)["id"]
    on.net.all_have_heard(COORDINATOR)
    consents = on.net.get(MANAGER, on.here)["consents"]
    must([line["recipient"] for line in consents] == [DUE], "one consent, to one organisation")


def proposed(on: Journey) -> None:
    asked = {"service": "residential", "consent": on.consent, "receivers": [UNO, DUE]}
    on.referral = on.net.post(MANAGER, on.way, asked, 201)["id"]
    on.net.post(MANAGER, f"{on.way}/{on.referral}/sending")
    for operator in (DECLINES, TAKES):
        incoming = everything(on, operator, "/referral/incoming")
        must(any(line["referral"] == on.referral for line in incoming), "each receiver is asked")


def declined(on: Journey) -> None:
    on.net.post(DECLINES, f"{on.way}/{on.referral}/acknowledgement")
    reason = {"reason": "no-place-free"}
    on.net.post(DECLINES, f"{on.way}/{on.referral}/declination", reason)
    must(responses(on)[UNO]["reason"] == "no-place-free", "the sender sees the reason")


def accepted(on: Journey) -> None:
    free = free_places(on)
    on.net.post(MANAGER, f"{on.way}/{on.referral}/acceptance", expect=403)
    on.net.post(TAKES, f"{on.way}/{on.referral}/acknowledgement")
    on.net.post(TAKES, f"{on.way}/{on.referral}/acceptance")
    must(free_places(on) == free - 1, "the acceptance took one place")
    on.before["free"] = free


def handed_over(on: Journey) -> None:
    on.net.post(MANAGER, f"{on.way}/{on.referral}/handover")
    must(custodian(on) == MUNICIPALITY, "one side alone moves nobody")
    on.net.post(TAKES, f"{on.way}/{on.referral}/handover")
    on.net.all_have_heard(COORDINATOR)
    must(custodian(on) == DUE, "custody moved at referral")
    case = on.net.get(TAKES, on.here)["case"]
    must(case["custodian"] == DUE, "custody moved at identification")


def disclosed(on: Journey) -> None:
    wanted = {"purpose": "referral", "categories": ["narrative"]}
    on.net.post(DECLINES, f"{on.here}/disclosures", wanted, 403)
    dossier = on.net.post(TAKES, f"{on.here}/disclosures", wanted, 201)["dossier"]
    must(dossier == {"narrative": [NARRATIVE]}, "the named organisation sees what was allowed")


def planned(on: Journey) -> None:
    programmes = on.net.get(TAKES, f"/assistance/cases/{on.case}/programmes")["programmes"]
    must([line["status"] for line in programmes] == ["open"], "the handover opened a programme")
    plan = {
        "services": ["residential", "psychological", "juridical"],
        "review_on": (datetime.now(UTC) + timedelta(days=90)).date().isoformat(),
    }
    on.net.post(TAKES, f"{on.programme}/plan", plan)


def delivered(on: Journey) -> None:
    for service in ("residential", "psychological", "juridical"):
        told = {"service": service, "delivered_on": today()}
        on.net.post(TAKES, f"{on.programme}/services", told, 201)
    shown = on.net.get(TAKES, f"/assistance/cases/{on.case}/programmes")
    must(len(shown["deliveries"]) == 3, "three services were delivered")


def withdrawn(on: Journey) -> None:
    on.net.post(TAKES, f"{on.here}/consent-withdrawals", {"consent": on.consent})
    wanted = {"purpose": "referral", "categories": ["narrative"]}
    on.net.post(TAKES, f"{on.here}/disclosures", wanted, 403)
    on.net.all_have_heard(COORDINATOR)
    told = [line["what"] for line in on.net.get(COORDINATOR, f"{on.here}/trace")]
    for holder in ("referral", "assistance"):
        must(
            any(f"withdrawal acknowledged by {holder}" in what for what in told),
            f"{holder} acknowledged the withdrawal",
        )
    shown = on.net.get(TAKES, f"/assistance/cases/{on.case}/programmes")["programmes"]
    must([line["status"] for line in shown] == ["stopped"], "the programme stopped by itself")


def answered(on: Journey) -> None:
    """Whoever read something says what it did, and whoever saw codes only says so."""
    said = f"{on.here}/withdrawal-acknowledgements"
    asked = everything(on, TAKES, "/identification/withdrawals")
    own = [line for line in asked if line["consent"] == on.consent]
    must([line["categories_read"] for line in own] == ["narrative"], "it is told what it had read")
    on.net.post(HOTLINE, said, {"consent": on.consent, "did": ["stopped"]}, 404)
    on.net.post(TAKES, said, {"consent": on.consent, "did": ["stopped", "destroyed"]})
    on.net.post(DECLINES, said, {"consent": on.consent, "did": ["nothing-held"]})
    waiting = everything(on, COORDINATOR, "/identification/withdrawals")
    must(all(line["consent"] != on.consent for line in waiting), "nobody is waited for any more")


def closed(on: Journey) -> None:
    on.net.post(TAKES, f"{on.programme}/closure", {"closure": "consent-withdrawn"})
    on.net.all_have_heard(COORDINATOR)
    must(free_places(on) == on.before["free"], "the place is free again")
    case = on.net.get(TAKES, on.here)["case"]
    must(case["closure"] == "consent-withdrawn", "identification heard of the closure")


def counted(on: Journey) -> None:
    """One person is a small cell: counted within, and never shown."""
    written = on.net.get(COORDINATOR, "/identification/positions")["written"]
    applied = on.net.get(COORDINATOR, "/observatory/positions")["applied"]
    contributions = [line for line in written if line["topic"].startswith("staffetta.statistics")]
    sent = sum(line["last"] for line in contributions)
    counted = sum(line["number"] for line in applied)
    must(sent == counted > 0, "the observatory has counted every contribution")
    on.net.get(MANAGER, "/observatory/counts", 403)


@dataclass(frozen=True)
class Step:
    title: str
    take: Callable[[Journey], None]


STEPS = (
    Step("A hotline operator posts an intake", intake),
    Step("A case is opened; the municipality is its custodian", case_opened),
    Step("Information is given in Albanian, with an interpreter by telephone", informed),
    Step("Consent is given to one organisation, for one purpose", consent_given),
    Step("A referral is proposed to two providers and sent", proposed),
    Step("One declines, with a reason", declined),
    Step("The other accepts and takes a place", accepted),
    Step("Both sides confirm the handover; custody moves", handed_over),
    Step("The new custodian sees the dossier; another is refused", disclosed),
    Step("An assistance programme is open; a plan is agreed", planned),
    Step("Three services are delivered", delivered),
    Step("Consent is withdrawn; every holder acknowledges", withdrawn),
    Step("Each organisation that had received something says what it did", answered),
    Step("The programme closes; its place is free again", closed),
    Step("The observatory has counted it", counted),
)


def take(journey: Journey) -> Iterator[str]:
    """Take the steps one after the other; gives each title when its effect was seen."""
    for step in STEPS:
        step.take(journey)
        yield step.title
