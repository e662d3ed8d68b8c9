"""Title, author and date of pages: cases, half of them traps."""

from __future__ import annotations

import tomllib

import pytest
from sample import ROOT

from cleaner.extract.page import extract
from cleaner.extract.page_dates import url_date

PAGES = tomllib.loads((ROOT / "tests" / "cases" / "extract" / "metadata.toml").read_text("utf-8"))["page"]
BODY = "".join(
    f"<p>The bakers of the old harbour knead their dough before {hour}, and loaves are sold while boats go out.</p>"
    for hour in ("two", "three", "four", "five", "six")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page["html"][:60])
def test_what_a_page_says_of_itself(page: dict[str, str]) -> None:
    got = extract(page["html"].replace("BODY", BODY))
    assert {name: getattr(got, name) for name in page if name != "html"} == {
        k: v for k, v in page.items() if k != "html"
    }


@pytest.mark.parametrize(
    ("url", "date"),
    [
        ("https://a.example/2025/03/09/hujan", "2025-03-09"),
        ("https://a.example/berita/2025-03-09/hujan", "2025-03-09"),
        ("https://a.example/2025/mar/09/hujan", "2025-03-09"),
        ("https://a.example/20250309/hujan", "2025-03-09"),
        ("https://a.example/2025/03/hujan", ""),
        ("https://a.example/produk/2025-03-97", ""),
        ("https://a.example/id/20259909/", ""),
        ("https://a.example/hujan", ""),
    ],
)
def test_days_in_urls(url: str, date: str) -> None:
    assert url_date(url).date == date
