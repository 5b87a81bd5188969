"""Logs that are whole and signed, each at one with itself, and one of which tells of consents what
another one contradicts; and the honest logs that they were made from."""

import json
import shutil
from datetime import timedelta

import pytest

from staffetta.audit.findings import AS_GIVEN, HEEDED
from tests.audit.doctoring import (
    Doctor,
    Entries,
    all_without,
    changed,
    each,
    each_by,
    every,
    moment,
    place,
    without,
)
from tests.audit.judged import checks, failed
from tests.audit.months import Months

GIVEN, NARROWED, WITHDRAWN, ACKNOWLEDGED = (
    "case.consent-given.v2",
    "case.consent-narrowed.v1",
    "case.consent-withdrawn.v1",
    "case.withdrawal-acknowledged.v1",
)
NOTED, STOPPED, SHOWN = (
    "programme.consent-noted.v1",
    "programme.withdrawal-noted.v1",
    "programme.notes-disclosed.v1",
)
RELAYED, RELAY_STOPPED = "relay.consent-noted.v1", "relay.withdrawal-noted.v1"
ANOTHER = "0" * 32


def test_what_honest_services_tell_over_months_is_compared_and_passes(honest: Months) -> None:
    found = checks(honest.directory)
    assert not [check for check in found.values() if check.faults]
    for service, compared in (("assistance", 6), ("referral", 5)):
        assert found[service, AS_GIVEN].told == f"{compared} compared"
        told = found[service, HEEDED].told
        assert "withdrawals heard: 2, each within 3:00:00" in told
        assert "not heard yet: the withdrawal of identification's entry" in told
    assert "1 shown before the end or narrowing" in found["assistance", HEEDED].told


def test_it_says_when_a_withdrawal_was_heard_that_took_long(honest: Months) -> None:
    entries = honest.of("identification").entries()
    second = [entry for entry in entries if entry.get("name") == WITHDRAWN][1]
    recorded = json.loads(second["state"])["at"]
    told = checks(honest.directory)["assistance", HEEDED].told
    assert f"was recorded at {recorded} and heard at " in told


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (every(NOTED, SHOWN, STOPPED, consent=ANOTHER), "a consent that nobody gave in this case"),
        (changed(NOTED, categories=["health", "identity", "narrative"]), "more categories than"),
        (changed(NOTED, recipient="porto"), "to another recipient than was given"),
        (changed(NOTED, recipient=None, recipient_class="ngo"), "to another recipient than was"),
        (changed(NOTED, purpose="return"), "for another purpose than was given"),
        (changed(NOTED, valid_until="2099-01-01T00:00:00Z"), "for longer than was given"),
        (changed(STOPPED, consent=ANOTHER), "a withdrawal that nobody told of"),
        (changed("programme.opened.v1", consent=ANOTHER), "it rests on a consent that nobody gave"),
    ],
)
def test_what_assistance_noted_otherwise_is_named(told: Months, doctor: Doctor, fault: str) -> None:
    faults = failed(told, "assistance", doctor)["assistance", AS_GIVEN]
    assert any(fault in each for each in faults)


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (changed(RELAYED, consent=ANOTHER), "a consent that nobody gave in this case"),
        (changed(RELAYED, recipient="porto"), "to another recipient than was given"),
        (changed(RELAYED, purpose="return"), "for another purpose than was given"),
        (changed(RELAYED, valid_until="2099-01-01T00:00:00Z"), "for longer than was given"),
        (changed("referral.proposed.v1", consent=ANOTHER), "it rests on a consent that nobody"),
    ],
)
def test_what_referral_noted_otherwise_is_named(told: Months, doctor: Doctor, fault: str) -> None:
    faults = failed(told, "referral", doctor)["referral", AS_GIVEN]
    assert any(fault in each for each in faults)


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (changed(GIVEN, recipient="porto"), "to another recipient than was given"),
        (changed(GIVEN, categories=["contact"]), "over more categories than were given"),
        (changed(GIVEN, valid_until="2026-12-20T00:00:00Z"), "for longer than was given"),
        (without(WITHDRAWN), "a withdrawal that nobody told of"),
        (changed(GIVEN, consent=ANOTHER), "a consent that nobody gave in this case"),
    ],
)
def test_who_gives_consents_cannot_tell_it_otherwise_afterwards(
    told: Months, doctor: Doctor, fault: str
) -> None:
    faults = failed(told, "identification", doctor)["assistance", AS_GIVEN]
    assert any(fault in each for each in faults)


