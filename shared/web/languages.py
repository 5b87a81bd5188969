"""In which language somebody is answered."""

import re
from collections.abc import Collection
from typing import Annotated

from fastapi import Header

from shared.words import FALLBACK

Accepted = Annotated[
    str,
    Header(
        alias="Accept-Language",
        description="Of the sentences and the words of codes; English where there are none.",
    ),
]
_WEIGHT = re.compile(r"q=([01](?:\.\d{0,3})?)", re.IGNORECASE)


def preferred(accepted: str, there: Collection[str]) -> str:
    """Of an Accept-Language header, by weight, the first of those that there are; else English
    (RFC 9110, 12.5.4)."""
    wanted = []
    for each in accepted.split(","):
        tag, _sign, told = each.partition(";")
        wanted.append((_weight(told.strip()), tag.strip().lower().partition("-")[0]))
    for weight, tag in sorted(wanted, key=lambda one: one[0], reverse=True):
        if weight > 0 and tag in there:
            return tag
    return FALLBACK


def _weight(told: str) -> float:
    if not told:
        return 1.0
    weight = _WEIGHT.fullmatch(told)
    return float(weight[1]) if weight else 0.0
