"""HTTP for contacts."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.identification.contacts import policies, queries
from services.identification.contacts.commands import ReportContact
from services.identification.contacts.decide import CONTACTS
from shared.codes import Area, Channel
from shared.web.calls import Asked, Receipt, Seen
from shared.web.paging import After, Limit, Page, page, start
from shared.web.problems import responses

router = APIRouter(tags=["contacts"])


class ContactLine(BaseModel):
    """A contact in codes; what was told stays sealed."""

    key: str = Field(description="The contact's id.")
    organisation: str
    channel: Channel
    received_on: str
    area: Area
    language: str | None
    case_id: str | None = Field(description="The case it belongs to, once there is one.")


@router.post("/contacts", status_code=201, responses=responses(400, 403, 412, 503))
def report_contact(command: ReportContact, call: Asked) -> Receipt:
    """Report a contact: the intake of a hotline, a street unit or a desk."""
    return call.handle(CONTACTS, f"contact-{call.acting.fresh}", command)


@router.get("/contacts")
def list_contacts(call: Seen, after: After = None, limit: Limit = 50) -> Page[ContactLine]:
    """The contacts of your organisation; the coordinator sees those of all."""
    of = call.allowed(
        policies.the_coordinator_lists_all_contacts_and_others_their_own, "contacts", "the contacts"
    )
    return page(ContactLine, queries.contacts(call.store, of, start(after), limit), limit)
