"""The read table `contacts`: codes only, for the list of who still waits for a case."""

from collections.abc import Sequence
from typing import assert_never

from services.identification.contacts.events import ContactLinked, ContactReported, Event
from shared.runtime.facts import Change, Recorded, Table

CONTACTS = Table(
    "contacts",
    {
        "organisation": "TEXT",
        "channel": "TEXT",
        "received_on": "TEXT",
        "area": "TEXT",
        "language": "TEXT",
        "case_id": "TEXT",
    },
    indexes=(("organisation", "key"), ("case_id",)),
    subject="case_id",
)


def contacts(event: Event, recorded: Recorded) -> Sequence[Change]:
    match event:
        case ContactReported():
            row = {
                "organisation": recorded.organisation,
                "channel": event.channel,
                "received_on": event.received_on.isoformat(),
                "area": event.area,
                "language": event.language,
            }
            return [Change("contacts", recorded.stream, row)]
        case ContactLinked():
            return [Change("contacts", recorded.stream, {"case_id": event.case})]
        case _:
            assert_never(event)
