"""The read table `receipts`: by the verifier of its code, which consent a receipt is of."""

from collections.abc import Sequence

from services.identification.receipts.events import ReceiptIssued
from shared.runtime.append import instant
from shared.runtime.facts import Change, Recorded, Table

RECEIPTS = Table(
    "receipts",
    {"case_id": "TEXT", "consent": "TEXT", "issued_at": "TEXT"},
    indexes=(("case_id",),),
    subject="case_id",
)


def receipts(event: ReceiptIssued, recorded: Recorded) -> Sequence[Change]:
    row = {
        "case_id": recorded.stream,
        "consent": event.consent,
        "issued_at": instant(recorded.at),
    }
    return [Change("receipts", event.verifier, row)]
