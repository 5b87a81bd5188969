"""The receipt on paper: a page of A5 as PDF, readable by screen readers (PDF/UA-1)."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from services.identification.receipts.receipt import ConsentReceipt, Record, given_in
from services.identification.receipts.texts import texts


@cache
def _template() -> bytes:
    return (files(__package__) / "receipt.typ").read_bytes()


def pdf(receipt: ConsentReceipt, record: Record) -> bytes:
    """The bytes of the file. The same receipt gives the same page; its fonts are within."""
    return typst.compile(
        _template(),
        sys_inputs={"told": json.dumps(_told(receipt, record))},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )


def _told(receipt: ConsentReceipt, record: Record) -> dict[str, Any]:
    words = texts(receipt.receipt_language)
    same = ("title", "intro", "verifying", "withdrawal", "rights", "safety")
    return {
        **{name: words[name] for name in same},
        "language": receipt.receipt_language,
        "code_label": words["code"],
        "code": receipt.receipt_id,
        "lines": [
            {"label": words[name], "value": value}
            for name, value in _lines(receipt, record, words).items()
        ],
    }


def _lines(receipt: ConsentReceipt, record: Record, words: dict[str, Any]) -> dict[str, str]:
    """What is said of the consent, by the key of its label."""
    given, told = given_in(record), receipt.pii_processing
    return {
        "recorded_by": record.given.organisation,
        "recipient": told.recipient_third_parties,
        "purpose": told.purpose_words,
        "categories": "; ".join(each.words for each in told.pii_information),
        "giver": words["givers"][given.giver],
        "form": words["forms"][given.form],
        "language_spoken": given.language,
        "interpreter": words["interpreters"][given.interpreter],
        "leaflet": given.leaflet or words["no_leaflet"],
        "given_at": _day(record.consent["given_at"]),
        "valid_until": _day(receipt.valid_until),
        "printed_at": _day(receipt.printed_at),
        "standing": words["standings"][receipt.standing],
    }


def _day(moment: str) -> str:
    """ISO 8601, which no two countries read differently."""
    return moment[:10]
