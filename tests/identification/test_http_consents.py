"""Consents over HTTP: what is refused when one is given or narrowed, and one to a class."""

from typing import Any

import pytest

from services.identification.network.commands import NoteOrganisation
from services.identification.network.decide import NETWORK, organisation_stream
from shared.codes import OrganisationKind, Role
from shared.runtime.facts import Acting
from shared.runtime.handle import handle
from tests.identification.desk import Desk
from tests.identification.given import CONSENT_TO_SHELTER, DISCLOSE, INFORM, REFUSE, WITHDRAW
from tests.support.decisions import FRESH, NOW

WRITTEN = {"form": "written", "witness": None}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"recipient_class": "ngo"}, "a-consent-names-one-recipient"),
        ({"recipient": None}, "a-consent-names-one-recipient"),
        ({"giver": "guardian"}, "a-child-assents-to-what-its-guardian-allows"),
        ({"giver": "guardian", "assent": False}, "a-child-assents-to-what-its-guardian-allows"),
        ({"assent": True}, "assent-belongs-to-a-guardians-consent"),
        ({"witness": None}, "a-spoken-consent-has-a-witness"),
        ({"witness": "op-1"}, "a-witness-is-somebody-else"),
        ({"form": "written"}, "a-spoken-consent-has-a-witness"),
        ({**WRITTEN, "form": "signed-file"}, "a-signed-file-is-known-by-its-hash"),
        ({**WRITTEN, "signed_file": "a" * 64}, "a-signed-file-is-known-by-its-hash"),
        ({"met_with_the_person": True}, "nobody-found-with-the-person-interprets"),
        ({"language": "ro"}, "consent-follows-information"),
        ({"valid_until": NOW}, "consent-ends-in-the-future"),
    ],
)
def test_a_consent_that_lacks_something_is_refused(
    desk: Desk, changed: dict[str, Any], rule: str
) -> None:
    case = desk.open()
    desk.done(case, INFORM)
    assert desk.ask(case, CONSENT_TO_SHELTER, **changed).json()["rule"] == rule
    assert desk.names(case)[-1] == "case.information-given.v1"
    assert desk.refusals(case) == [rule]


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"categories": ["health"]}, "narrowing-never-widens"),
        ({"valid_until": "2027-01-01T00:00:00Z"}, "narrowing-never-widens"),
        ({"valid_until": "2026-01-01T00:00:00Z"}, "consent-ends-in-the-future"),
        ({"recipient": "porto"}, "a-class-is-narrowed-to-one-of-its-own"),
        ({"consent": "a" * 32}, "only-a-live-consent-is-narrowed"),
    ],
)
def test_what_is_no_narrowing_is_refused(desk: Desk, asked: dict[str, Any], rule: str) -> None:
    case, consent = desk.consented()
    path = f"/cases/{case}/consent-narrowings"
    assert desk.web.post(path, {"consent": consent, **asked}, desk.by()).json()["rule"] == rule
    shelter = desk.by("casa-aperta", Role.CASE_MANAGER)
    other = desk.web.post(path, {"consent": consent, "categories": ["identity"]}, shelter)
    assert other.json()["rule"] == "only-the-custodian-works-on-a-case"


def test_a_class_opens_to_those_of_its_kind_and_a_no_is_recorded(desk: Desk) -> None:
    case = desk.open()
    desk.done(case, INFORM)
    to_all = {"recipient": None, "recipient_class": "ngo"}
    desk.done(case, REFUSE, **to_all)
    consent = desk.done(case, CONSENT_TO_SHELTER, **to_all)
    shelter = desk.by("casa-aperta", Role.PROVIDER_INTAKE)
    assert desk.ask(case, DISCLOSE, shelter).status_code == 403
    heard = NoteOrganisation(organisation="casa-aperta", kind=OrganisationKind.NGO)
    by = Acting("referral", "referral", NOW, frozenset(), FRESH)
    handle(desk.web.store, NETWORK, organisation_stream("casa-aperta"), heard, by)
    assert desk.ask(case, DISCLOSE, shelter).status_code == 201
    assert desk.ask(case, DISCLOSE, desk.by("porto", Role.PROVIDER_INTAKE)).status_code == 403
    desk.done(case, WITHDRAW, consent=consent)
    assert desk.ask(case, DISCLOSE, shelter).status_code == 403
