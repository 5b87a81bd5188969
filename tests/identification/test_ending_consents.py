"""A consent is taken back, and who received something answers for it."""

from datetime import timedelta

import pytest

from services.identification.alarms.kinds import AlarmKind
from services.identification.cases import events
from services.identification.cases.commands import (
    AcknowledgeWithdrawal,
    EscalateAcknowledgement,
    NoteAcknowledgement,
    RegainWithdrawal,
)
from services.identification.cases.decide import CASES
from services.identification.network.decide import TERMS
from services.identification.network.events import TermsSet
from shared.codes import (
    ConsentEnd,
    HolderAction,
    Role,
)
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Fact
from shared.runtime.timers import fire_due
from tests.identification.desk import Desk
from tests.identification.ending import (
    ASKED,
    DESTROYED,
    ENDS,
    ENDS_NO_MORE,
    EXPIRED,
    PORTO,
    SHOWN,
    TAKEN_BACK,
    TIMER,
    decided,
)
from tests.identification.given import (
    ANOTHER_CONSENT,
    CONSENT,
    CONSENTED,
    DISCLOSE,
    HOTLINE,
    RELAY,
    SHELTER,
    WITHDRAW,
    WITHDRAWN,
)
from tests.support.decisions import FRESH, NOW, acting, refusal

ABOUT = f"{CONSENT}/casa-aperta/withdrawn"
MISSING = events.AlarmRaised(kind=AlarmKind.ACKNOWLEDGEMENT_MISSING, about=ABOUT)
LATE = EscalateAcknowledgement(
    consent=CONSENT, organisation="casa-aperta", end=ConsentEnd.WITHDRAWN
)


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


def test_when_it_is_taken_back_then_nobody_has_to_ask_for_it_again() -> None:
    warned: list[Fact] = [*CONSENTED, ENDS]
    assert decided(warned, WITHDRAW, HOTLINE) == [WITHDRAWN, ENDS_NO_MORE]


def test_when_others_remember_a_withdrawal_then_who_read_is_asked() -> None:
    regained = RegainWithdrawal(consent=CONSENT)
    assert decided([*CONSENTED, SHOWN], regained, RELAY) == [WITHDRAWN, ASKED]


def test_who_has_answered_is_not_asked_again_when_a_service_names_them() -> None:
    (answered,) = decided(TAKEN_BACK, DESTROYED, SHELTER)
    assert isinstance(answered, Fact)
    heard = NoteAcknowledgement(
        consent=CONSENT,
        holder="referral",
        did=Acknowledgement.STOPPED,
        organisations=("casa-aperta",),
    )
    (done,) = decided([*TAKEN_BACK, answered], heard, RELAY)
    assert isinstance(done, events.WithdrawalAcknowledged)


@pytest.mark.parametrize(
    "did", [(HolderAction.NOTHING_HELD,), (HolderAction.DESTROYED, HolderAction.STOPPED)]
)
def test_what_may_be_so_is_an_acknowledgement(did: tuple[HolderAction, ...]) -> None:
    (answered,) = decided(TAKEN_BACK, AcknowledgeWithdrawal(consent=CONSENT, did=did), SHELTER)
    assert isinstance(answered, events.HolderAcknowledged)
    assert answered.did == did


def test_what_care_needs_is_kept_once_said_twice_and_after_a_narrowing_was_answered() -> None:
    kept = AcknowledgeWithdrawal(consent=CONSENT, did=(HolderAction.KEPT_FOR_CARE,))
    in_time = ASKED.model_copy(update={"end": ConsentEnd.EXPIRED})
    history: list[Fact] = [*CONSENTED, SHOWN, EXPIRED, in_time]
    (answered,) = decided(history, kept, SHELTER)
    assert isinstance(answered, events.HolderAcknowledged)
    assert decided([*history, answered], kept, SHELTER) == []
    part_gone = answered.model_copy(
        update={"end": ConsentEnd.NARROWED, "did": (HolderAction.DESTROYED,)}
    )
    assert decided([*history, part_gone], kept, SHELTER) == [answered]


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


def test_only_the_coordinator_sets_the_time_to_acknowledge(desk: Desk) -> None:
    terms = {"acknowledge_within_hours": 5}
    assert desk.web.post("/terms", terms, desk.by()).status_code == 403
    coordinator = desk.by("regione", Role.COORDINATOR)
    assert desk.web.post("/terms", terms, coordinator).status_code == 200
    assert desk.web.get("/terms", coordinator).json() == terms
