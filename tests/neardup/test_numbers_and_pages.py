"""Reports that differ in their numbers are no duplicates, whatever their words; a shorter crawl of a page is one."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable

import pytest
from neardup.conftest import CASES

from cleaner.corpus.duplicates import TextDuplicates
from cleaner.corpus.shards import page_address

Make = Callable[..., str]
Find = Callable[..., TextDuplicates]
FORMS = tomllib.loads((CASES / "number_templates.toml").read_text("utf-8"))
HOLE = re.compile(r"\{(\w+)(?::(\d+):(\d+))?\}")


def report(form: str, city: str, day: int, draw: random.Random) -> str:
    """One day of a form."""
    teams = draw.sample(FORMS["teams"], 4)

    def filled(hole: re.Match[str]) -> str:
        if hole[1] in ("n", "m"):
            return f"{draw.randrange(int(hole[2]), int(hole[3])):0{2 if hole[1] == 'm' else 1}}"
        named = {"city": city, "day": str(day), "weekday": FORMS["weekdays"][day % 7]}
        return named.get(hole[1]) or teams["abcd".index(hole[1])]

    return HOLE.sub(filled, form)


def pairs_of_days(count: int) -> list[tuple[str, str]]:
    """So many pairs of two days of one form for one town."""
    draw, pairs = random.Random(1), []
    for n in range(count):
        form, city, day = FORMS["forms"][n % len(FORMS["forms"])], draw.choice(FORMS["cities"]), draw.randrange(3, 25)
        pairs.append((report(form, city, day, draw), report(form, city, day + draw.randrange(1, 4), draw)))
    return pairs


def test_no_pair_of_reports_is_merged(find: Find) -> None:
    merged = [pair for pair in pairs_of_days(300) if find(pair, [0, 0]).dropped]
    assert merged == []


def test_a_report_is_merged_with_its_copy(find: Find) -> None:
    """The numbers are the same there, and words are edited, left out or put before it."""
    for n, (text, _) in enumerate(pairs_of_days(48)):
        words, draw = text.split(), random.Random(n)
        at = draw.choice([i for i, word in enumerate(words) if word.isalpha()])
        changed = " ".join([*words[:at], "lainnya", *words[at + 1 :]])
        for copy in (changed, f"Kabar kota. {text}", text + " Demikian kabar hari ini."):
            assert find([text, copy], [0, 1]).dropped, copy


def test_a_story_that_corrects_a_figure_is_one_story(find: Find, make_article: Make) -> None:
    story = make_article(1, 200)
    texts = [f"{story} Sebanyak 212 orang selamat. {make_article(2, 60)}"]
    assert find([*texts, texts[0].replace("212", "214")]).dropped


def cut_copies(make_article: Make, count: int) -> list[tuple[str, str]]:
    draw = random.Random(2)
    pairs = []
    for n in range(count):
        text = ". ".join(make_article(5000 + 10 * n + i, 30).rstrip(".") for i in range(draw.randrange(3, 9))) + "."
        end = draw.choice(["", " ...", "…", " [...] Baca selengkapnya"])
        pairs.append((text, text[: int(len(text) * draw.uniform(0.15, 0.95))] + end))
    return pairs


def test_every_cut_copy_of_one_address_goes(find: Find, make_article: Make) -> None:
    pairs = cut_copies(make_article, 300)
    texts = [text for pair in pairs for text in pair]
    urls = [f"{'https://www.' if i % 2 else 'http://'}kabar.example/{i // 2}{'/' * (i % 2)}" for i in range(600)]
    found = find(texts, [0] * 600, urls=urls)
    assert {(text, keeper) for text, keeper, *_ in found.dropped} == {(2 * n + 1, 2 * n) for n in range(300)}
    assert "same-page" in {rule for *_, rule in found.dropped}


def test_on_pages_of_their_own_short_beginnings_stay(find: Find, make_article: Make) -> None:
    pairs = [(text, text[: len(text) // 4]) for text, _ in cut_copies(make_article, 40)]
    texts = [text for pair in pairs for text in pair]
    assert not find(texts, [0] * 80, urls=[f"https://kabar.example/{i}" for i in range(80)]).dropped


def test_one_address_alone_makes_no_copies(find: Find, make_article: Make) -> None:
    """Pages whose content changes have one URL for many articles, and so has a crawl that lost its URLs."""
    others = [make_article(n) for n in range(90)]
    assert not find(others, [0] * 90, urls=["https://kabar.example/"] * 90).dropped
    prices = pairs_of_days(8)[2]
    assert not find(prices, [0, 0], urls=["https://kabar.example/harga-emas"] * 2).dropped


def test_the_whole_crawl_never_goes_for_a_shorter_one(find: Find, make_article: Make) -> None:
    whole = make_article(1, 300)
    found = find([whole, whole[:500]], [0, 0], urls=["u"] * 2, dates=["2024-02-02", "2024-01-01"], keep="earliest")
    assert not found.dropped


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://www.kabar.example/feri/", True),
        ("http://KABAR.example/feri#komentar", True),
        ("kabar.example/feri?utm_source=x&fbclid=1", True),
        ("https://kabar.example/feri?page=2", False),
        ("https://kabar.example/Feri", False),
        ("https://m.kabar.example/feri", False),
    ],
)
def test_addresses_of_one_page(url: str, same: bool) -> None:
    assert (page_address(url) == page_address("https://kabar.example/feri")) is same


def test_no_address_is_no_page() -> None:
    assert page_address("") == page_address("https://") == ""
