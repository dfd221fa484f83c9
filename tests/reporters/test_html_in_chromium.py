"""The page in a real browser: it shows, filters, is walked through by keys, runs nothing from the tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from backhaul.cli import main
from backhaul.findings.finding import Finding, Step
from backhaul.reporters import reporter
from backhaul.reporters.contents import Contents
from chromium import Events, UnavailableError, chromium
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait
from small_report import make_card

ROOT = Path(__file__).resolve().parents[2]
AXE = "axe-core@4.10.3"
RULE = "background-upload-from-data"

STILL = [{"name": "prefers-reduced-motion", "value": "reduce"}]  # nothing moves while it is clicked on

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\" onload=alert(1) onfocus=alert(1) autofocus x=\"",
    "' onmouseover='alert(1)",
    "--><svg onload=alert(1)>",
    "]]><iframe srcdoc='<script>alert(1)</script>'>",
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "</style></title></textarea></template></noscript><script>alert(1)</script>",
    "a\u2028b\u2029c\u202egnp.js\u2066\u200b\ufeff",
)  # fmt: skip


@pytest.fixture(scope="session")
def _browser() -> Iterator[WebDriver]:
    try:
        with chromium() as window:
            yield window
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI tests the page in a browser: {error}")
        pytest.skip(str(error))


@pytest.fixture
def window(_browser: WebDriver) -> WebDriver:
    """The browser, light, of a desk's width."""
    _browser.get("about:blank")
    _browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    _browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": STILL})
    Events(_browser).forget()
    return _browser


