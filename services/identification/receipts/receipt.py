"""A receipt, made of the record of one consent: pure.

The parts and their names are those of ISO/IEC TS 27560:2023 (before it the Kantara Initiative's
Consent Receipt 1.1), whose principal is named here by nothing but the paper itself: a receipt that
is found tells of nobody. Of the values, codes are those of `shared.codes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.identification.cases.events import ConsentGiven
from services.identification.receipts.standing import Standing, standing
from services.identification.receipts.texts import texts
from shared.codes import ConsentForm, ConsentGiver, DataCategory, InterpreterMode, Purpose
from shared.runtime.append import instant
from shared.runtime.facts import Recorded

SCHEMA: Literal["ISO/IEC TS 27560:2023"] = "ISO/IEC TS 27560:2023"
VERIFYING: Literal["/receipt-verifications"] = "/receipt-verifications"
PAGE: Literal["/receipt"] = "/receipt"
_OF_SPECIAL_KIND = {DataCategory.HEALTH}


class PiiType(BaseModel):
    pii_type: DataCategory
    words: str
    special_category: bool = Field(description="Regulation (EU) 2016/679, art. 9(1).")


class PiiProcessing(BaseModel):
    privacy_notice: str | None = Field(description="The version of the information leaflet.")
    language: str = Field(description="The language in which the consent was given.")
    interpreter: InterpreterMode
    purpose: Purpose
    purpose_words: str
    lawful_basis: str
    collection_method: ConsentForm
    pii_information: list[PiiType]
    recipient_third_parties: str = Field(description="An organisation, or a class of them.")
    withdrawal_method: str
    privacy_rights: str


class Party(BaseModel):
    party_id: str
    party_role: Literal["controller", "recipient"]


class ConsentEvent(BaseModel):
    event_type: Literal["explicit"] = "explicit"
    event_state: Literal["given", "narrowed", "withdrawn", "expired"]
    event_time: str
    entity_id: ConsentGiver | None = Field(description="Who gave it; none where time did.")


class Verification(BaseModel):
    code: str
    path: Literal["/receipt-verifications"] = VERIFYING
    page: Literal["/receipt"] = Field(default=PAGE, description="For people, in a browser.")


class ConsentReceipt(BaseModel):
    schema_version: Literal["ISO/IEC TS 27560:2023"] = SCHEMA
    receipt_id: str = Field(description="The code of the receipt.")
    pii_principal_id: Literal["whoever-holds-this-receipt"] = "whoever-holds-this-receipt"
    receipt_language: str
    issued_at: str
    valid_until: str
    standing: Standing = Field(description="At the time of printing.")
    printed_at: str
    pii_processing: PiiProcessing
    party_identification: list[Party]
    event: list[ConsentEvent]
    verification: Verification


@dataclass(frozen=True)
class Record:
    """What a receipt is made of: the fact that the consent was given, and the rows of its present
    scope and of the receipt."""

    given: Recorded
    consent: Mapping[str, Any]
    receipt: Mapping[str, Any]
    code: str


def receipt_of(record: Record, language: str, now: datetime) -> ConsentReceipt:
    """The receipt in one of the languages that there are words in."""
    consent = record.consent
    return ConsentReceipt(
        receipt_id=record.code,
        receipt_language=language,
        issued_at=record.receipt["issued_at"],
        valid_until=consent["valid_until"],
        standing=standing(consent, now),
        printed_at=instant(now),
        pii_processing=_processing(record, texts(language)),
        party_identification=_parties(record),
        event=_events(record, now),
        verification=Verification(code=record.code),
    )


def recipient_words(consent: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    """The organisation by its id, or the class of them in words."""
    if consent["recipient_class"] is None:
        return str(consent["recipient"])
    return f"{words['any_of_class']}{words['kinds'][consent['recipient_class']]}"


def given_in(record: Record) -> ConsentGiven:
    event = record.given.event
    if not isinstance(event, ConsentGiven):
        raise TypeError("a receipt is made of a consent that was given")
    return event


def _processing(record: Record, words: Mapping[str, Any]) -> PiiProcessing:
    given, consent = given_in(record), record.consent
    return PiiProcessing(
        privacy_notice=given.leaflet,
        language=given.language,
        interpreter=given.interpreter,
        purpose=given.purpose,
        purpose_words=words["purposes"][given.purpose],
        lawful_basis=words["legal_basis"]["consent"],
        collection_method=given.form,
        pii_information=[
            PiiType(
                pii_type=category,
                words=words["data"][category],
                special_category=category in _OF_SPECIAL_KIND,
            )
            for category in map(DataCategory, consent["categories"].split())
        ],
        recipient_third_parties=recipient_words(consent, words),
        withdrawal_method=words["withdrawal"],
        privacy_rights=words["rights"],
    )


def _parties(record: Record) -> list[Party]:
    recorded_by = Party(party_id=record.given.organisation, party_role="controller")
    to = record.consent["recipient"] or record.consent["recipient_class"]
    return [recorded_by, Party(party_id=to, party_role="recipient")]


def _events(record: Record, now: datetime) -> list[ConsentEvent]:
    given, consent = given_in(record), record.consent
    told = [
        ConsentEvent(event_state="given", event_time=consent["given_at"], entity_id=given.giver)
    ]
    if consent["narrowed_at"]:
        at = consent["narrowed_at"]
        told.append(ConsentEvent(event_state="narrowed", event_time=at, entity_id=given.giver))
    if consent["withdrawn_at"]:
        at = consent["withdrawn_at"]
        told.append(ConsentEvent(event_state="withdrawn", event_time=at, entity_id=given.giver))
    elif standing(consent, now) is Standing.EXPIRED:
        at = consent["valid_until"]
        told.append(ConsentEvent(event_state="expired", event_time=at, entity_id=None))
    return told
