"""A real Chromium without a window, that reports every request and every violation of a page's policy."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # a container's root may not make one, and the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,900",
)


class UnavailableError(Exception):
    """Why there is no browser to test with."""


def programs() -> tuple[str, str]:
    """The browser and its driver, of one version. Raises ``UnavailableError``."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None) or _mac_browser()
    folder = os.environ.get("CHROMEWEBDRIVER")  # where the machines of GitHub Actions keep it
    driver = shutil.which("chromedriver", path=f"{folder}:{os.environ['PATH']}" if folder else None)
    if not browser or not driver:
        missing = "Chromium" if not browser else "chromedriver"
        raise UnavailableError(
            f"{missing} is not installed (on Debian and Ubuntu: apt-get install chromium chromium-driver)"
        )
    return browser, driver


def _mac_browser() -> str | None:
    path = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return str(path) if path.exists() else None


@contextmanager
def chromium() -> Iterator[WebDriver]:
    """A browser with a fresh profile. Raises ``UnavailableError``."""
    browser, driver = programs()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = browser
        for argument in (*ARGUMENTS, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        window = webdriver.Chrome(options=options, service=Service(driver))
        try:
            yield window
        finally:
            window.quit()


class Events:
    """What a window did since this was last asked: its log, and what went over the network."""

    def __init__(self, window: WebDriver) -> None:
        self._window = window

    def complaints(self) -> list[str]:
        """Errors of scripts and violations of policies, as the console shows them."""
        return [entry["message"] for entry in self._window.get_log("browser")]  # type: ignore[no-untyped-call]

    def requests(self) -> list[str]:
        """The address of everything that was asked for, the page's own file aside."""
        entries = self._window.get_log("performance")  # type: ignore[no-untyped-call]
        messages = [json.loads(entry["message"])["message"] for entry in entries]
        sent: dict[str, str] = {}
        for message in messages:
            about = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                sent[about["requestId"]] = about["request"]["url"]
            elif message["method"] == "Network.loadingFailed" and about.get("blockedReason") == "csp":
                sent.pop(about["requestId"], None)  # the policy stopped it before it was sent
        return [url for url in sent.values() if not url.startswith(("file:", "data:image/svg+xml,"))]

    def forget(self) -> None:
        """Takes what happened so far as not having happened."""
        self.complaints()
        self.requests()
