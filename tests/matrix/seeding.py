"""Each service on a real store, with a case in every situation."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from services.assistance import app as assistance_app
from services.assistance.consumer import react
from services.identification import app as identification_app
from services.observatory import app as observatory_app
from shared.codes import Role
from shared.contracts.referral import HandoverCompleted
from shared.runtime.handle import handle
from shared.runtime.message import Message
from tests.assistance import given as assistance
from tests.assistance.hearing import AT, handover
from tests.identification.desk import PATHS, body
from tests.identification.given import CONSENT_TO_SHELTER, DISCLOSE, IDENTIFY, INFORM, OPEN, REPORT
from tests.matrix.situations import OURS, THEIRS, Situation
from tests.referral.relay import GIVEN, OPENED, Relay, open_relay, register
from tests.support.web import Web, serve

WORKING = (Role.CASE_MANAGER, Role.PROVIDER_INTAKE, Role.HOTLINE_OPERATOR)
Known = Mapping[Situation, Mapping[str, str]]


@dataclass(frozen=True)
class Seeded:
    """A service, and what stands in its addresses in each situation."""

    web: Web
    known: Known


def identification(directory: Path) -> Seeded:
    web = serve("sqlite", identification_app.SERVICE, identification_app.app, directory)
    return Seeded(web, {situation: _of_a_person(web, situation) for situation in Situation})


def _of_a_person(web: Web, situation: Situation) -> dict[str, str]:
    """A case with an emergency, one whose consent was used and withdrawn, and an erased one."""
    custodian = situation.custodian
    told: dict[str, str] = {}
    for name in ("case", "ended", "erased"):
        told["contact"] = _made(web, "/contacts", body(REPORT), custodian)
        told[name] = _made(web, "/cases", body(OPEN, contact=told["contact"]), custodian)
        here = f"/cases/{told[name]}"
        _made(web, f"{here}/{PATHS['GiveInformation']}", body(INFORM), custodian)
        given = body(CONSENT_TO_SHELTER, recipient=situation.recipient)
        told["consent"] = _made(web, f"{here}/consents", given, custodian)
        if name == "case":
            _made(web, f"{here}/{PATHS['RecordIdentity']}", body(IDENTIFY), custodian)
            asked = {"consent": told["consent"]}
            told["issued"] = _made(web, f"{here}/consent-receipts", asked, custodian)
        if name == "ended":
            _made(web, f"{here}/disclosures", body(DISCLOSE), situation.recipient)
            over = {"consent": told["consent"]}
            _made(web, f"{here}/consent-withdrawals", over, custodian)
    danger = {"reason": "she called: he is at the door"}
    told["emergency"] = _made(web, f"/cases/{told['case']}/emergencies", danger, custodian)
    erase = {"ground": "consent-withdrawn"}
    _made(web, f"/cases/{told['erased']}/erasure", erase, custodian)
    return told


def _made(web: Web, path: str, told: Mapping[str, Any], organisation: str) -> str:
    token = web.token(organisation, *WORKING, factors=("pwd", "otp"))
    answer = web.post(path, told, token)
    assert answer.is_success, answer.text
    return str(answer.json().get("id", ""))


def referral(directory: Path) -> Seeded:
    """The case, its consent, and a referral that was sent to whom the consent names."""
    relay = open_relay("sqlite", directory)
    register(relay, THEIRS, hours=24, places=1)
    return Seeded(relay.web, {each: _on_its_way(relay, each) for each in Situation})


def _on_its_way(relay: Relay, situation: Situation) -> dict[str, str]:
    mark = f"{list(Situation).index(situation) + 1}" * 32
    case, consent = f"case-{mark}", mark
    told = {"case": case, "consent": consent, "recipient": situation.recipient}
    opened = {"case": case, "organisation": situation.custodian}
    relay.hear(OPENED.model_copy(update=opened))
    relay.hear(GIVEN.model_copy(update=told))
    asked = {"service": "residential", "consent": consent, "receivers": [situation.recipient]}
    here = f"/cases/{case}/referrals"
    name = _made(relay.web, here, asked, situation.custodian)
    _made(relay.web, f"{here}/{name}/sending", {}, situation.custodian)
    return {"case": case, "referral": name}


def assistance_service(directory: Path) -> Seeded:
    """Own: who asks runs its only programme. With consent: another's programme and one of theirs.
    Without: another's only."""
    web = serve("sqlite", assistance_app.SERVICE, assistance_app.app, directory)
    return Seeded(web, {each: _in_programmes(web, each) for each in Situation})


def _in_programmes(web: Web, situation: Situation) -> dict[str, str]:
    number = list(Situation).index(situation) + 1
    case = f"case-{f'{number}' * 32}"
    runs = {
        Situation.OWN: (OURS,),
        Situation.CONSENT: (THEIRS, OURS),
        Situation.WITHOUT: (THEIRS,),
    }[situation]
    for place, organisation in enumerate(runs):
        name = f"{number}{'ab'[place]}" * 16
        _hear(web, case, handover(name, assistance.CONSENT, organisation) | {"case": case})
    return {"case": case, "referral": f"{number}a" * 16}


def observatory(directory: Path) -> Seeded:
    return Seeded(serve("sqlite", observatory_app.SERVICE, observatory_app.app, directory), {})


SERVICES: Mapping[str, Callable[[Path], Seeded]] = {
    "identification": identification,
    "referral": referral,
    "assistance": assistance_service,
    "observatory": observatory,
}


def all_four(directory: Path) -> dict[str, Seeded]:
    made = {}
    for name, service in SERVICES.items():
        (directory / name).mkdir()
        made[name] = service(directory / name)
    return made


def _hear(web: Web, case: str, told: dict[str, str]) -> None:
    message = Message(
        "referral", "t", 0, 1, "id", HandoverCompleted.type, case, AT, json.dumps(told)
    )
    for reaction in react(message):
        by = replace(assistance.RELAY, fresh=told["referral"])
        handle(web.store, reaction.decider, reaction.stream, reaction.command, by)