@pytest.fixture(scope="session")
def samples_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the sample apps."""
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(ROOT / "samples", folder / "samples")
    page = folder / "report.html"
    scan = ["scan", str(folder / "samples"), "--no-cache", "--format", "html", "--output", str(page)]
    assert main([*scan, "--jobs", "1", "--quiet"]) == 1
    return page


@pytest.fixture
def samples(window: WebDriver, samples_page: Path) -> WebDriver:
    """The browser with the page of the sample apps."""
    window.get(samples_page.as_uri())
    return window


@pytest.fixture
def show(window: WebDriver, tmp_path: Path) -> Callable[[Contents], Path]:
    """Opens the page of a report, and gives its file."""

    def show_page(contents: Contents) -> Path:
        file = tmp_path / "report.html"
        with file.open("w", encoding="utf-8") as stream:
            reporter("html").write(contents, stream)
        window.get(file.as_uri())
        return file

    return show_page


def use_scheme(window: WebDriver, scheme: str) -> None:
    features = [*STILL, {"name": "prefers-color-scheme", "value": scheme}]
    window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def all_of(within: WebDriver | WebElement, selector: str) -> list[WebElement]:
    return within.find_elements(By.CSS_SELECTOR, selector)


def one_of(within: WebDriver | WebElement, selector: str) -> WebElement:
    return within.find_element(By.CSS_SELECTOR, selector)


def shown(window: WebDriver) -> int:
    """How many findings are to be seen."""
    return int(window.execute_script("return document.querySelectorAll('.finding:not([hidden])').length"))


def press(window: WebDriver, *keys: str) -> None:
    for key in keys:
        window.switch_to.active_element.send_keys(key)


def focused(window: WebDriver) -> str:
    return window.switch_to.active_element.get_attribute("aria-label") or ""


def test_it_shows_without_a_request_or_a_complaint(samples):
    count = len(all_of(samples, ".finding"))
    assert count > 30
    assert one_of(samples, "h1").text.startswith(f"{count} findings in ")
    assert one_of(samples, "output").text == f"{count} shown"
    assert one_of(samples, ".map").size["height"] > 100
    one_of(samples, "[name=unfold]").click()
    assert len(all_of(samples, ".finding[open] .page .prose")) == count
    events = Events(samples)
    assert events.complaints() == []
    assert events.requests() == []


def test_counts_add_up(samples):
    count = len(all_of(samples, ".finding"))
    for name in ("severity", "consequence", "family"):
        numbers = [e.text.split()[0] for e in all_of(samples, f"[data-filter={name}]") if name == "severity"]
        numbers += [e.text for e in all_of(samples, f"[data-filter={name}] .count")]
        assert sum(map(int, numbers)) == count
    assert sum(int(tally.text) for tally in all_of(samples, ".tally")) == count


def test_filters_by_consequence_severity_and_folder(samples):
    everything = shown(samples)
    crashes = one_of(samples, "[data-filter=consequence][data-value=crash]")
    crashes.click()
    assert shown(samples) == int(one_of(crashes, ".count").text) < everything
    assert crashes.get_attribute("aria-pressed") == "true"
    warnings = one_of(samples, "[data-filter=severity][data-value=warning]")
    warnings.click()
    assert one_of(samples, ".none").is_displayed() == (shown(samples) == 0)
    one_of(samples, "[name=clear]").click()
    assert shown(samples) == everything
    cell = next(cell for cell in all_of(samples, ".map a[data-path]") if "Maps/" in cell.accessible_name)
    samples.execute_script("arguments[0].focus()", cell)
    cell.send_keys(Keys.ENTER)
    assert shown(samples) == 2
    one_of(samples, "[name=path]").click()
    assert shown(samples) == everything


def test_searches_and_groups(samples):
    one_of(samples, "[name=text]").send_keys("FNTileCache upload")
    assert shown(samples) == 1
    assert one_of(samples, "output").text.startswith("1 of ")
    one_of(samples, "[name=text]").send_keys(" nowhere")
    assert one_of(samples, ".none").is_displayed()
    one_of(samples, "[name=clear]").click()
    everything = shown(samples)
    Select(one_of(samples, "[name=group]")).select_by_value("consequence")
    headings = [heading.text for heading in all_of(samples, ".group h3 span:first-child")]
    assert headings == [label.text for label in all_of(samples, "[data-filter=consequence] .label")]
    assert shown(samples) == everything
    Select(one_of(samples, "[name=rule]")).select_by_value(RULE)
    assert {e.get_attribute("data-rule") for e in all_of(samples, ".finding:not([hidden])")} == {RULE}


def test_a_trail_is_followed_by_keys_alone(samples):
    one_of(samples, "[name=text]").send_keys("FNTileCache upload")
    press(samples, Keys.TAB)
    while samples.switch_to.active_element.tag_name != "summary":
        press(samples, Keys.TAB)
    press(samples, Keys.ENTER)
    finding = one_of(samples, ".finding[open]")
    WebDriverWait(samples, 5).until(lambda _: all_of(finding, ".page .prose"))
    assert "Write the body to a file first" in one_of(finding, ".page").text
    visited = []
    for _ in range(3):
        press(samples, "n")
        visited.append(focused(samples))
    assert [label.partition(",")[0] for label in visited] == ["Step 1", "Step 2", "Step 3"]
    assert "MapSession.swift, line 11" in visited[0]
    assert "FNTileCache.m, line 46" in visited[2]
    press(samples, "p")
    assert focused(samples) == visited[1]
    press(samples, Keys.ESCAPE)
    assert samples.switch_to.active_element.tag_name == "summary"


def test_keys_go_from_finding_to_finding(samples):
    summaries = all_of(samples, ".finding > summary")
    samples.execute_script("arguments[0].focus()", summaries[0])
    press(samples, "j", "j", "k")
    assert samples.switch_to.active_element == summaries[1]
    one_of(samples, "[name=text]").send_keys("jk")
    assert one_of(samples, "[name=text]").get_attribute("value") == "jk"


def test_the_address_of_a_finding_opens_it(samples, samples_page):
    anchor = all_of(samples, ".finding")[5].get_attribute("id")
    samples.get("about:blank")
    samples.get(f"{samples_page.as_uri()}#{anchor}")
    WebDriverWait(samples, 5).until(lambda _: all_of(samples, f"#{anchor}[open] .page .prose"))


def test_light_and_dark(samples):
    def paper() -> str:
        return samples.execute_script("return getComputedStyle(document.body).backgroundColor")

    light = paper()
    use_scheme(samples, "dark")
    dark = paper()
    assert dark != light
    one_of(samples, ".theme").click()
    assert paper() == light


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_window(samples, width):
    samples.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    one_of(samples, "[name=unfold]").click()
    assert samples.execute_script("return document.documentElement.scrollWidth") <= width


def test_on_paper_every_trail_is_open(samples):
    samples.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert len(all_of(samples, ".finding[open]")) == shown(samples)
    samples.execute_script("window.dispatchEvent(new Event('afterprint'))")
    assert all_of(samples, ".finding[open]") == []


def test_without_findings(window, show, make):
    show(make({"a.swift": ""}, []))
    assert one_of(window, "h1").text.startswith("No findings")
    assert Events(window).complaints() == []


def hostile_report(make: Callable[..., Contents], tmp_path: Path) -> Contents:
    """Hostile names, source, symbols, messages and rule pages, all in one."""
    files, findings = {}, []
    for number, text in enumerate(HOSTILE):
        path = f"{number}/{text.replace('/', '∕')}.swift"
        files[path] = f'upload("{text}") // {text}\n/* {text}\n{text} */\n'
        steps = (Step(path, 0, 6, text), Step(path, 8, 8 + len(text.encode()), f"`{text}`"))
        findings.append(
            Finding(RULE, path, 0, 6, "error", "medium", text, {"subject": f"`{text}` {text}"}, steps)
        )
    findings.sort(key=lambda finding: finding.sort_key)
    card = make_card(tmp_path, title=HOSTILE[0])
    page = (
        Path(card.path).read_text(encoding="utf-8").replace("## Why\n", "## Why\n\n" + "\n\n".join(HOSTILE))
    )
    Path(card.path).write_text(page, encoding="utf-8")
    return make(files, findings, cards=(card,))


def test_a_tree_made_to_attack_the_page_is_only_shown(window, show, make, tmp_path):
    show(hostile_report(make, tmp_path))
    assert shown(window) == len(HOSTILE)
    one_of(window, "[name=unfold]").click()
    for group in ("rule", "consequence", "severity", "path"):
        Select(one_of(window, "[name=group]")).select_by_value(group)
    for cell in all_of(window, ".map a[data-path]"):
        window.execute_script("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", cell)
        assert shown(window) >= 1
    one_of(window, "[name=text]").send_keys("<img src=x")
    assert window.execute_script("return document.scripts.length") == 1
    assert (
        all_of(window, "img, iframe, object, embed, base, [onerror], [onload], [onfocus], [onmouseover]")
        == []
    )
    assert {link.get_attribute("protocol") for link in all_of(window, "a[href]:not(svg a)")} <= {
        "https:",
        "file:",
    }
    text = window.execute_script("return document.body.textContent")
    assert "\u202e" not in text
    assert "\u2028" not in text
    assert "<img src=x onerror=alert(1)>" in text
    events = Events(window)
    assert events.complaints() == []
    assert events.requests() == []


def test_the_policy_stops_what_would_slip_through(window, show, example):
    """Injects markup as a hole in the escaping would let it through, and finds that none of it runs."""
    file = show(example)
    injected = (
        "<script>window.ran = 1</script><img src='https://example.invalid/a.png' onerror='window.ran = 2'>"
        "<p style='color: red'>x</p><style>p { color: red }</style><script src='x.js'></script>"
        "<svg><script>window.ran = 3</script></svg><base href='https://example.invalid/'>"
        "<iframe srcdoc='<script>parent.ran = 4</script>'></iframe><form action='https://example.invalid/'></form>"
    )
    page = file.read_text(encoding="utf-8").replace("<main>", f"<main>{injected}")
    file.write_text(page, encoding="utf-8")
    Events(window).forget()
    window.get(file.as_uri())
    assert window.execute_script("return window.ran") is None
    events = Events(window)
    assert [address for address in events.requests() if "example" in address or "x.js" in address] == []
    complaints = events.complaints()
    assert all("Content Security Policy" in complaint for complaint in complaints)
    assert len(complaints) >= 6
    with pytest.raises(Exception, match="TrustedHTML"):
        window.execute_script("document.body.innerHTML = '<p>x</p>'")


def test_served_by_a_server_it_asks_for_nothing_else(window, samples_page):
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(samples_page.parent))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            asked.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        window.get(f"http://127.0.0.1:{server.server_port}/report.html")
        assert shown(window) > 30
        server.shutdown()
    assert asked == ["/report.html"]


@cache
def axe() -> str:
    """The accessibility checker axe-core, from npm, kept in a cache outside the tree."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "backhaul-tests" / AXE.replace("@", "-")
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm, which brings axe-core, is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        command = [
            npm,
            "install",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
            str(folder),
            AXE,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
        if done.returncode:
            pytest.skip(f"npm: {done.stderr.strip()[-300:]}")
    return script.read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(window, show, make, tmp_path, scheme):
    show(hostile_report(make, tmp_path))
    use_scheme(window, scheme)
    for summary in all_of(window, ".finding > summary")[:2]:
        window.execute_script("arguments[0].click()", summary)
    window.execute_script(axe())
    found = window.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then((r) => done(JSON.stringify(r.violations)))"
    )
    assert [
        (violation["id"], node["html"][:120], node["failureSummary"][:300])
        for violation in json.loads(found)
        for node in violation["nodes"][:3]
    ] == []


def test_every_control_has_a_name(samples):
    samples.execute_script("document.querySelector('.finding').open = true")
    for control in all_of(samples, "button, input, select, summary, .map a, pre[tabindex]"):
        if control.is_displayed():
            assert control.accessible_name.strip(), control.get_attribute("outerHTML")
