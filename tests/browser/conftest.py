"""A real browser before a really running service."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from tests.running import RunningService, running

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
AXE = (Path(__file__).parent / "vendor/axe-core/axe.min.js").read_text()
PHONE = (360, 740)
_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests run in one process, so that the service and the browsers start once."""
    for item in items:
        if Path(__file__).parent in item.path.parents and "test_vendored" not in item.path.name:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not (CHROMIUM and DRIVER):
                item.add_marker(pytest.mark.skip(reason="chromium and chromedriver are missing; ./check installs them"))


@pytest.fixture(scope="session")
def running_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service that does not mind how fast a test writes, and waits for the verdict."""
    settings = {"CIVILITY_FORM_FLOOD_SECONDS": "0", "CIVILITY_FORM_WAIT_SECONDS": "20"}
    with running(tmp_path_factory.mktemp("running") / "data", **settings) as service:
        yield service


@pytest.fixture
def fresh_service(tmp_path: Path) -> Iterator[RunningService]:
    """A service of the test's own, on which nobody wrote yet."""
    with running(tmp_path / "data", CIVILITY_FORM_WAIT_SECONDS="20") as service:
        yield service


@pytest.fixture(scope="session")
def _scripting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    with_scripts = a_browser(tmp_path_factory.mktemp("browser"), scripts=True)
    yield with_scripts
    with_scripts.quit()


@pytest.fixture(scope="session")
def _plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    plain = a_browser(tmp_path_factory.mktemp("browser"), scripts=False)
    yield plain
    plain.quit()


@pytest.fixture
def reader(_plain: WebDriver) -> Reader:
    """A reader whose browser runs no JavaScript and remembers nothing."""
    _plain.delete_all_cookies()
    return Reader(_plain)


@pytest.fixture
def inspector(_scripting: WebDriver) -> Reader:
    """A reader's browser that can be asked about the page."""
    _scripting.delete_all_cookies()
    show_as(_scripting)
    return Reader(_scripting)


def a_browser(profile: Path, *, scripts: bool) -> WebDriver:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(argument)
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options, webdriver.ChromeService(str(DRIVER)))


def show_as(browser: WebDriver, *, scheme: str = "light", size: tuple[int, int] = (1100, 900)) -> None:
    """Light or dark, wide or as narrow as a phone."""
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    shape = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size[0] < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape)


class Reader:
    """What a reader does at a browser."""

    def __init__(self, browser: WebDriver) -> None:
        self.browser = browser

    def opens(self, address: str) -> None:
        self.browser.get("about:blank")  # so that an address that differs in its fragment only is fetched again
        self.browser.get(address)

    def sees(self) -> str:
        return self.browser.find_element(By.TAG_NAME, "body").text

    def find(self, selector: str) -> Any:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def follows(self, text: str) -> None:
        self.browser.find_element(By.PARTIAL_LINK_TEXT, text).click()

    def writes(self, **fields: str) -> None:
        for name, value in fields.items():
            box = self.browser.find_element(By.NAME, name)
            box.clear()
            box.send_keys(value)

    def presses_the_button(self) -> None:
        """Press it and wait for the page after it."""
        button = self.find("form button")
        button.click()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and _is_there(button):
            time.sleep(0.05)

    def posts(self, comment: str, *, author: str = "Ada", email: str | None = None) -> None:
        self.writes(comment=comment, author=author, email=email or f"reader-{next(_numbers)}@example.org")
        self.presses_the_button()

    def breaks_of_accessibility(self) -> list[str]:
        """What axe-core finds: rule, element and what to do."""
        self.browser.execute_script(AXE)
        found = self.browser.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations))"
        )
        return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]

    def pixels_out_of_sight(self) -> int:
        """How far the page can be scrolled sideways."""
        width, shown = self.browser.execute_script(
            "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        return int(width - shown)


def _is_there(element: Any) -> bool:
    from selenium.common.exceptions import StaleElementReferenceException, WebDriverException

    try:
        element.is_enabled()
    except (StaleElementReferenceException, WebDriverException):
        return False
    return True


@pytest.fixture
def published(running_service: RunningService) -> Callable[..., str]:
    """Puts a reply under the demo article, through the API, and waits until it is approved; returns its id."""

    def publish(text: str, **author: str) -> str:
        parent = author.pop("parent", None)
        body = {
            "thread": {"url": f"{running_service.url}/demo/"},
            "parent": parent,
            "author": {"name": "Ada", "email": f"api-{next(_numbers)}@example.org", **author},
            "text": text,
        }
        receipt = ask(running_service, "/api/v1/replies", body)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            status = ask(running_service, f"/api/v1/replies/{receipt['id']}")
            if status["status"] != "pending":
                assert status["status"] == "approved", status
                return str(receipt["id"])
            time.sleep(0.05)
        raise AssertionError("the reply was not decided")

    return publish


def ask(service: RunningService, path: str, body: object = None) -> dict[str, Any]:
    """The API's answer to the site's own server."""
    headers = {"Authorization": f"Bearer {service.api_key}", "Content-Type": "application/json"}
    request = Request(service.url + path, json.dumps(body).encode() if body else None, headers)
    with urlopen(request, timeout=20) as answer:
        return dict(json.load(answer))


def ids_in(page: str) -> list[str]:
    return re.findall(r'<article class="reply[^"]*" id="comment-([^"]+)"', page)
