"""What happened to a contact. Stored names are for ever; a new meaning gets a new version."""

from datetime import date
from typing import ClassVar

from shared.codes import Area, Channel, LanguageTag
from shared.runtime.facts import Fact
from shared.trust.protected import Contact, Narrative, Protected


class ContactReported(Fact):
    """`received_on` is the local day; what was told, and how to call back, are sealed.
    `telephone_region`: where a number without its country's code was from, if that was known."""

    stored_name: ClassVar[str] = "contact.reported.v1"
    channel: Channel
    received_on: date
    area: Area
    language: LanguageTag | None = None
    narrative: Protected[Narrative] | None = None
    callback: Protected[Contact] | None = None
    telephone_region: str | None = None


class ContactLinked(Fact):
    stored_name: ClassVar[str] = "contact.linked.v1"
    case: str


Event = ContactReported | ContactLinked
EVENTS: tuple[type[Fact], ...] = (ContactReported, ContactLinked)
