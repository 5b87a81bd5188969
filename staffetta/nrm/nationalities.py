"""From a published nationality to a country's code.

Source of the words: the list of nationalities on GOV.UK, which the statistics use, with `UK` for
`British` and `Unknown` beside it. The codes are ISO 3166-1 alpha-2, and XK (Kosovo), XS
(stateless), XX (unknown) as in `shared.codes.citizenship`. The statistics treat the words with a
careless hand for capitals ("Congolese (Drc)", "UKrainian"), so capitals do not count here.
"""

import csv
from collections.abc import Mapping
from importlib.resources import files

from staffetta.nrm.cells import RuleBroken


def _read_words() -> Mapping[str, str]:
    text = files(__package__).joinpath("nationalities.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["nationality"].casefold(): row["country"] for row in rows}


COUNTRY_OF_NATIONALITY: Mapping[str, str] = _read_words()


def first_country(text: str) -> str:
    """The country of the first nationality of one or two, as in "South Sudanese Somali"."""
    if text.casefold() in COUNTRY_OF_NATIONALITY:
        return COUNTRY_OF_NATIONALITY[text.casefold()]
    words = text.casefold().split(" ")
    for length in range(1, len(words)):
        first, second = " ".join(words[:length]), " ".join(words[length:])
        if first in COUNTRY_OF_NATIONALITY and second in COUNTRY_OF_NATIONALITY:
            return COUNTRY_OF_NATIONALITY[first]
    raise RuleBroken("one or two nationalities of the list on GOV.UK, or Unknown")
