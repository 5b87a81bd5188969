import pytest

from shared.codes import citizenship_group
from staffetta.nrm.nationalities import COUNTRY_OF_NATIONALITY, first_country


def test_every_listed_nationality_leads_to_a_country_with_a_group() -> None:
    assert len(COUNTRY_OF_NATIONALITY) == 224
    assert {citizenship_group(code) for code in COUNTRY_OF_NATIONALITY.values()}


@pytest.mark.parametrize(
    ("nationality", "country"),
    [
        ("UK", "GB"),
        ("Unknown UK", "XX"),
        ("Stateless", "XS"),
        ("Kosovan UK", "XK"),
        ("Congolese (Drc)", "CD"),
        ("Congolese (Congo) UK", "CG"),
        ("Russian UKrainian", "RU"),
        ("Sudanese South Sudanese", "SD"),
        ("South Sudanese Sudanese", "SS"),
        ("Dominican UK", "DM"),
        ("Citizen of the Dominican Republic Spanish", "DO"),
        ("British Virgin Islander Citizen of the Dominican Republic", "VG"),
        ("Nigerien", "NE"),
    ],
)
def test_the_first_nationality_counts(nationality: str, country: str) -> None:
    assert first_country(nationality) == country
