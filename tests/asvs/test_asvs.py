"""The map from ASVS items to tests points to what is there."""

from tests.asvs.chosen import PAGE, chosen, missing, page, standard


def test_the_standard_has_its_345_requirements() -> None:
    ids = standard().ids()
    assert (len(ids), len(set(ids))) == (345, 345)
    assert {"V1.1.1", "V6.2.12", "V10.4.16", "V17.3.2"} <= set(ids)


def test_each_item_is_one_of_the_standard_and_named_once() -> None:
    told = chosen()
    named = [*(item.id for item in told.met), *(item.id for item in told.open)]
    assert len(named) == len(set(named))
    assert [each for each in named if each not in standard().ids()] == []


def test_each_test_that_is_named_is_there() -> None:
    for item in chosen().met:
        assert item.tests, item.id
        assert missing(item.tests) == [], item.id


def test_a_test_that_is_gone_is_noticed() -> None:
    gone = [
        "tests/asvs/test_asvs.py::test_nothing_of_the_kind",
        "tests/none.py::test_x",
        "README.md",
    ]
    assert missing(gone) == gone
    assert missing(["tests/asvs/test_asvs.py::test_a_test_that_is_gone_is_noticed"]) == []


def test_the_page_is_the_one_that_the_map_makes() -> None:
    assert PAGE.read_text() == page(chosen()), "python -m tests.asvs"
