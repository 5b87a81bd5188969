"""What may be asked about receipts."""

from shared.runtime.facts import Request


class IssueReceipt(Request):
    """Give the person a receipt of this consent. `verifier`: what its code is known by."""

    consent: str
    verifier: str
