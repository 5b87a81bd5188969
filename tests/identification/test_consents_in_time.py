"""A consent ends in time, is warned of before, and is given anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.identification.alarms.kinds import AlarmKind
from services.identification.app import SERVICE
from services.identification.cases import events
from services.identification.cases.commands import (
    AcknowledgeWithdrawal,
    ExpireConsent,
    NarrowConsent,
    NoteProgrammeClosure,
    WarnOfExpiry,
    WithdrawConsent,
)
from services.identification.cases.decide import CASES
from services.identification.contacts.decide import CONTACTS
from shared.codes import (
    ClosureKind,
    ConsentEnd,
    DataCategory,
    HolderAction,
    Purpose,
    Role,
)
from shared.contracts.identification import ConsentExpired
from shared.runtime.facts import Acting, Fact, Request
from shared.runtime.handle import handle
from shared.runtime.timers import fire_due
from tests.identification.ending import (
    ENDS,
    ENDS_NO_MORE,
    EXPIRE,
    EXPIRED,
    HEARD,
    SHOWN,
    TIMER,
    TO_HEALTH,
    decided,
    given_with,
)
from tests.identification.given import (
    ANOTHER_CONSENT,
    CASE,
    CONSENT,
    CONSENT_TO_SHELTER,
    CONSENTED,
    CONTACT,
    DISCLOSE,
    GIVEN,
    HOTLINE,
    INFORM,
    INFORMED,
    NEXT_MONTH,
    OPEN,
    OPENED,
    RELAY,
    REPORT,
    SHELTER,
    TODAY,
    WITHDRAWN,
)
from tests.support.decisions import FRESH, NOW, acting, refusal
from tests.support.places import new_place

WARN = WarnOfExpiry(consent=CONSENT)
CLOSED = events.ProgrammeClosureHeard(
    organisation="casa-aperta", closure=ClosureKind.LEFT_BY_CHOICE, heard_on=TODAY
)


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
    assert decided(CONSENTED, longer, by) == [given_anew], "nobody waits for it"
    elsewhere = longer.model_copy(update={"purpose": Purpose.HEALTH_CARE})
    assert len(decided(warned, elsewhere, by)) == 1, "it still ends"


def given_anew(consent: str, days: int = 300, **changed: Any) -> events.ConsentGiven:
    until = NEXT_MONTH + timedelta(days=days)
    return GIVEN.model_copy(update={"consent": consent, "valid_until": until, **changed})


def test_a_consent_of_nobody_or_one_that_was_taken_back_is_not_warned_of() -> None:
    assert decided([OPENED], WARN, HOTLINE) == []
    assert decided([*CONSENTED, WITHDRAWN], WARN, HOTLINE) == []


def test_nobody_is_asked_again_who_was_or_for_a_programme_that_is_over() -> None:
    for before in (given_anew(ANOTHER_CONSENT), CLOSED):
        assert decided([*CONSENTED, before], WARN, HOTLINE) == []
        assert decided([*CONSENTED, before], EXPIRE, TIMER) == [EXPIRED]
    assert decided([*CONSENTED, given_anew(ANOTHER_CONSENT, days=0)], WARN, HOTLINE) == [ENDS]


def test_when_a_programme_closes_then_only_what_was_to_be_asked_for_it_is_settled() -> None:
    history: list[Fact] = [*CONSENTED, given_anew(ANOTHER_CONSENT, recipient="porto"), ENDS]
    over = NoteProgrammeClosure(organisation="casa-aperta", closure=ClosureKind.LEFT_BY_CHOICE)
    assert decided(history, over, RELAY) == [CLOSED, ENDS_NO_MORE]
    assert decided([*CONSENTED, CLOSED], over, RELAY) == [CLOSED], "nothing waited"
    elsewhere = over.model_copy(update={"organisation": "porto"})
    (closed,) = decided(history, elsewhere, RELAY)
    assert closed == CLOSED.model_copy(update={"organisation": "porto"})


@pytest.mark.parametrize(
    ("allowed", "asked"),
    [
        ((DataCategory.IDENTITY,), []),
        ((DataCategory.HEALTH, DataCategory.IDENTITY), []),
        ((DataCategory.NARRATIVE,), ["casa-aperta"]),
    ],
)
def test_who_read_no_more_than_what_was_allowed_anew_is_not_asked(
    allowed: tuple[DataCategory, ...], asked: list[str]
) -> None:
    history: list[Fact] = [*CONSENTED, SHOWN, given_anew(ANOTHER_CONSENT, categories=allowed)]
    expired, *holders = decided(history, EXPIRE, TIMER)
    assert expired == EXPIRED
    assert organisations(holders) == asked


@pytest.mark.parametrize("longest", [300, 1])
def test_of_two_consents_given_anew_the_one_that_lasts_longest_counts(longest: int) -> None:
    short = given_anew("b" * 32, days=301 - longest, categories=(DataCategory.NARRATIVE,))
    history: list[Fact] = [*CONSENTED, SHOWN, given_anew(ANOTHER_CONSENT, longest), short]
    _expired, *holders = decided(history, EXPIRE, TIMER)
    assert organisations(holders) == ([] if longest == 300 else ["casa-aperta"])


RENEWED: list[Fact] = [*CONSENTED, SHOWN, given_anew(ANOTHER_CONSENT), EXPIRED]


@pytest.mark.parametrize(
    ("command", "now"),
    [
        (WithdrawConsent(consent=ANOTHER_CONSENT), NOW),
        (NarrowConsent(consent=ANOTHER_CONSENT, categories=(DataCategory.NARRATIVE,)), NOW),
        (ExpireConsent(consent=ANOTHER_CONSENT), NEXT_MONTH + timedelta(days=300)),
    ],
)
def test_who_read_under_what_was_given_anew_is_asked_when_that_ends(
    command: Request, now: datetime
) -> None:
    by = acting("hotline", Role.HOTLINE_OPERATOR, now=now)
    holders = [each for each in decided(RENEWED, command, by) if organisations([each])]
    (asked,) = holders
    assert isinstance(asked, events.AcknowledgementAsked)
    assert (asked.organisation, asked.read) == ("casa-aperta", (DataCategory.IDENTITY,))


def test_who_read_under_another_consent_is_not_asked_about_this_one() -> None:
    take_back = WithdrawConsent(consent=ANOTHER_CONSENT)
    still_live: list[Fact] = [*CONSENTED, SHOWN, given_anew(ANOTHER_CONSENT)]
    for_health = given_anew(ANOTHER_CONSENT, purpose=Purpose.HEALTH_CARE)
    for history in (still_live, [*CONSENTED, SHOWN, for_health, EXPIRED]):
        (withdrawn,) = decided(history, take_back, HOTLINE)
        assert withdrawn == WITHDRAWN.model_copy(update={"consent": ANOTHER_CONSENT})


def test_who_read_under_a_class_is_asked_also_where_it_was_narrowed_to_them_since() -> None:
    seen = SHOWN.model_copy(update={"recipient": "ausl"})
    anew = given_anew(ANOTHER_CONSENT, recipient=None, recipient_class=TO_HEALTH.recipient_class)
    history: list[Fact] = [OPENED, INFORMED, TO_HEALTH, seen, anew, EXPIRED]
    to_one = NarrowConsent(consent=ANOTHER_CONSENT, recipient="ausl")
    (narrowed,) = decided(history, to_one, HOTLINE, HEARD)
    assert isinstance(narrowed, events.ConsentNarrowed)
    _withdrawn, *holders = decided(
        [*history, narrowed], WithdrawConsent(consent=ANOTHER_CONSENT), HOTLINE
    )
    assert organisations(holders) == ["ausl"]


def organisations(told: Sequence[object]) -> list[str]:
    """Those that are asked what they did."""
    return [each.organisation for each in told if isinstance(each, events.AcknowledgementAsked)]


def test_a_consent_ends_once_also_when_the_process_was_dead_at_the_time(
    kind: str, tmp_path: Path
) -> None:
    place = new_place(kind, tmp_path)
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
