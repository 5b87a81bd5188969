"""A consent is narrowed, ends in time or is taken back; who received something answers for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identification.alarms.kinds import AlarmKind
from services.identification.app import SERVICE
from services.identification.cases import events
from services.identification.cases.commands import (
    AcknowledgeWithdrawal,
    EscalateAcknowledgement,
    ExpireConsent,
    NarrowConsent,
    NoteAcknowledgement,
    WarnOfExpiry,
)
from services.identification.cases.decide import CASES
from services.identification.network.decide import TERMS
from services.identification.network.events import OrganisationHeard, TermsSet
from shared.codes import (
    ConsentEnd,
    ConsentForm,
    ConsentGiver,
    DataCategory,
    HolderAction,
    OrganisationKind,
    Purpose,
    Role,
)
from shared.contracts.acknowledgement import Acknowledgement
from shared.contracts.identification import ConsentExpired
from shared.runtime.facts import Acting, Fact, In, Refused, Request
from shared.runtime.timers import fire_due
from tests.identification.desk import Desk
from tests.identification.given import (
    ANOTHER_CONSENT,
    CASE,
    CONSENT,
    CONSENT_TO_SHELTER,
    CONSENTED,
    DISCLOSE,
    GIVEN,
    HOTLINE,
    INFORMED,
    NEXT_MONTH,
    OPENED,
    RELAY,
    SHELTER,
    WITHDRAW,
    WITHDRAWN,
)
from tests.support.decisions import FRESH, NOW, acting, refusal, when
from tests.support.places import new_place

PORTO = acting("porto", Role.PROVIDER_INTAKE)
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
ABOUT = f"{CONSENT}/casa-aperta/withdrawn"
MISSING = events.AlarmRaised(kind=AlarmKind.ACKNOWLEDGEMENT_MISSING, about=ABOUT)
ENDS = events.AlarmRaised(kind=AlarmKind.CONSENT_ENDS, about=CONSENT)
DESTROYED = AcknowledgeWithdrawal(consent=CONSENT, did=(HolderAction.DESTROYED,))
EXPIRE, WARN = ExpireConsent(consent=CONSENT), WarnOfExpiry(consent=CONSENT)
EXPIRED = events.ConsentExpired(consent=CONSENT)
LATE = EscalateAcknowledgement(
    consent=CONSENT, organisation="casa-aperta", end=ConsentEnd.WITHDRAWN
)
TO_HEALTH = GIVEN.model_copy(
    update={"recipient": None, "recipient_class": OrganisationKind.HEALTH_AGENCY}
)
HEARD = {
    "organisation-ausl": [
        OrganisationHeard(organisation="ausl", kind=OrganisationKind.HEALTH_AGENCY)
    ]
}
AUSL = acting("ausl", Role.CASE_MANAGER)
TAKEN_BACK: list[Fact] = [*CONSENTED, SHOWN, WITHDRAWN, ASKED]


def decided(
    given: Sequence[Fact], command: Request, by: Acting, beside: Any = None
) -> list[Fact | In]:
    return list(when(CASES, given, command, by, beside))


def given_with(**changed: object) -> Any:
    return CONSENT_TO_SHELTER.model_copy(update=changed)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"giver": ConsentGiver.GUARDIAN}, "a-child-assents-to-what-its-guardian-allows"),
        (
            {"giver": ConsentGiver.GUARDIAN, "assent": False},
            "a-child-assents-to-what-its-guardian-allows",
        ),
        ({"assent": True}, "assent-belongs-to-a-guardians-consent"),
        ({"recipient": None}, "a-consent-names-one-recipient"),
        ({"recipient_class": OrganisationKind.NGO}, "a-consent-names-one-recipient"),
        ({"witness": None}, "a-spoken-consent-has-a-witness"),
        ({"form": ConsentForm.WRITTEN}, "a-spoken-consent-has-a-witness"),
        ({"witness": "op-1"}, "a-witness-is-somebody-else"),
        (
            {"form": ConsentForm.SIGNED_FILE, "witness": None},
            "a-signed-file-is-known-by-its-hash",
        ),
        ({"signed_file": "0" * 64}, "a-signed-file-is-known-by-its-hash"),
    ],
)
def test_given_a_consent_that_lacks_something_then_it_is_refused(
    changed: dict[str, object], rule: str
) -> None:
    assert refusal(CASES, [OPENED, INFORMED], given_with(**changed), HOTLINE) == rule


def test_given_a_guardian_and_the_childs_assent_then_the_consent_is_recorded() -> None:
    both = {"giver": ConsentGiver.GUARDIAN, "assent": True}
    asked = given_with(**both)
    assert decided([OPENED, INFORMED], asked, HOTLINE) == [GIVEN.model_copy(update=both)]


def test_given_a_class_when_one_of_its_kind_asks_then_it_sees_and_another_does_not() -> None:
    history = [OPENED, INFORMED, TO_HEALTH]
    (shown,) = decided(history, DISCLOSE, AUSL, HEARD)
    assert isinstance(shown, events.DossierDisclosed)
    assert (shown.consent, shown.recipient) == (CONSENT, "ausl")
    rule = "a-disclosure-rests-on-a-live-consent"
    assert refusal(CASES, history, DISCLOSE, AUSL) == rule, "nobody told of its kind"
    ngo = OrganisationHeard(organisation="porto", kind=OrganisationKind.NGO)
    assert refusal(CASES, history, DISCLOSE, PORTO, {"organisation-porto": [ngo]}) == rule


def test_when_a_class_is_narrowed_to_one_of_it_then_the_others_are_asked_what_they_did() -> None:
    seen = SHOWN.model_copy(update={"recipient": "ausl-2"})
    one = NarrowConsent(consent=CONSENT, recipient="ausl")
    narrowed, asked = decided([OPENED, INFORMED, TO_HEALTH, seen], one, HOTLINE, HEARD)
    assert isinstance(narrowed, events.ConsentNarrowed)
    assert (narrowed.recipient, narrowed.recipient_class) == ("ausl", None)
    assert isinstance(asked, events.AcknowledgementAsked)
    assert (asked.organisation, asked.end) == ("ausl-2", ConsentEnd.NARROWED)
    rule = refusal(CASES, [OPENED, INFORMED, TO_HEALTH], one, HOTLINE)
    assert rule == "a-class-is-narrowed-to-one-of-its-own"


def test_narrowing_said_twice_is_true_once_and_never_goes_wider() -> None:
    less = NarrowConsent(consent=CONSENT, categories=(DataCategory.IDENTITY,))
    (narrowed,) = decided(CONSENTED, less, HOTLINE)
    assert isinstance(narrowed, events.ConsentNarrowed)
    assert decided([*CONSENTED, narrowed], less, HOTLINE) == []
    for wider in (
        {"categories": (DataCategory.NARRATIVE,)},
        {"valid_until": NEXT_MONTH + timedelta(days=1)},
    ):
        again = NarrowConsent(consent=CONSENT, **wider)
        rule = refusal(CASES, [*CONSENTED, narrowed], again, HOTLINE)
        assert rule == "narrowing-never-widens"
    elsewhere = NarrowConsent(consent=CONSENT, recipient="porto")
    rule = refusal(CASES, CONSENTED, elsewhere, HOTLINE)
    assert rule == "a-class-is-narrowed-to-one-of-its-own"


@pytest.mark.parametrize("consent", [CONSENT, ANOTHER_CONSENT])
def test_only_a_live_consent_of_this_case_is_narrowed(consent: str) -> None:
    less = NarrowConsent(consent=consent, categories=(DataCategory.IDENTITY,))
    rule = refusal(CASES, [*CONSENTED, WITHDRAWN], less, HOTLINE)
    assert rule == "only-a-live-consent-is-narrowed"


def test_when_it_is_withdrawn_then_each_reader_is_asked_with_what_it_had_read() -> None:
    assert decided([*CONSENTED, SHOWN], WITHDRAW, HOTLINE) == [WITHDRAWN, ASKED]
    terms = {TERMS: [TermsSet(acknowledge_within_hours=5)]}
    (_withdrawn, asked) = decided([*CONSENTED, SHOWN], WITHDRAW, HOTLINE, terms)
    assert isinstance(asked, events.AcknowledgementAsked)
    assert asked.answer_by == NOW + timedelta(hours=5)


def test_when_another_organisation_withdraws_then_it_is_refused() -> None:
    rule = refusal(CASES, CONSENTED, WITHDRAW, PORTO)
    assert rule == "only-the-custodian-works-on-a-case"


def test_when_a_service_names_organisations_then_those_not_asked_yet_are_asked() -> None:
    heard = NoteAcknowledgement(
        consent=CONSENT,
        holder="referral",
        did=Acknowledgement.STOPPED,
        organisations=("casa-aperta", "porto"),
    )
    done, asked = decided(TAKEN_BACK, heard, RELAY)
    assert isinstance(done, events.WithdrawalAcknowledged)
    assert isinstance(asked, events.AcknowledgementAsked)
    assert (asked.organisation, asked.read) == ("porto", ())
    assert decided([*TAKEN_BACK, done, asked], heard, RELAY) == []


def test_an_organisation_answers_once_and_for_itself_alone() -> None:
    (answered,) = decided(TAKEN_BACK, DESTROYED, SHELTER)
    assert isinstance(answered, events.HolderAcknowledged)
    assert (answered.organisation, answered.did) == ("casa-aperta", (HolderAction.DESTROYED,))
    assert decided([*TAKEN_BACK, answered], DESTROYED, SHELTER) == []
    for by in (PORTO, HOTLINE, acting("casa-aperta", Role.ANALYST)):
        assert refusal(CASES, TAKEN_BACK, DESTROYED, by) == "who-was-asked-acknowledges"
    other = DESTROYED.model_copy(update={"consent": ANOTHER_CONSENT})
    assert refusal(CASES, TAKEN_BACK, other, SHELTER) == "who-was-asked-acknowledges"


@pytest.mark.parametrize(
    ("did", "rule"),
    [
        ((HolderAction.NOTHING_HELD, HolderAction.STOPPED), "nothing-held-stands-alone"),
        ((HolderAction.KEPT_FOR_CARE,), "only-an-end-in-time-leaves-something-for-care"),
    ],
)
def test_what_cannot_be_so_is_no_acknowledgement(did: tuple[HolderAction, ...], rule: str) -> None:
    told = AcknowledgeWithdrawal(consent=CONSENT, did=did)
    assert refusal(CASES, TAKEN_BACK, told, SHELTER) == rule


def test_an_answer_that_does_not_come_raises_one_alarm_and_a_late_one_settles_it() -> None:
    assert decided(TAKEN_BACK, LATE, TIMER) == [MISSING]
    assert decided([*TAKEN_BACK, MISSING], LATE, TIMER) == []
    answered, settled = decided([*TAKEN_BACK, MISSING], DESTROYED, SHELTER)
    assert settled == events.AlarmSettled(kind=MISSING.kind, about=ABOUT)
    assert isinstance(answered, Fact)
    assert decided([*TAKEN_BACK, answered], LATE, TIMER) == []


def test_it_ends_in_time_once_and_the_reader_may_keep_what_care_needs() -> None:
    expired, raised, asked = decided([*CONSENTED, SHOWN], EXPIRE, TIMER)
    assert (expired, raised) == (EXPIRED, ENDS)
    assert isinstance(asked, events.AcknowledgementAsked)
    assert asked.end is ConsentEnd.EXPIRED
    over: list[Fact] = [*CONSENTED, SHOWN, EXPIRED, ENDS, asked]
    assert decided(over, EXPIRE, TIMER) == []
    kept = AcknowledgeWithdrawal(consent=CONSENT, did=(HolderAction.KEPT_FOR_CARE,))
    assert len(decided(over, kept, SHELTER)) == 1
    rule = refusal(CASES, over, DISCLOSE, SHELTER)
    assert rule == "a-disclosure-rests-on-a-live-consent"


def test_before_its_time_or_after_a_withdrawal_nothing_ends_in_time() -> None:
    assert decided(CONSENTED, EXPIRE, HOTLINE) == []
    assert decided([*CONSENTED, WITHDRAWN], EXPIRE, TIMER) == []


def test_a_warning_comes_once_and_a_consent_given_anew_settles_it() -> None:
    assert decided(CONSENTED, WARN, HOTLINE) == [ENDS]
    warned: list[Fact] = [*CONSENTED, ENDS]
    assert decided(warned, WARN, HOTLINE) == []
    longer = given_with(valid_until=NEXT_MONTH + timedelta(days=300))
    again = acting("hotline", Role.HOTLINE_OPERATOR)
    by = Acting(again.operator, again.organisation, NOW, again.roles, ANOTHER_CONSENT)
    given_anew, settled = decided(warned, longer, by)
    assert settled == events.AlarmSettled(kind=AlarmKind.CONSENT_ENDS, about=CONSENT)
    assert isinstance(given_anew, Fact)
    assert decided([*CONSENTED, given_anew], EXPIRE, TIMER) == [EXPIRED]


@given(
    st.lists(
        st.builds(
            lambda categories, days: NarrowConsent(
                consent=CONSENT,
                categories=tuple(categories) or None,
                valid_until=None if days is None else NOW + timedelta(days=days),
            ),
            st.lists(st.sampled_from(DataCategory), max_size=4),
            st.none() | st.integers(-2, 60),
        ),
        max_size=8,
    )
)
def test_no_series_of_narrowings_ever_allows_more(narrowings: list[NarrowConsent]) -> None:
    history: list[Fact] = list(CONSENTED)
    categories: set[DataCategory] = set(GIVEN.categories)
    until: datetime = GIVEN.valid_until
    for command in narrowings:
        try:
            facts = decided(history, command, HOTLINE)
        except Refused:
            continue
        for fact in facts:
            assert isinstance(fact, events.ConsentNarrowed)
            assert set(fact.categories) <= categories
            assert fact.valid_until <= until
            categories, until = set(fact.categories), fact.valid_until
            history.append(fact)


def test_over_http_each_answers_and_who_does_not_is_on_the_coordinators_list(desk: Desk) -> None:
    case, consent = desk.consented()
    shelter = desk.by("casa-aperta", Role.PROVIDER_INTAKE)
    assert desk.ask(case, DISCLOSE, shelter).status_code == 201
    desk.done(case, WITHDRAW, consent=consent)
    (line,) = desk.web.get("/withdrawals", shelter).json()["items"]
    assert (line["consent"], line["categories_read"]) == (consent, "identity")
    porto = desk.by("porto", Role.PROVIDER_INTAKE)
    assert desk.web.get("/withdrawals", porto).json()["items"] == []
    due = NOW + timedelta(hours=73)
    assert fire_due(desk.web.store, due, lambda: FRESH) >= 1
    assert fire_due(desk.web.store, due, lambda: FRESH) == 0
    coordinator = desk.by("regione", Role.COORDINATOR)
    (alarm,) = desk.web.get("/alarms", coordinator).json()["items"]
    assert (alarm["kind"], alarm["case_id"]) == ("acknowledgement-missing", case)
    assert desk.web.get("/alarms", shelter).status_code == 403
    told = {"consent": consent, "did": ["destroyed"]}
    path = f"/cases/{case}/withdrawal-acknowledgements"
    assert desk.web.post(path, told, porto).status_code == 404
    assert desk.web.post(path, told, shelter).status_code == 200
    assert desk.web.get("/alarms", coordinator).json()["items"] == []
    assert desk.web.get("/withdrawals", shelter).json()["items"] == []


def test_over_http_a_consent_is_narrowed_and_what_went_is_shown_no_more(desk: Desk) -> None:
    case, consent = desk.consented()
    less = {"consent": consent, "categories": ["narrative"]}
    path = f"/cases/{case}/consent-narrowings"
    assert desk.web.post(path, less, desk.by("porto")).status_code == 403
    assert desk.web.post(path, less, desk.by()).status_code == 200
    shelter = desk.by("casa-aperta", Role.PROVIDER_INTAKE)
    assert desk.ask(case, DISCLOSE, shelter).status_code == 403
    assert desk.seen(case)["consents"][0]["categories"] == "narrative"


def test_only_the_coordinator_sets_the_time_to_acknowledge(desk: Desk) -> None:
    terms = {"acknowledge_within_hours": 5}
    assert desk.web.post("/terms", terms, desk.by()).status_code == 403
    coordinator = desk.by("regione", Role.COORDINATOR)
    assert desk.web.post("/terms", terms, coordinator).status_code == 200
    assert desk.web.get("/terms", coordinator).json() == terms


def test_a_consent_ends_once_also_when_the_process_was_dead_at_the_time(
    kind: str, tmp_path: Path
) -> None:
    place = new_place(kind, tmp_path)
    from services.identification.contacts.decide import CONTACTS  # noqa: PLC0415
    from shared.runtime.handle import handle  # noqa: PLC0415
    from tests.identification.given import (  # noqa: PLC0415
        CONTACT,
        INFORM,
        OPEN,
        REPORT,
    )

    store = place.open(SERVICE)
    handle(store, CONTACTS, CONTACT, REPORT, HOTLINE)
    for command in (OPEN, INFORM, CONSENT_TO_SHELTER):
        handle(store, CASES, CASE, command, HOTLINE)
    store.close()
    store = place.open(SERVICE)
    for _time in range(2):
        fire_due(store, NEXT_MONTH + timedelta(days=3), lambda: FRESH)
    names = [stored.topic for stored in store.events(CASE)]
    assert names.count("case.consent-expired.v1") == 1
    (row,) = store.rows(
        "SELECT COUNT(*) AS told FROM outbox WHERE type = ?", (ConsentExpired.type,)
    )
    assert row["told"] == 1
    store.close()
