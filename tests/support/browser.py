"""A real browser for our pages: Chromium, where it is installed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.common.exceptions import SessionNotCreatedException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service


@contextmanager
def browser(profile: Path, language: str) -> Iterator[Chrome]:
    """Chromium without a window, and without a past."""
    found, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (found and driver):
        pytest.skip("no browser here (Debian: chromium chromium-driver): pages were not looked at")
    options = ChromeOptions()
    options.binary_location = found
    for told in (
        "--headless=new",
        "--disable-dev-shm-usage",
        f"--user-data-dir={profile}",
        *(["--no-sandbox"] if os.getuid() == 0 else []),  # Chromium has none for root
    ):
        options.add_argument(told)
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    try:
        opened = Chrome(options, Service(driver))
    except SessionNotCreatedException:
        pytest.skip("Chromium is here and does not start: pages were not looked at")
    try:
        yield opened
    finally:
        opened.quit()
