"""The rules of a contact, one sentence each, with where they come from."""

from datetime import date

from shared.rules.listing import who_may_list_all_lists_all_and_others_their_own
from shared.runtime.facts import Acting, Refused
from shared.trust.access import Thing


def whoever_meets_people_may_report_a_contact(acting: Acting) -> None:
    """OSCE/ODIHR, National Referral Mechanisms handbook (2022): any front line may detect."""
    if not acting.may("ReportContact", Thing("Network")):
        raise Refused(
            "whoever-meets-people-may-report-a-contact",
            "Your role does not report contacts.",
            "Ask an operator of the hotline, of a street unit or of a desk to report it.",
            "authority",
        )


def the_coordinator_lists_all_contacts_and_others_their_own(acting: Acting) -> str | None:
    """Design, section 1: whose contacts are listed; None for those of all."""
    otherwise = Refused(
        "the-coordinator-lists-all-contacts-and-others-their-own",
        "Your role does not list contacts.",
        "Ask an operator of your organisation, or the coordinator.",
        "authority",
    )
    return who_may_list_all_lists_all_and_others_their_own(acting, "ListContacts", otherwise)


def a_contact_has_taken_place(received_on: date, today: date) -> None:
    """A contact is a fact; something planned is not one yet."""
    if received_on > today:
        raise Refused(
            "a-contact-has-taken-place",
            "The day of the contact lies in the future.",
            "Give the day on which the person was met or heard.",
            "content",
        )
