"""How older stored forms of a case's facts are read today."""

from collections.abc import Mapping
from typing import Any

from shared.runtime.mapper import Upcast

_NOT_ASKED_THEN = ("recipient_class", "assent", "witness", "signed_file", "leaflet")


def _consent_second_form(data: dict[str, Any]) -> dict[str, Any]:
    """The first form knew one organisation, and neither assent, witness, file nor leaflet."""
    return {**data, **dict.fromkeys(_NOT_ASKED_THEN)}


def _before_proof_was_kept(data: dict[str, Any]) -> dict[str, Any]:
    """Fresh proof was asked for then as well, and nobody wrote down when it had been given."""
    return {**data, "proof": None}


UPCASTERS: Mapping[str, tuple[Upcast, str]] = {
    "case.consent-given.v1": (_consent_second_form, "case.consent-given.v2"),
    "case.emergency-opened.v1": (_before_proof_was_kept, "case.emergency-opened.v2"),
    "case.own-view-shown.v1": (_before_proof_was_kept, "case.own-view-shown.v2"),
}
