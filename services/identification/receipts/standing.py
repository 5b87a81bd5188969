"""How a consent stands, to whoever holds its receipt: pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.runtime.append import instant


class Standing(StrEnum):
    LIVE = "live"
    NARROWED = "narrowed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def standing(consent: Mapping[str, Any], now: datetime) -> Standing:
    """Of a row of `consents`. A date ends a consent whether its timer has fired or not."""
    if consent["withdrawn_at"] is not None:
        return Standing.WITHDRAWN
    if consent["expired_at"] is not None or consent["valid_until"] <= instant(now):
        return Standing.EXPIRED
    return Standing.LIVE if consent["narrowed_at"] is None else Standing.NARROWED
