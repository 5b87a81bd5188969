"""Similar names over HTTP: offered and said to be similar, never in the place of the same."""

import pytest

from tests.identification.desk import Desk
from tests.identification.given import CONSENT_TO_SHELTER, INFORM
from tests.identification.twins import NUMBER, WRITTEN, at, sought

SAME, SIMILAR = "name-and-year", "similar-name-and-year"


def known(desk: Desk, name: str, organisation: str = "hotline", **reach: str) -> str:
    return at(desk, organisation, name=name, birth_date="2001", **reach)


def told(desk: Desk, one: str, other: str) -> str:
    """What is to be said of two whose names sound alike: one spelling in sixteen is taken for
    another, by a key that is another each time."""
    digits = {
        row["stream"]: row["blind"]
        for row in desk.web.store.rows("SELECT * FROM likenesses WHERE kind = 'spelling'")
    }
    return SAME if digits[one] == digits[other] else SIMILAR


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Олена Шевченко", "Olena Shevchenko"),
        ("محمد أحمد", "Mohamed Ahmed"),
        ("محمد أحمد", "Ahmad, Muhammad"),
        ("Jürgen Müller", "Juergen Mueller"),
        ("মোহাম্মদ রহমান", "Mohammad Rahman"),
        ("王小丽", "Wang Xiaoli"),
    ],
)
def test_who_is_written_in_another_script_or_another_way_is_offered_as_similar(
    desk: Desk, one: str, other: str
) -> None:
    case, twin = known(desk, one), known(desk, other)
    at(desk, "hotline", name=other, birth_date="2002")
    for ours, theirs in ((case, twin), (twin, case)):
        (found,) = sought(desk, ours)
        assert found["case"] == theirs
        assert found["alike_by"] == [told(desk, case, twin)]


def test_a_further_name_more_or_less_is_similar_and_two_names_of_three_are_not(desk: Desk) -> None:
    case = known(desk, "María Quispe")
    longer, another = known(desk, "María Elena Quispe"), known(desk, "María Rosa Quispe")
    assert {one["case"] for one in sought(desk, case)} == {longer, another}
    for ours in (longer, another):
        assert [(one["case"], one["alike_by"]) for one in sought(desk, ours)] == [(case, [SIMILAR])]


def test_who_is_the_same_comes_first_and_the_number_counts_with_the_name(desk: Desk) -> None:
    case = known(desk, "Maria Elena Popescu", reach=NUMBER)
    similar, same = known(desk, "Maria Popescu"), known(desk, "Popescu, Maria Elena")
    by_number = known(desk, "Another Name", reach=NUMBER)
    both = known(desk, "Elena Popescu", reach=NUMBER)
    found = [(one["case"], one["alike_by"]) for one in sought(desk, case)]
    assert found[0] == (both, [SIMILAR, "telephone"])
    assert found[-1] == (similar, [SIMILAR])
    assert dict(found[1:3]) == {same: [SAME], by_number: ["telephone"]}


def test_who_was_once_recorded_otherwise_is_told_by_the_closest(desk: Desk) -> None:
    case, twin = known(desk, "Arta Hoxha"), known(desk, "Arta Mirela Hoxha")
    path, again = f"/cases/{twin}/identity", {"name": "Arta Hoxha", "birth_date": "2001"}
    assert desk.web.post(path, again, desk.by()).status_code == 200
    assert [(one["case"], one["alike_by"]) for one in sought(desk, case)] == [(twin, [SAME])]


def test_the_same_is_not_pushed_out_by_however_many_who_are_similar(desk: Desk) -> None:
    case = at(desk, "hotline", **WRITTEN)
    with desk.web.store.transaction(commit=True) as run:
        (mine,) = run("SELECT blind FROM likenesses WHERE kind = 'name'")
        for number in range(501):
            contact = f"contact-{number:032x}"
            run("INSERT INTO contacts (key, organisation) VALUES (?, 'porto')", (contact,))
            run(
                "INSERT INTO likenesses VALUES (?, ?, 'name-part', ?)",
                (f"{contact}/x", contact, mine["blind"]),
            )
    twin = at(desk, "hotline", **WRITTEN)
    found = sought(desk, case)
    assert (found[0]["case"], found[0]["alike_by"], len(found)) == (twin, [SAME], 20)


def test_a_similar_one_elsewhere_is_named_where_its_person_opened_their_identity(
    desk: Desk,
) -> None:
    case, elsewhere = known(desk, "Arta Mirela Hoxha"), known(desk, "Arta Hoxha", "porto")
    assert [(one["case"], one["organisation"]) for one in sought(desk, case)] == [(None, "porto")]
    desk.done(elsewhere, INFORM, desk.by("porto"))
    given = {"recipient": "hotline", "categories": ("identity",)}
    desk.done(elsewhere, CONSENT_TO_SHELTER, desk.by("porto"), **given)
    assert [(one["case"], one["alike_by"]) for one in sought(desk, case)] == [
        (elsewhere, [SIMILAR])
    ]
