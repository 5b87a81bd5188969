"""Reporting a contact, and what becomes known of it."""

from datetime import timedelta

import pytest

from services.identification.contacts.commands import ReportContact
from services.identification.contacts.decide import CONTACTS
from services.identification.contacts.events import ContactReported
from services.identification.contacts.state import Reported, Unreported
from shared.codes import Area, Channel, Role
from tests.identification.given import ANALYST, HOTLINE, LINKED, REPORT, REPORTED, TODAY
from tests.support.decisions import acting, refusal, when

BARE = ReportContact(channel=Channel.HOTLINE, received_on=TODAY, area=Area.BOLOGNA)


def test_a_contact_is_reported_with_its_codes_and_its_sealed_words() -> None:
    (reported,) = when(CONTACTS, [], REPORT, HOTLINE)
    assert isinstance(reported, ContactReported)
    assert (reported.channel, reported.area) == (Channel.HOTLINE, Area.BOLOGNA)
    assert (reported.received_on, reported.language) == (TODAY, "sq")
    assert reported.narrative is not None
    assert reported.narrative.clear == REPORT.narrative
    assert reported.narrative.class_of_data() == "narrative"
    assert reported.callback is not None
    assert reported.callback.clear == REPORT.callback
    assert reported.callback.class_of_data() == "contact"


def test_what_was_not_told_is_left_out() -> None:
    assert when(CONTACTS, [], BARE, HOTLINE) == [REPORTED]


@pytest.mark.parametrize(
    "role",
    [Role.HOTLINE_OPERATOR, Role.STREET_OPERATOR, Role.CASE_MANAGER, Role.PROVIDER_INTAKE],
)
def test_whoever_meets_people_reports(role: Role) -> None:
    assert when(CONTACTS, [], BARE, acting("any", role)) == [REPORTED]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.COORDINATOR])
def test_whoever_does_not_meet_people_does_not(role: Role) -> None:
    rule = refusal(CONTACTS, [], BARE, acting("hotline", role))
    assert rule == "whoever-meets-people-may-report-a-contact"


def test_nobody_reports_without_a_role() -> None:
    rule = refusal(CONTACTS, [], BARE, acting("hotline"))
    assert rule == "whoever-meets-people-may-report-a-contact"


def test_a_contact_of_a_day_that_has_begun_nowhere_is_refused() -> None:
    the_day_after_tomorrow = TODAY + timedelta(days=2)
    planned = BARE.model_copy(update={"received_on": the_day_after_tomorrow})
    assert refusal(CONTACTS, [], planned, HOTLINE) == "a-contact-has-taken-place"


@pytest.mark.parametrize("days", [1, 0, -400])
def test_a_contact_of_a_day_that_has_begun_somewhere_is_reported(days: int) -> None:
    """At 21:30 UTC it is tomorrow in Bologna: a street unit writes the date on its clock."""
    told = BARE.model_copy(update={"received_on": TODAY + timedelta(days=days)})
    assert len(when(CONTACTS, [], told, HOTLINE)) == 1


def test_a_contact_is_reported_once() -> None:
    assert refusal(CONTACTS, [REPORTED], BARE, HOTLINE) == "a-contact-is-reported-once"


def test_who_may_not_report_is_not_told_whether_the_contact_exists() -> None:
    rule = refusal(CONTACTS, [REPORTED], BARE, ANALYST)
    assert rule == "whoever-meets-people-may-report-a-contact"


def test_a_contact_knows_the_case_it_was_linked_to() -> None:
    reported = CONTACTS.evolve(Unreported(), REPORTED)
    assert reported == Reported(Channel.HOTLINE, TODAY, None)
    assert CONTACTS.evolve(reported, LINKED) == Reported(Channel.HOTLINE, TODAY, LINKED.case)


def test_a_link_to_nothing_changes_nothing() -> None:
    assert CONTACTS.evolve(Unreported(), LINKED) == Unreported()
