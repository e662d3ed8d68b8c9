"""The documentation in headless Chromium, opened from disk: nothing overflows, axe finds nothing, the search finds.

It needs what the tests of the report need, and mkdocs with its plugins (the extra `docs`).
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sample import ROOT
from test_report_in_browser import AXE, VIEWS, WIDTHS, browser, look, pytestmark

import cleaner

__all__ = ["browser", "pytestmark"]  # the fixture and the marks of this module

PAGES = sorted(str(p.relative_to(ROOT / "docs").with_suffix(".html")) for p in (ROOT / "docs").rglob("*.md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with the picture of the report, as `make docs` builds it."""
    for package in ("mkdocs", "material", "mkdocstrings"):
        pytest.importorskip(package)
    folder = tmp_path_factory.mktemp("site")
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "REPOSITORY": "https://git.example/a/cleaner"}
    environment["PYTHONPATH"] = str(ROOT)
    for command in (["docs/picture.py"], ["-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]):
        done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return folder


OVERFLOWING = """
return [...document.querySelectorAll('article :is(td, dd, dt, p, pre, code, img)')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => e.textContent)
"""


@WIDTHS
@VIEWS
def test_no_page_overflows_or_complains(browser: Any, site: Path, width: int, dark: bool) -> None:
    for name in PAGES:
        look(browser, site / name, width=width, dark=dark)
        scheme = browser.execute_script("return document.body.dataset.mdColorScheme")
        assert (browser.get_log("browser"), scheme) == ([], "slate" if dark else "default"), name
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, name
        assert browser.execute_script(OVERFLOWING) == [], name
        assert "&#" not in browser.execute_script("return document.body.innerText"), name
        if AXE.is_file():
            assert violations(browser) == [], name


def violations(browser: Any) -> list[tuple[str, str]]:
    """What axe finds on the page, whatever its impact: the rule, and the first element that breaks it."""
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
    # without preload, by which axe asks for the style sheets once more, as a page from disk may not
    result = browser.execute_async_script(
        "axe.run(document, {resultTypes: ['violations'], preload: false}).then(arguments[0])"
    )
    assert len(result["passes"]) > 20
    return [(found["id"], found["nodes"][0]["html"][:200]) for found in result["violations"]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("dedup-paragraphs", "output.html"),
        ("WorkerDied", "errors.html"),
        ("language_score", "record.html"),
        ("NewsAPI", "inputs.html"),
        ("xyzzyplugh", ""),
    ],
)
def test_the_search_works_from_disk(browser: Any, site: Path, words: str, found: str) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    look(browser, site / "steps" / "strip.html")
    browser.find_element("css selector", "input.md-search__input").click()
    browser.find_element("css selector", "input.md-search__input").send_keys(words)
    meta = "return document.querySelector('.md-search-result__meta').innerText"
    WebDriverWait(browser, 30).until(
        lambda driver: "match" in driver.execute_script(meta) or "No" in driver.execute_script(meta)
    )
    links = browser.execute_script(
        "return [...document.querySelectorAll('a.md-search-result__link')].map(a => a.href.split('?')[0])"
    )
    assert bool(links) == bool(found)
    assert found in " ".join(link.rpartition("/")[2] for link in links)
    assert all(Path(link.removeprefix("file://")).is_file() for link in (one.partition("#")[0] for one in links))
    # lunr warns of "dedup-" while the word is being typed: its last letter so far is an operator
    assert [entry for entry in browser.get_log("browser") if entry["level"] != "WARNING"] == []


def test_the_head_names_version_and_repository(browser: Any, site: Path) -> None:
    look(browser, site / "index.html")
    assert cleaner.__version__ in browser.find_element("css selector", ".md-header").text
    link = browser.find_element("css selector", ".md-header a.md-source")
    assert link.get_attribute("href").rstrip("/") == "https://git.example/a/cleaner"


@VIEWS
def test_the_picture_is_that_of_the_scheme(browser: Any, site: Path, dark: bool) -> None:
    look(browser, site / "index.html", dark=dark)
    shown = [p for p in browser.find_elements("css selector", "article img") if p.is_displayed()]
    [picture] = shown
    assert picture.get_attribute("src").partition("#")[0].endswith("report-dark.webp" if dark else "report-light.webp")
    assert picture.get_attribute("alt")
    assert browser.execute_script("return arguments[0].naturalWidth", picture) == 1200
    path = Path(picture.get_attribute("src").partition("#")[0].removeprefix("file://"))
    assert 5_000 < path.stat().st_size < 150_000


def test_the_switch_changes_the_colours(browser: Any, site: Path) -> None:
    look(browser, site / "record.html")
    colour = "return getComputedStyle(document.body).backgroundColor"
    seen = [browser.execute_script(colour)]
    for name in ("light colours", "dark colours", "the colours of the system"):
        browser.find_element("css selector", f"label[title='Switch to {name}']").click()
        seen.append(browser.execute_script(colour))
    system, light, dark, again = seen
    assert (system == light == again, light != dark) == (True, True)
    browser.execute_script("localStorage.clear()")


def test_where_there_is_no_browser_the_page_has_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("docs_picture", ROOT / "docs" / "picture.py")
    assert spec is not None
    assert spec.loader is not None
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)
    monkeypatch.setenv("PATH", "")
    (tmp_path / "report-light.webp").write_bytes(b"of an earlier run")
    assert picture.take(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
