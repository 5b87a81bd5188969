"""Languages, as tags and not as a list: nobody may be turned away for a language we forgot.

Source: BCP 47 (RFC 5646): language (ISO 639), script (ISO 15924) where it matters, region (ISO
3166-1 or UN M49) where it matters, in the recommended case. Variants, extensions and private use
are left out: no interpreter is booked by them.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_PATTERN = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"


def _is_a_language_tag(tag: str) -> str:
    if not re.fullmatch(_PATTERN[1:-1], tag):
        raise PydanticCustomError("language_tag", "a BCP 47 language tag, as in sq, pt-BR, zh-Hant")
    return tag


LanguageTag = Annotated[
    str,
    AfterValidator(_is_a_language_tag),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["sq", "pt-BR"]}),
]
