"""From a command about a contact and what is known, to what happens: pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.identification.contacts import policies
from services.identification.contacts.commands import Command, ReportContact
from services.identification.contacts.events import ContactReported, Event
from services.identification.contacts.state import (
    Contact,
    Reported,
    Unreported,
    evolve,
    with_matching,
)
from services.identification.duplicates.setting import MATCHING, MATCHING_STREAM
from shared.runtime.facts import Acting, Decider, Refused
from shared.trust import protected
from shared.trust.protected import Narrative, Protected


def decide(command: Command, contact: Contact, acting: Acting) -> Sequence[Event]:
    policies.whoever_meets_people_may_report_a_contact(acting)
    policies.a_contact_has_taken_place(command.received_on, acting.latest_day)
    if isinstance(contact, Reported):
        raise Refused(
            "a-contact-is-reported-once",
            "This contact has been reported.",
            "Report another contact, or open the case of this one.",
        )
    return [_reported(command, contact.matching.telephone_region)]


def _reported(told: ReportContact, region: str | None) -> ContactReported:
    """`region`: None where no number is told; `_beside` does not ask for it then."""
    narrative, callback = told.narrative, told.callback
    return ContactReported(
        channel=told.channel,
        received_on=told.received_on,
        area=told.area,
        language=told.language,
        narrative=Protected[Narrative](clear=narrative) if narrative else None,
        callback=Protected[protected.Contact](clear=callback) if callback else None,
        telephone_region=region,
    )


def _beside(
    command: Command, _contact: Contact, _acting: Acting
) -> Mapping[str, Decider[Any, Any, Any]]:
    return {MATCHING_STREAM: MATCHING} if command.callback else {}


CONTACTS: Decider[Command, Contact, Event] = Decider(
    Reported, Unreported(), decide, evolve, _beside, with_matching
)
