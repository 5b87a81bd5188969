"""Paging by cursor: each item once, in order, also while others are added."""

import base64
from collections.abc import Callable

import pytest

from tests.support.web import Web
from tests.web.asking import INTAKE, hotline, intake, problem

FOREIGN = "a-page-begins-where-another-ended"
MANY = 130


def contacts(web: Web, address: str) -> tuple[list[str], str | None]:
    """The ids on one page, and the cursor to the next."""
    answer = web.get(address, hotline(web))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return [item["key"] for item in told["items"]], told["next"]


def walked(web: Web, limit: int, between: Callable[[], object] = lambda: None) -> list[list[str]]:
    """All pages, one after the other; something may happen between two."""
    pages, after = [], ""
    while True:
        keys, following = contacts(web, f"/contacts?limit={limit}{after}")
        pages.append(keys)
        if following is None:
            return pages
        after = f"&after={following}"
        between()


def test_each_of_130_contacts_is_on_one_page(web: Web) -> None:
    there = sorted(intake(web) for _ in range(MANY))
    for limit, sizes in ((50, [50, 50, 30]), (65, [65, 65]), (129, [129, 1]), (130, [130])):
        pages = walked(web, limit)
        assert [len(page) for page in pages] == sizes
        assert [key for page in pages for key in page] == there


def test_those_that_were_there_are_seen_once_while_new_ones_come(web: Web) -> None:
    there, added = {intake(web) for _ in range(MANY)}, set[str]()
    pages = walked(web, 20, between=lambda: added.update(intake(web) for _ in range(5)))
    seen = [key for page in pages for key in page]
    assert len(seen) == len(set(seen))
    assert there <= set(seen) <= there | added
    assert seen == sorted(seen)
    assert all(len(page) == 20 for page in pages[:-1])
    assert len(added) >= 30


def test_without_a_limit_a_page_has_50(web: Web) -> None:
    there = sorted(intake(web) for _ in range(51))
    keys, following = contacts(web, "/contacts")
    assert keys == there[:50]
    assert contacts(web, f"/contacts?after={following}") == (there[50:], None)


def test_there_is_no_page_after_the_last(web: Web) -> None:
    assert contacts(web, "/contacts") == ([], None)
    intake(web)
    assert contacts(web, "/contacts?limit=1")[1] is None


def test_a_page_shows_the_contacts_of_ones_own_organisation_only(web: Web) -> None:
    own = sorted(intake(web) for _ in range(3))
    for _ in range(3):
        web.post("/contacts", INTAKE, web.token("porto", "street-operator"))
    assert [key for page in walked(web, 2) for key in page] == own


@pytest.mark.parametrize(
    "cursor",
    [
        "!!!",
        "contact-1",
        "%00",
        "%C3%A9",
        "Y29udGFjdC0x%0A",
        "Y29udGFjdC0x!",
        "Y29udGFjdC0xMQ",
        "Y29udGFjdC0xMR==",
        base64.urlsafe_b64encode(b"\x00").decode(),
        base64.urlsafe_b64encode(b"contact-\x00").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode("\u2028".encode()).decode(),
    ],
)
def test_a_cursor_of_a_strangers_making_is_refused(web: Web, cursor: str) -> None:
    """It would else begin anew, and who follows it would go round for ever."""
    intake(web)
    problem(web.get(f"/contacts?after={cursor}", hotline(web)), 422, FOREIGN)


def test_a_cursor_has_at_most_200_characters(web: Web) -> None:
    long = base64.urlsafe_b64encode(b"c" * 160).decode()
    problem(web.get(f"/contacts?after={long}", hotline(web)), 422, "the-request-can-be-read")
