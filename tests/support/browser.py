"""A real browser for our pages: Chromium, where it is installed."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from selenium.common.exceptions import SessionNotCreatedException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from starlette.types import ASGIApp

from staffetta.serving import listening


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


@contextmanager
def at_an_address(app: ASGIApp) -> Iterator[str]:
    """The application on a port of this machine, as a browser wants it."""
    where = listening(0)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [where]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{where.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=15)
