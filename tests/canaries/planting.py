"""A canary for every protected field there is, and a journey that gives them all."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from shared.trust.protected import Protected
from staffetta.four import FOUR
from staffetta.journey import steps
from staffetta.journey.looking import COORDINATOR, DUE, HOTLINE, MANAGER, TAKES, Journey, today

Field = tuple[str, str]
"""The stored name of an event, and its protected field."""


def protected_fields() -> set[Field]:
    """Every protected field of every event class, by reflection."""
    return {
        (name, field)
        for part in FOUR
        for name, fact in part.service.names.facts.items()
        for field, declared in fact.model_fields.items()
        if any(_is_protected(kind) for kind in (declared.annotation, *_parts(declared.annotation)))
    }


def _parts(annotation: object) -> Sequence[object]:
    return getattr(annotation, "__args__", ())


def _is_protected(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Protected)


def _marked(word: str) -> str:
    return f"canary{word}{secrets.token_hex(6)}"


def _number() -> str:
    """An Italian mobile number, so that what is found by telephone has something to find."""
    return f"34{secrets.randbelow(10**8):08}"


CANARIES: Mapping[Field, Mapping[str, str]] = {
    ("contact.reported.v1", "narrative"): {"narrative": _marked("narrative")},
    ("contact.reported.v1", "callback"): {"callback": _number()},
    ("case.identity-recorded.v1", "identity"): {
        "name": _marked("name"),
        "birth_date": _marked("birth"),
        "documents": _marked("papers"),
    },
    ("case.identity-recorded.v1", "reach"): {"reach": _marked("reach")},
    ("case.emergency-opened.v2", "reason"): {"reason": _marked("reason")},
    ("programme.plan-agreed.v1", "goals"): {"goals": _marked("goals")},
    ("programme.service-delivered.v1", "note"): {"note": _marked("note")},
    ("programme.service-delivered.v1", "health_note"): {"note": _marked("health")},
    ("programme.closed.v1", "note"): {"note": _marked("closing")},
    ("organisation.address-kept.v1", "address"): {"address": _marked("address")},
}
NOBODYS = {("organisation.address-kept.v1", "address")}
"""Sealed as well, and of no person: an erasure leaves it."""
ALL = tuple(canary for words in CANARIES.values() for canary in words.values())


def words_of(name: str, field: str) -> dict[str, str]:
    """What is sent: the canary among other words, one of them not in ASCII."""
    around = {"birth_date": "{} 1987", "callback": "{} perché no"}
    found = CANARIES[name, field].items()
    return {key: around.get(key, "perché {} no").format(canary) for key, canary in found}


def planted(on: Journey) -> None:
    """One person's way through the network, with every canary in its place."""
    _met(on)
    steps.consent_given(on)
    steps.proposed(on)
    steps.accepted(on)
    steps.handed_over(on)
    _helped(on)


def _met(on: Journey) -> None:
    told = {
        "channel": "hotline",
        "received_on": today(),
        "area": "IT-BO",
        "language": "sq",
        **words_of("contact.reported.v1", "narrative"),
        **words_of("contact.reported.v1", "callback"),
    }
    on.contact = on.net.post(HOTLINE, "/identification/contacts", told, 201)["id"]
    steps.case_opened(on)
    steps.informed(on)
    known = {
        **words_of("case.identity-recorded.v1", "identity"),
        **words_of("case.identity-recorded.v1", "reach"),
    }
    on.net.post(MANAGER, f"{on.here}/identity", known)
    on.net.post(MANAGER, f"{on.here}/duplicates", {}, 201)


def _helped(on: Journey) -> None:
    later = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    plan = {"services": ["residential", "medical"], "review_on": later}
    on.net.post(
        TAKES, f"{on.programme}/plan", {**plan, **words_of("programme.plan-agreed.v1", "goals")}
    )
    for service, field in (("residential", "note"), ("medical", "health_note")):
        told = {"service": service, "delivered_on": today()}
        note = words_of("programme.service-delivered.v1", field)
        on.net.post(TAKES, f"{on.programme}/services", {**told, **note}, 201)
    reason = words_of("case.emergency-opened.v2", "reason")
    on.net.post(HOTLINE, f"{on.here}/emergencies", reason, 201)
    where = words_of("organisation.address-kept.v1", "address")
    on.net.post(
        TAKES, f"/referral/organisations/{DUE}/address", {"service": "residential", **where}
    )
    wanted = {"purpose": "referral", "categories": ["identity", "contact", "narrative"]}
    dossier = on.net.post(TAKES, f"{on.here}/disclosures", wanted, 201)["dossier"]
    assert CANARIES["case.identity-recorded.v1", "reach"]["reach"] in str(dossier["contact"])
    note = words_of("programme.closed.v1", "note")
    on.net.post(TAKES, f"{on.programme}/closure", {"closure": "completed-as-planned", **note})
    on.net.all_have_heard(COORDINATOR)
