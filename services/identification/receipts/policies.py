"""The rules of receipts, one sentence each, with where they come from."""

from collections.abc import Mapping
from typing import Any, TypeVar

from shared.runtime.facts import Refused

Shown = Mapping[str, Any]
Known = TypeVar("Known")


def only_a_known_consent_has_a_receipt(consent: Known | None) -> Known:
    """ISO/IEC TS 27560:2023: a receipt is made of the record of one consent."""
    if consent is None:
        raise Refused(
            "only-a-known-consent-has-a-receipt",
            "This case has no such consent.",
            "Look at the consents of the case, and name one of them.",
            "missing",
        )
    return consent


def a_receipt_is_issued_first(receipt: Shown | None, case: str, consent: str) -> Shown:
    """That the person was offered a receipt is itself a fact of the case (Regulation (EU) 2016/679,
    art. 7(1))."""
    if receipt is None or (receipt["case_id"], receipt["consent"]) != (case, consent):
        raise not_issued()
    return receipt


def not_issued() -> Refused:
    return Refused(
        "a-receipt-is-issued-first",
        "No receipt was issued of this consent.",
        "Issue it, if the person wants one and can keep it safely.",
        "missing",
    )


def a_code_is_typed_as_it_is_printed(fits: bool) -> None:
    """Crockford, Base 32: the check symbol finds a wrong symbol and two that changed places."""
    if not fits:
        raise Refused(
            "a-code-is-typed-as-it-is-printed",
            "This is not a whole code: a symbol is missing or mistyped.",
            "Compare it with the paper; hyphens, spaces and small letters do not matter.",
            "content",
        )