@pytest.mark.parametrize(
    ("service", "name"), [("assistance", STOPPED), ("referral", RELAY_STOPPED)]
)
def test_a_withdrawal_that_is_left_out_is_named(told: Months, service: str, name: str) -> None:
    faults = failed(told, service, without(name))
    assert list(faults) == [(service, HEEDED)]
    (fault,) = faults[service, HEEDED]
    assert "was acknowledged from here, and is not noted here" in fault


def test_one_that_was_never_acknowledged_is_named_by_what_was_heard_after_it(told: Months) -> None:
    """The next consent of the same person was noted, and messages come in order."""
    failed(told, "identification", all_without(ACKNOWLEDGED))
    (fault,) = failed(told, "assistance", without(STOPPED))["assistance", HEEDED]
    assert "is not noted, and what came after it is" in fault


def test_one_that_nobody_heard_of_within_a_day_is_named(told: Months) -> None:
    """Of the second person nothing came after it."""
    failed(told, "identification", all_without(ACKNOWLEDGED))
    faults = failed(told, "assistance", all_without(STOPPED))["assistance", HEEDED]
    assert any("was not heard within a day" in fault for fault in faults)


def test_a_narrowing_that_is_left_out_is_named(told: Months) -> None:
    def doctor(entries: Entries) -> None:
        noted = [n for n, entry in enumerate(entries) if entry.get("name") == NOTED]
        entries[noted[2]]["name"] = "moved"
        without("moved")(entries)

    (fault,) = failed(told, "assistance", doctor)["assistance", HEEDED]
    assert "the narrowing of identification's entry" in fault


def test_a_consent_that_is_widened_again_is_named(told: Months) -> None:
    """What was given first is noted once more, after the narrowing."""

    def doctor(entries: Entries) -> None:
        noted = [entry for entry in entries if entry.get("name") == NOTED]
        noted[2]["state"] = noted[0]["state"]

    (fault,) = failed(told, "assistance", doctor)["assistance", AS_GIVEN]
    assert "over more categories than were given" in fault


@pytest.mark.parametrize(
    ("days", "fault"),
    [
        (0.5, "shown after identification had heard that the withdrawal was noted here"),
        (2, "shown more than a day after its consent had ended or was narrowed"),
        (-60, "shown before its consent was given"),
    ],
)
def test_what_was_shown_out_of_time_is_named(told: Months, days: float, fault: str) -> None:
    """In the order of its own log it is all well: only the other's log tells."""
    withdrawn = moment(told.of("identification").entries(), WITHDRAWN)

    def doctor(entries: Entries) -> None:
        entry = entries[place(entries, SHOWN)]
        at = (withdrawn + timedelta(days=days)).isoformat()
        entry["state"] = json.dumps(json.loads(entry["state"]) | {"at": at})

    faults = failed(told, "assistance", doctor)
    assert list(faults) == [("assistance", HEEDED)]
    assert any(fault in each for each in faults["assistance", HEEDED])


def test_what_is_doctored_on_both_sides_alike_was_never_given(told: Months) -> None:
    """Shown to another, noted so and asked for so: `identification` tells who was meant."""
    other = {"recipient": "porto"}
    doctors = [each(NOTED, **other), each(SHOWN, **other), each_by(SHOWN, "porto")]
    faults = failed(told, "assistance", *doctors)
    assert any("to another recipient" in fault for fault in faults["assistance", AS_GIVEN])
    assert any("shown to another, or of more" in fault for fault in faults["assistance", HEEDED])


def test_forms_that_tell_less_are_compared_in_part_and_told_as_such(told: Months) -> None:
    """As `assistance` wrote them before it noted categories, and before classes."""

    def older(entries: Entries) -> None:
        for entry in [entry for entry in entries if entry.get("name") == NOTED]:
            state = json.loads(entry["state"])
            less = ("categories", "recipient_class")
            state["data"] = {k: v for k, v in state["data"].items() if k not in less}
            entry["state"] = json.dumps(state)

    faults = failed(told, "assistance", all_without(SHOWN), older)
    assert faults == {}
    assert "6 in part only" in checks(told.directory)["assistance", AS_GIVEN].told


@pytest.mark.parametrize("missing", ["identification", "assistance"])
def test_a_log_that_is_not_here_is_told_as_not_compared(told: Months, missing: str) -> None:
    shutil.rmtree(told.directory / missing)
    found = checks(told.directory)
    if missing == "assistance":
        assert ("assistance", AS_GIVEN) not in found
        assert found["referral", AS_GIVEN].told == "5 compared"
    else:
        for service in ("assistance", "referral"):
            assert found[service, AS_GIVEN].told.startswith("not compared")
