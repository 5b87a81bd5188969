"""The page for receipts as people meet it: typed into and looked at in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait

from services.identification.receipts.texts import texts
from staffetta.serving import in_a_thread, listening
from tests.identification.desk import Desk
from tests.identification.given import WITHDRAW
from tests.identification.test_receipts import issued
from tests.support.browser import browser

BLUE = "rgba(0, 89, 179, 1)"
NARROWEST = 320
"""CSS pixels at which nothing may need scrolling sideways (WCAG 2.2, 1.4.10)."""


@pytest.fixture
def kind() -> str:
    """One is enough: that both answer alike is asked of them without a browser."""
    return "sqlite"


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with in_a_thread(desk.web.client.app, listening(0)) as served:
        yield f"{served}/receipt"


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Chrome]:
    with browser(tmp_path / "profile", "it") as opened:
        yield opened


def asked(page: Chrome, typed: str) -> str:
    """What stands there as the answer."""
    page.find_element(By.ID, "code").send_keys(typed)
    button = page.find_element(By.TAG_NAME, "button")
    button.click()
    WebDriverWait(page, 20).until(staleness_of(button))
    return page.find_element(By.CSS_SELECTOR, "[role=status]").text


@pytest.mark.parametrize("language", ["en", "it"])
def test_a_code_is_typed_in_and_answered_in_the_language_of_the_browser(
    desk: Desk, address: str, tmp_path: Path, language: str
) -> None:
    case, consent, code = issued(desk)
    told = texts(language)["page"]
    with browser(tmp_path / "profile", language) as page:
        page.get(address)
        assert page.title == told["heading"]
        assert asked(page, code.lower()) == told["live"]
        desk.done(case, WITHDRAW, consent=consent)
        assert asked(page, code) == told["withdrawn"]
        assert asked(page, "AAAA") == told["mistyped"]


def test_the_code_stays_in_no_address_cookie_or_field(
    desk: Desk, address: str, chromium: Chrome
) -> None:
    _case, _consent, code = issued(desk)
    chromium.get(address)
    asked(chromium, code)
    assert chromium.current_url == address
    assert chromium.get_cookies() == []
    assert chromium.find_element(By.ID, "code").get_property("value") == ""
    assert code not in chromium.page_source


def test_it_is_styled_and_the_browser_has_nothing_to_complain_of(
    address: str, chromium: Chrome
) -> None:
    """A policy that forbade the page's own style would leave a bare form, and say so here."""
    chromium.get(address)
    button = chromium.find_element(By.TAG_NAME, "button")
    assert button.value_of_css_property("background-color") == BLUE
    # A browser asks for an icon, which there is none of; nothing else.
    complaints = chromium.get_log("browser")  # type: ignore[no-untyped-call]  # the library's
    said = [line["message"] for line in complaints]
    assert [line for line in said if "favicon.ico" not in line] == []


def test_nothing_is_sent_while_the_field_is_empty(address: str, chromium: Chrome) -> None:
    chromium.get(address)
    chromium.find_element(By.TAG_NAME, "button").click()
    assert chromium.find_elements(By.CSS_SELECTOR, "[role=status]") == []
    assert chromium.execute_script("return document.activeElement.id") == "code"


def test_on_the_smallest_screen_nothing_is_cut_off(
    desk: Desk, address: str, chromium: Chrome
) -> None:
    _case, _consent, code = issued(desk)
    screen = {"width": NARROWEST, "height": 640, "deviceScaleFactor": 2, "mobile": True}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    chromium.get(address)
    asked(chromium, code)
    wide = chromium.execute_script("return document.documentElement.scrollWidth")
    assert wide <= NARROWEST
    button = chromium.find_element(By.TAG_NAME, "button").rect
    assert min(button["height"], button["width"]) >= 24  # WCAG 2.2, 2.5.8
