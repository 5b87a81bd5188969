"""The words of a person's own view together with those for the codes that stand in it."""

from collections.abc import Mapping
from typing import Any

from shared.codes import (
    AgeGroup,
    Area,
    ClosureKind,
    DeclineReason,
    ExploitationType,
    Gender,
    LabelledCode,
    OrganisationKind,
    ServiceType,
    StatusDetermination,
)
from shared.telling import labels
from staffetta.own_view.texts import texts

CODED: Mapping[str, type[LabelledCode]] = {
    "age_group": AgeGroup,
    "area": Area,
    "closure": ClosureKind,
    "exploitation": ExploitationType,
    "gender": Gender,
    "planned": ServiceType,
    "reason": DeclineReason,
    "recipient_class": OrganisationKind,
    "service": ServiceType,
    "status": StatusDetermination,
}
"""Field -> the list that its codes are of."""


def words_in(language: str) -> dict[str, Any]:
    """The words in one of `languages()`; `codes`: by field the word for each code. Those that say
    how far something is stand in the view's own words, since no list of codes has them."""
    words = texts(language)
    codes = {field: dict(labels(listed, language)) for field, listed in CODED.items()}
    for field, more in words["steps"].items():
        codes[field] = {**codes.get(field, {}), **more}
    return {**words, "codes": codes}
