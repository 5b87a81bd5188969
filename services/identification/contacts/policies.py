"""The rules of a contact, one sentence each, with where they come from."""

from datetime import date

from shared.codes import Role
from shared.runtime.facts import Refused

_MEETS_PEOPLE = {
    Role.HOTLINE_OPERATOR,
    Role.STREET_OPERATOR,
    Role.CASE_MANAGER,
    Role.PROVIDER_INTAKE,
}


def whoever_meets_people_may_report_a_contact(roles: frozenset[str]) -> None:
    """OSCE/ODIHR, National Referral Mechanisms handbook (2022): any front line may detect."""
    if not roles & _MEETS_PEOPLE:
        raise Refused(
            "whoever-meets-people-may-report-a-contact",
            "Your role does not report contacts.",
            "Ask an operator of the hotline, of a street unit or of a desk to report it.",
            "authority",
        )


def a_contact_has_taken_place(received_on: date, today: date) -> None:
    """A contact is a fact; something planned is not one yet."""
    if received_on > today:
        raise Refused(
            "a-contact-has-taken-place",
            "The day of the contact lies in the future.",
            "Give the day on which the person was met or heard.",
            "content",
        )
