"""What was noted, for another organisation: on a live consent, by category, recorded; or not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as some

from services.assistance.commands import NoteNarrowing, StopForWithdrawal
from services.assistance.decide import PROGRAMMES
from services.assistance.events import ConsentNoted, ExpiryNoted, WithdrawalNoted
from services.assistance.network.decide import organisation_stream
from services.assistance.network.events import OrganisationHeard
from services.assistance.notes.commands import DiscloseNotes
from services.assistance.notes.events import NotesDisclosed
from shared.codes import DataCategory, OrganisationKind, Purpose, Role
from shared.contracts.acknowledgement import Acknowledgement
from shared.contracts.identification import ConsentGiven, ConsentNarrowed, ConsentWithdrawn
from shared.runtime.facts import Acting, Fact, Refused
from tests.assistance.given import CASE, ERASED, OPENED, RELAY
from tests.assistance.hearing import hear
from tests.assistance.test_own_view import noted
from tests.support.decisions import FRESH, NOW, acting, refusal, when
from tests.support.web import Web

GIVEN, WIDER = "3" * 32, "4" * 32
IN_A_MONTH = NOW + timedelta(days=30)
NARRATIVE, HEALTH = DataCategory.NARRATIVE, DataCategory.HEALTH
CLINIC = acting("ausl", Role.PROVIDER_INTAKE)
ASK = DiscloseNotes(purpose=Purpose.HEALTH_CARE, categories=(NARRATIVE, HEALTH))
ALLOWED = ConsentNoted(
    consent=GIVEN,
    recipient="ausl",
    purpose=Purpose.HEALTH_CARE,
    valid_until=IN_A_MONTH,
    categories=(DataCategory.IDENTITY, HEALTH),
)
DISCLOSED = NotesDisclosed(
    disclosure=FRESH,
    recipient="ausl",
    consent=GIVEN,
    purpose=Purpose.HEALTH_CARE,
    categories=(HEALTH,),
)
WITHDRAWN = WithdrawalNoted(consent=GIVEN, did=Acknowledgement.NOTHING_HELD)
HELPED: list[Fact] = [OPENED, ALLOWED]
NO_CONSENT = "notes-are-disclosed-on-a-live-consent"


def test_given_a_consent_when_its_recipient_asks_then_what_it_allows_is_disclosed() -> None:
    assert when(PROGRAMMES, HELPED, ASK, CLINIC) == [DISCLOSED]
    assert when(PROGRAMMES, [*HELPED, DISCLOSED], ASK, CLINIC) == [DISCLOSED]


def test_given_two_consents_when_their_recipient_asks_then_the_wider_one_alone_counts() -> None:
    both = (HEALTH, NARRATIVE)
    wider = ALLOWED.model_copy(update={"consent": WIDER, "categories": both})
    (told,) = when(PROGRAMMES, [*HELPED, wider], ASK, CLINIC)
    assert isinstance(told, NotesDisclosed)
    assert (told.consent, told.categories) == (WIDER, both)


def test_given_two_consents_that_allow_as_much_then_the_one_that_was_heard_first_counts() -> None:
    as_wide = ALLOWED.model_copy(update={"consent": WIDER})
    assert when(PROGRAMMES, [*HELPED, as_wide], ASK, CLINIC) == [DISCLOSED]


@pytest.mark.parametrize(
    "changed",
    [
        {"recipient": "porto"},
        {"recipient": None},
        {"purpose": Purpose.LEGAL_AID},
        {"categories": (DataCategory.IDENTITY, DataCategory.CONTACT)},
        {"categories": ()},
        {"valid_until": NOW},
    ],
)
def test_given_another_consent_when_notes_are_asked_for_then_it_is_refused(
    changed: dict[str, Any],
) -> None:
    facts = [OPENED, ALLOWED.model_copy(update=changed)]
    assert refusal(PROGRAMMES, facts, ASK, CLINIC) == NO_CONSENT


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ([*HELPED, WITHDRAWN], NO_CONSENT),
        ([*HELPED, ExpiryNoted(consent=GIVEN)], NO_CONSENT),
        ([OPENED], NO_CONSENT),
        ([], NO_CONSENT),
        ([ALLOWED], "notes-are-of-a-programme"),
        ([*HELPED, ERASED], "what-was-erased-stays-erased"),
    ],
)
def test_given_no_live_consent_or_nothing_noted_when_notes_are_asked_for_then_it_is_refused(
    facts: Sequence[Fact], rule: str
) -> None:
    assert refusal(PROGRAMMES, facts, ASK, CLINIC) == rule


def test_who_runs_the_programme_needs_a_consent_as_well() -> None:
    own = acting("casa-aperta", Role.PROVIDER_INTAKE, Role.CASE_MANAGER)
    assert refusal(PROGRAMMES, HELPED, ASK, own) == NO_CONSENT


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.COORDINATOR])
def test_when_who_does_not_work_with_people_asks_then_it_is_refused(role: Role) -> None:
    by = replace(CLINIC, roles=frozenset({role}))
    assert refusal(PROGRAMMES, HELPED, ASK, by) == "who-works-with-people-asks-for-notes"


@pytest.mark.parametrize("role", [Role.POLICE_OFFICER, Role.JUDICIAL_AUTHORITY])
def test_when_police_or_a_court_asks_then_no_consent_helps(role: Role) -> None:
    by = replace(CLINIC, roles=CLINIC.roles | {role})
    rule = "police-and-courts-never-see-the-care-record"
    assert refusal(PROGRAMMES, HELPED, ASK, by) == rule


def test_given_a_disclosure_when_the_consent_is_withdrawn_then_its_reader_is_named() -> None:
    facts = [*HELPED, DISCLOSED]
    told = when(PROGRAMMES, facts, StopForWithdrawal(consent=GIVEN), RELAY)
    assert told == [WITHDRAWN.model_copy(update={"organisations": ("ausl",)})]


def test_given_a_consent_when_it_is_narrowed_then_less_is_disclosed() -> None:
    both = [OPENED, ALLOWED.model_copy(update={"categories": (HEALTH, NARRATIVE)})]
    narrow = NoteNarrowing(
        consent=GIVEN, recipient="ausl", valid_until=IN_A_MONTH, categories=(NARRATIVE,)
    )
    less = when(PROGRAMMES, both, narrow, RELAY)
    (told,) = when(PROGRAMMES, [*both, *less], ASK, CLINIC)  # type: ignore[list-item]  # facts of its own stream
    assert isinstance(told, NotesDisclosed)
    assert told.categories == (NARRATIVE,)


_KINDS = some.sampled_from([OrganisationKind.HEALTH_AGENCY, OrganisationKind.NGO]) | some.none()
_CONSENTS = some.builds(
    ConsentNoted,
    consent=some.sampled_from([GIVEN, WIDER]),
    recipient=some.sampled_from(["ausl", "porto", None, None]),
    recipient_class=_KINDS,
    purpose=some.sampled_from([Purpose.HEALTH_CARE, Purpose.LEGAL_AID]),
    valid_until=some.sampled_from([NOW, NOW + timedelta(seconds=1), IN_A_MONTH]),
    categories=some.lists(some.sampled_from(DataCategory), max_size=3).map(tuple),
)
_ENDS = some.sampled_from([GIVEN, WIDER]).flatmap(
    lambda consent: some.sampled_from(
        [
            ExpiryNoted(consent=consent),
            WithdrawalNoted(consent=consent, did=Acknowledgement.NOTHING_HELD),
        ]
    )
)


@given(some.lists(_CONSENTS | _ENDS, max_size=6), _KINDS)
def test_whatever_was_heard_nothing_is_disclosed_beyond_one_live_consent(
    heard: list[Fact], kind: OrganisationKind | None
) -> None:
    known = [OrganisationHeard(organisation="ausl", kind=kind)] if kind else []
    beside = {organisation_stream("ausl"): known}
    try:
        (told,) = when(PROGRAMMES, [OPENED, *heard], ASK, CLINIC, beside)
    except Refused:
        return
    assert isinstance(told, NotesDisclosed)
    stands = [each for each in heard if getattr(each, "consent", "") == told.consent]
    assert all(isinstance(each, ConsentNoted) for each in stands)
    last = stands[-1]
    assert isinstance(last, ConsentNoted)
    one_of_them = last.recipient is None and last.recipient_class and last.recipient_class == kind
    assert last.recipient == "ausl" or one_of_them
    assert last.purpose == Purpose.HEALTH_CARE
    assert last.valid_until > NOW
    assert told.categories
    assert set(told.categories) <= set(last.categories) & set(ASK.categories)


def heard_of(web: Web, *categories: DataCategory) -> None:
    given = ConsentGiven(
        case=CASE,
        consent=GIVEN,
        recipient="ausl",
        purpose=Purpose.HEALTH_CARE,
        categories=categories,
        valid_until=IN_A_MONTH,
    )
    hear(web, ConsentGiven.type, given.model_dump(mode="json"))


def asked(web: Web, by: Acting = CLINIC, key: str | None = None) -> Response:
    token = web.token(by.organisation, *by.roles, operator="op-5")
    return web.post(f"/cases/{CASE}/disclosures", ASK.model_dump(mode="json"), token, key=key)


def test_over_http_what_was_allowed_is_shown_and_recorded_and_the_rest_withheld(web: Web) -> None:
    noted(web)
    assert asked(web).json()["rule"] == NO_CONSENT
    heard_of(web, HEALTH)
    answer = asked(web)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert [note["text"] for note in told["notes"]] == ["about medical"]
    assert told["withheld"] == ["narrative"]
    assert "bake" not in answer.text
    recorded = web.store.service.names.recorded(web.store.events(CASE)[-1])
    assert (recorded.operator, recorded.organisation) == ("op-5", "ausl")
    assert recorded.event.model_dump()["disclosure"] == told["disclosure"]
    coordinator = web.token("regione", Role.COORDINATOR)
    lines = web.get(f"/cases/{CASE}/trace", coordinator).json()
    (line,) = [each for each in lines if each["kind"] == "disclosure"]
    assert (line["what"], line["consent"]) == ("notes disclosed to ausl: health", GIVEN)


def test_over_http_a_repeated_request_shows_only_what_is_allowed_now(web: Web) -> None:
    noted(web)
    heard_of(web, HEALTH, NARRATIVE)
    assert len(asked(web, key="k-1").json()["notes"]) == 4
    less = ConsentNarrowed(
        case=CASE,
        consent=GIVEN,
        recipient="ausl",
        recipient_class=None,
        categories=(HEALTH,),
        valid_until=IN_A_MONTH,
    )
    hear(web, ConsentNarrowed.type, less.model_dump(mode="json"))
    assert [note["text"] for note in asked(web, key="k-1").json()["notes"]] == ["about medical"]
    withdrawn = ConsentWithdrawn(case=CASE, consent=GIVEN)
    hear(web, ConsentWithdrawn.type, withdrawn.model_dump(mode="json"))
    for key in ("k-1", "k-2"):
        answer = asked(web, key=key)
        assert (answer.status_code, answer.json()["rule"]) == (403, NO_CONSENT)
        assert "about" not in answer.text


def test_over_http_police_and_other_organisations_are_shown_nothing(web: Web) -> None:
    noted(web)
    heard_of(web, HEALTH, NARRATIVE)
    officer = replace(CLINIC, roles=CLINIC.roles | {Role.POLICE_OFFICER})
    for by in (officer, replace(CLINIC, organisation="porto")):
        answer = asked(web, by)
        assert (answer.status_code, "about" in answer.text) == (403, False)
