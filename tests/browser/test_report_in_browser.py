"""The report in headless Chromium: no errors, no network, nothing planted runs, filters work, and axe finds nothing.

Needs the package selenium, Debian's chromium and chromium-driver, and for one test axe-core (npm install axe-core;
CLEANER_AXE names axe.min.js where it is not in node_modules). Where one is missing, these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from planted import HOSTILE, plant
from sample import ROOT

from cleaner import Options, clean_corpus
from cleaner.audit.report import write_report

selenium = pytest.importorskip("selenium", reason="the package selenium is not installed")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
AXE = Path(os.environ.get("CLEANER_AXE", ROOT / "node_modules" / "axe-core" / "axe.min.js"))
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium or chromium-driver is not installed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # the driver's sockets
]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--window-size=1280,900",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    driver.set_script_timeout(180)  # seconds; axe looks at every element
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0},
    )
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the sample corpus."""
    output = tmp_path_factory.mktemp("browser") / "clean.jsonl"
    clean_corpus(ROOT / "corpus" / "raw", output, Options(workers=1))
    return write_report(str(output))


def look(browser: Any, page: Path, *, width: int = 1280, dark: bool = False, at: str = "") -> None:
    """Open the page afresh."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    still = {"name": "prefers-reduced-motion", "value": "reduce"}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme, still]})
    browser.get("about:blank")
    browser.get(page.as_uri() + at)


def shown(browser: Any) -> list[Any]:
    """The articles that the filters let through."""
    found: list[Any] = browser.execute_script(
        "return [...document.querySelectorAll('#list-articles > details')].filter(a => a.checkVisibility())"
    )
    return found


VIEWS = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@WIDTHS
@VIEWS
def test_it_loads_without_a_word_on_the_console(browser: Any, page: Path, width: int, dark: bool) -> None:
    look(browser, page, width=width, dark=dark)
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.get_log("browser") == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed")
@WIDTHS
@VIEWS
@pytest.mark.parametrize("narrowed", [False, True], ids=["whole", "one language"])
def test_axe_finds_nothing_serious(browser: Any, page: Path, width: int, dark: bool, narrowed: bool) -> None:
    look(browser, page, width=width, dark=dark)
    browser.execute_script(
        "for (const s of document.querySelectorAll('section'))"
        "  for (const d of [...s.querySelectorAll('details')].slice(0, 4)) d.open = true"
    )
    browser.execute_script("document.querySelector('details[open] del.gone').focus()")
    if narrowed:
        browser.execute_script(
            "const s = document.getElementById('in-language'); s.value = 'id'; s.dispatchEvent(new Event('change'))"
        )
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
    result = browser.execute_async_script("axe.run(document, {resultTypes: ['violations']}).then(arguments[0])")
    serious = [v["id"] for v in result["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == []
    assert len(result["passes"]) > 20


def test_planted_scripts_do_not_run(browser: Any, tmp_path: Path) -> None:
    look(browser, write_report(str(plant(tmp_path, HOSTILE))))
    title = browser.title
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    for field in browser.find_elements("css selector", "#find-articles"):
        field.send_keys(HOSTILE[:30])
    assert browser.title == title != "ran"
    assert browser.get_log("browser") == []
    assert browser.execute_script("return document.querySelectorAll('img, main script').length") == 0
    assert len(shown(browser)) == 3  # the text is there, as text


def test_what_got_into_the_page_could_not_run(browser: Any, page: Path) -> None:
    look(browser, page)
    browser.execute_script(
        "const s = document.createElement('script'); s.textContent = 'document.title = \"ran\"';"
        "document.body.append(s);"
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = `ran`\">');"
    )
    assert browser.title != "ran"
    assert "Content Security Policy" in " ".join(entry["message"] for entry in browser.get_log("browser"))


def test_why_a_line_went(browser: Any, page: Path) -> None:
    look(browser, page)
    browser.find_element("id", "find-articles").send_keys("Recevez chaque matin")
    [article] = shown(browser)
    assert article.get_attribute("open")  # the only one that is left is opened
    gone = next(s for s in article.find_elements("css selector", "del.gone") if "Recevez" in s.text)
    tip = gone.find_element("class name", "tip")
    assert tip.is_displayed()  # where the line was looked for, its reason is told
    browser.execute_script("arguments[0].focus()", gone)
    assert tip.is_displayed()
    assert tip.text.startswith("newsletter, by phrase-line: fr list")
    gone.send_keys("\ue00c")  # Escape
    assert not tip.is_displayed()


def test_which_article_a_duplicate_matched(browser: Any, page: Path) -> None:
    look(browser, page)
    pair = browser.find_element("css selector", ".pair")
    likeness = pair.find_element("css selector", "summary .numbers span").text
    browser.execute_script("arguments[0].querySelector('summary').click()", pair)
    heads = [h.text for h in pair.find_elements("tag name", "th")]
    assert [h.split()[0] for h in heads] == ["Keeper", "Dropped"]
    told = pair.find_element("css selector", ".inside > p")
    assert likeness in told.text
    assert [a.text for a in told.find_elements("tag name", "a")] == [h.split()[1] for h in reversed(heads)]
    assert pair.find_elements("css selector", "mark.only-left")
    assert pair.find_elements("css selector", "mark.only-right")


def test_which_rule_removed_most_on_one_site(browser: Any, page: Path) -> None:
    look(browser, page)
    field = browser.find_element("id", "find-sites")
    field.send_keys("northquay")
    drawers = [d for d in browser.find_elements("css selector", "#list-sites > details") if d.is_displayed()]
    assert drawers
    assert all("northquay" in d.text for d in drawers)
    drawers[0].find_element("tag name", "summary").click()
    words = [int(cell.text) for cell in drawers[0].find_elements("css selector", "td.n:nth-child(4)")]
    assert words == sorted(words, reverse=True) != []
    number = drawers[0].get_attribute("data-at").split(":")[0]
    drawers[0].find_element("css selector", "button.show").click()
    assert 0 < len(shown(browser)) < 10
    assert {a.get_attribute("data-at").split(":")[0] for a in shown(browser)} == {number}


def site_number(browser: Any, name: str) -> str:
    """The number that stands for a site in the markup: the value of its option."""
    [option] = [o for o in browser.find_elements("css selector", "#in-site option") if name in o.get_attribute("text")]
    return str(option.get_attribute("value"))


def visible_in(browser: Any, selector: str) -> list[Any]:
    """What of a selector can be seen, or could be in an opened part of the page: nothing around it is hidden."""
    found: list[Any] = browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].filter(e => !e.closest('[hidden]'))", selector
    )
    return found


def test_a_site_narrows_the_whole_page(browser: Any, page: Path) -> None:
    from selenium.webdriver.support.select import Select

    look(browser, page)
    kinds = len(visible_in(browser, "#removals > .drawer"))
    number = site_number(browser, "kawatmuara")
    Select(browser.find_element("id", "in-site")).select_by_value(number)
    places = {e.get_attribute("data-at").split(":")[0] for e in visible_in(browser, ".list > [data-at]")}
    assert places == {number, ""}  # "" are languages, which have no site
    assert 0 < len(visible_in(browser, "#list-sites > details")) == 1
    shown_kinds = visible_in(browser, "#removals > .drawer")
    assert 0 < len(shown_kinds) < kinds
    # the numbers of a kind are those of the site, as its own table has them
    drawer = browser.find_element("css selector", f"#list-sites > [data-at='{number}:']")
    rows = drawer.find_elements("css selector", "tbody tr")
    cells = [[c.get_attribute("textContent") for c in r.find_elements("tag name", "td")] for r in rows]
    for kind in shown_kinds:
        own = [c for c in cells if c[0] == kind.get_attribute("data-removed")]
        said = [s.text for s in kind.find_elements("css selector", ".numbers > span")]
        words, spans = (sum(int(c[i].replace(",", "")) for c in own) for i in (3, 4))
        assert [int(n.split()[0].replace(",", "")) for n in said] == [words, spans]
    assert all(n.is_displayed() for n in browser.find_elements("css selector", "main .scope-note"))
    browser.find_element("id", "everything").click()
    assert len(visible_in(browser, "#removals > .drawer")) == kinds
    assert not visible_in(browser, ".scope-note")


def test_a_finding_leads_to_its_cases(browser: Any, page: Path) -> None:
    look(browser, page)
    finding = browser.find_element("css selector", "#findings a[data-case]")
    finding.click()
    case = finding.get_attribute("data-case")
    assert shown(browser)
    assert all(case in (a.get_attribute("data-case") or "").split() for a in shown(browser))


def test_it_opens_on_the_article_that_lost_most(browser: Any, page: Path) -> None:
    look(browser, page)
    first, *others = browser.find_elements("css selector", "#list-articles > details")
    assert first.get_attribute("open")
    assert not any(a.get_attribute("open") for a in others[:5])
    shares = [
        float(a.find_element("css selector", ".numbers span:last-child").text.split()[0]) for a in [first, *others[:9]]
    ]
    assert shares == sorted(shares, reverse=True)
    assert first.find_element("css selector", "del.gone").is_displayed()


@WIDTHS
def test_every_section_can_be_reached_without_scrolling_sideways(browser: Any, page: Path, width: int) -> None:
    look(browser, page, width=width)
    for link in browser.find_elements("css selector", "nav a"):
        assert link.is_displayed()
        assert link.rect["x"] >= 0
        assert link.rect["x"] + link.rect["width"] <= width
        assert browser.find_elements("id", link.get_attribute("href").split("#")[1])


def test_filters_together_and_cleared(browser: Any, page: Path) -> None:
    from selenium.webdriver.support.select import Select

    look(browser, page)
    few, everything = len(shown(browser)), len(browser.find_elements("css selector", "#list-articles > details"))
    Select(browser.find_element("id", "in-language")).select_by_value("de")
    Select(browser.find_element("id", "by-kind")).select_by_value("ad")
    found = shown(browser)
    assert 0 < len(found) < everything
    assert {a.get_attribute("data-at").split(":")[1] for a in found} == {"de"}
    assert all("ad" in a.get_attribute("data-kind").split() for a in found)
    assert browser.find_element("id", "said-articles").text == f"{len(found)} of {everything} articles"
    browser.execute_script("document.getElementById('clear').click()")
    assert {a.get_attribute("data-at").split(":")[1] for a in shown(browser)} == {"de"}  # that of the whole page stays
    browser.execute_script("document.getElementById('everything').click()")
    assert len(shown(browser)) == few < everything
    browser.execute_script("document.querySelector('#list-articles + .rest').click()")
    assert len(shown(browser)) == everything


def test_only_the_clean_text(browser: Any, page: Path) -> None:
    look(browser, page, at="#article-0")
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert any(s.is_displayed() for s in browser.find_elements("css selector", "del.gone")[:5])
    browser.execute_script("document.getElementById('only-clean').click()")
    assert not any(s.is_displayed() for s in browser.find_elements("css selector", "del.gone")[:5])


def test_a_link_opens_its_article(browser: Any, page: Path) -> None:
    look(browser, page, at="#article-2")
    assert browser.execute_script("return document.getElementById('article-2').open")
    link = browser.find_element("css selector", "#removals .id a")
    browser.execute_script("arguments[0].closest('details').open = true; arguments[0].click()", link)
    target = link.get_attribute("href").split("#")[1]
    assert browser.execute_script("return document.getElementById(arguments[0]).open", target)
