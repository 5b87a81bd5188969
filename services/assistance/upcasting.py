"""How older stored forms of a programme's facts are read today."""

from collections.abc import Mapping
from typing import Any

from shared.runtime.mapper import Upcast


def _before_proof_was_kept(data: dict[str, Any]) -> dict[str, Any]:
    """Fresh proof was asked for then as well, and nobody wrote down when it had been given."""
    return {**data, "proof": None}


UPCASTERS: Mapping[str, tuple[Upcast, str]] = {
    "programme.own-view-shown.v1": (_before_proof_was_kept, "programme.own-view-shown.v2"),
}
