"""What may be asked about a contact."""

from datetime import date

from pydantic import Field

from shared.codes import Area, Channel, LanguageTag
from shared.runtime.facts import Request
from shared.trust.protected import Personal


class ReportContact(Request):
    """Somebody called, was met, or was brought: what is known in codes, the rest in their words."""

    channel: Channel = Field(description="How the network heard of the person.")
    received_on: date = Field(description="The day of the contact, not in the future.")
    area: Area = Field(description="The province.")
    language: LanguageTag | None = Field(None, description="What the person speaks (BCP 47).")
    narrative: Personal | None = Field(None, description="What was told. Kept encrypted.")
    callback: Personal | None = Field(None, description="A safe way to call back. Kept encrypted.")


Command = ReportContact
