"""What happened to receipts. Stored names are for ever; a new meaning gets a new version."""

from typing import ClassVar

from shared.runtime.facts import Fact


class ReceiptIssued(Fact):
    """The person was given a receipt of this consent. `verifier`: what its code is known by."""

    stored_name: ClassVar[str] = "case.receipt-issued.v1"
    consent: str
    verifier: str
