"""Lines that repeat on a site are removed, and text that articles share rightly stays."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import Article, Removal, cut
from cleaner.corpus.repeats import learn_repeats
from cleaner.repeats.repeats import Repeats
from cleaner.repeats.site_lines import site_lines

CASES = Path(__file__).parent.parent / "cases" / "repeats"
WORDS = re.findall(
    r"\w+", "angin bakau cumi dermaga ember fajar garam hujan ikan jala karang lampu muara nelayan ombak perahu rawa"
)


def take(known: Repeats, article: Article, site: str) -> Article:
    """One article without what repeats on its site."""
    return known.take_all([article], site_lines([article.text], [site]))[0]


def body(seed: int, lines: int = 5) -> list[str]:
    """Paragraphs that no other seed has."""
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=14)).capitalize() + f" nomor {seed}." for _ in range(lines)]


def cleaned(articles: Sequence[Sequence[str]], sites: Sequence[str] | None = None) -> list[list[str]]:
    """The lines that stay."""
    texts = ["\n".join(lines) for lines in articles]
    sites = sites or ["pelita.example"] * len(texts)
    known = learn_repeats([site_lines(texts, sites)])
    return [take(known, Article("", "", t), s).text.split("\n") for t, s in zip(texts, sites, strict=True)]


def test_furniture_goes_from_every_article_and_nothing_else() -> None:
    foot = ["Ikuti kabar pesisir di saluran kami", "Redaksi: Jalan Dermaga Lama 17"]
    articles = [["Beranda Nusantara", *body(n), *foot] for n in range(8)]
    assert cleaned(articles) == [body(n) for n in range(8)]


@pytest.mark.parametrize(
    "line", ["Dibaca {n} kali", "Senin, {n} Juli 2023 10:{n} WIB", "Penulis: {w} {w}", "Baca juga: {w} dan {w} {n}"]
)
def test_furniture_with_a_varying_part_goes(line: str) -> None:
    tails = [line.format(n=n + 10, w=WORDS[n].title()) for n in range(10)]
    assert cleaned([[*body(n), tails[n]] for n in range(10)]) == [body(n) for n in range(10)]


def test_a_label_that_also_ends_articles_is_no_subhead() -> None:
    articles = [[*body(n, 1 + n % 3), "PASANG DI SINI", *body(n + 50, n % 4), "Redaksi Pelita"] for n in range(12)]
    assert cleaned(articles) == [[*body(n, 1 + n % 3), *body(n + 50, n % 4)] for n in range(12)]


def test_a_sentence_below_every_article_goes() -> None:
    foot = ["Ikuti kabar pesisir setiap hari di saluran kami.", "Redaksi", "Warta ini milik warga pesisir semuanya."]
    assert cleaned([[*body(n), *foot] for n in range(8)]) == [body(n) for n in range(8)]


def test_copies_of_one_article_do_not_make_it_furniture() -> None:
    articles = [body(1)] * 6 + [body(n) for n in range(2, 6)]
    assert cleaned(articles) == articles


def test_a_short_line_of_its_own_does_not_make_a_copy_another_article() -> None:
    articles = [[f"Oleh {WORDS[n].title()}", *body(1)] for n in range(6)] + [body(n) for n in range(2, 6)]
    assert cleaned(articles) == articles


def test_the_same_line_on_different_sites_stays() -> None:
    articles = [[*body(n), "Laporan ini ditulis bersama warga"] for n in range(6)]
    assert cleaned(articles, [f"situs-{n}.example" for n in range(6)]) == articles


SHARED = {
    "refrain": [[*body(n, 2), "Oh muara, oh dermaga", *body(n + 50, 2), "Oh muara, oh dermaga"] for n in range(2)],
    "serial": [[f"Bagian {n}", *body(n)] for n in range(2)],
    "prices": [
        [*body(n, 2), f"Beras: Rp {n}2.500", f"Cabai: Rp {n}9.000", f"Gula: Rp 1{n}.000", *body(n + 50, 2)]
        for n in range(8)
    ],
    "columnist": [["Kolom ini terbit setiap pekan.", *body(n)] for n in range(3)],
    "subheads": [[*body(n, 4), "Latar belakang", *body(n + 50, 6)] for n in range(4)],
    "subheads of every article": [
        [*body(n, 1), "Pemeriksaan Kabar", *body(n + 50, 1), "Kesimpulan Redaksi", *body(n + 90, 1)] for n in range(8)
    ],
    "subheads in capitals": [[*body(n, 4), "KESIMPULAN", *body(n + 50, 6)] for n in range(14)],
    "questions": [[*body(n, 4), "Apa kata warga?", *body(n + 50, 4)] for n in range(14)],
    "labels of sentences": [
        [*body(n, 3), "Kesimpulan: jembatan nomor " + WORDS[n] + " tetap lurus dan aman dilalui.", *body(n + 50, 3)]
        for n in range(14)
    ],
    "talks": [[row for k in range(3) for row in ("Pewawancara:", *body(50 * k + n, 1))] for n in range(14)],
    "tables": [[row for k in range(4) for row in (*body(50 * k + n, 1), "Menang", "Kalah")] for n in range(14)],
    "figures": [[*body(n, 4), f"Suhu hari ini {n + 20} derajat", *body(n + 50, 6)] for n in range(14)],
    "list heads": [[*body(n, 2), "1. Facebook", *body(n + 50, 1), "2. Instagram", *body(n + 90, 2)] for n in range(2)],
}


OTHERS = {"subheads": 3, "subheads of every article": 0, "labels of sentences": 0}
"""Articles of the site that share nothing, where they are not 12."""


@pytest.mark.parametrize("name", SHARED)
def test_what_articles_share_rightly_stays(name: str) -> None:
    articles = SHARED[name] + [body(n) for n in range(900, 900 + OTHERS.get(name, 12))]
    assert cleaned(articles) == articles


EDGES = [json.loads(line) for line in (CASES / "edges.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", EDGES, ids=lambda case: case["why"])
def test_sentences_at_the_end_of_running_text(case: dict[str, Any]) -> None:
    def running(n: int) -> str:
        return " ".join(body(1 if case.get("copies") else n, 4))

    articles = [[running(n) + case["ends"].format(name=WORDS[n].title())] for n in range(case["of"])]
    others = [[running(n)] for n in range(900, 900 + case.get("others", 0))]
    left = [[running(n)] for n in range(case["of"])] if case["goes"] else articles
    assert cleaned([*articles, *others]) == [*left, *others]


def test_half_of_these_cases_are_traps() -> None:
    assert 2 * sum(not case["goes"] for case in EDGES) >= len(EDGES)


def test_long_lines_are_only_flagged() -> None:
    long = "Warta ini disiarkan kepada warga pesisir " * 6 + "setiap hari."
    texts = ["\n".join([*body(n), long]) for n in range(6)]
    known = learn_repeats([site_lines(texts, ["s"] * 6)])
    article = take(known, Article("", "", texts[0]), "s")
    assert article.text == texts[0]
    assert article.flags == ("repeated-long-line",)


def test_removals_are_in_offsets_of_before_and_join_those_that_stand() -> None:
    texts = [
        "\n".join(["Medan - " + " ".join(body(n, 1)), *body(n, 3), "Ikuti kami di saluran pesisir"]) for n in range(6)
    ]
    known = learn_repeats([site_lines([t[8:] for t in texts], ["s"] * 6)])
    dateline = Removal(0, 8, "dateline-dash", "dateline")
    article = take(known, Article("", "", texts[0], removals=(dateline,)), "s")
    assert article.removals[0] == dateline
    assert article.text == texts[0][8:].rsplit("\n", 1)[0]
    assert cut(texts[0], article.removals) == article.text


@pytest.mark.parametrize("size", [1, 3, 100])
def test_batches_do_not_matter(size: int, tmp_path) -> None:  # type: ignore[no-untyped-def]
    texts = ["\n".join(["Beranda", *body(n), "Ikuti kami di saluran pesisir"]) for n in range(12)]
    sites = ["a" if n % 2 else "b" for n in range(12)]
    whole = learn_repeats([site_lines(texts, sites)])
    batches = [site_lines(texts[i : i + size], sites[i : i + size]) for i in range(0, 12, size)]
    parts = learn_repeats(batches)
    parts.save(tmp_path / "repeats.npy")
    loaded = Repeats.load(tmp_path / "repeats.npy")
    for other in (parts, loaded):
        assert all((getattr(whole, c) == getattr(other, c)).all() for c in ("keys", "anchors", "of", "places"))
    assert len(whole.keys)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8), st.text(min_size=1, max_size=20))
def test_any_texts_stay_whole_but_for_recorded_removals(texts: list[str], shared: str) -> None:
    texts = [f"{text}\n{shared}" for text in texts]
    known = learn_repeats([site_lines(texts, ["s"] * len(texts))])
    for text in texts:
        article = take(known, Article("", "", text), "s")
        assert cut(text, article.removals) == article.text
        assert all(a.end <= b.start for a, b in pairwise(article.removals))


@pytest.mark.parametrize("between", ["\n", " "])
@pytest.mark.parametrize("versions", [3, 5, 30])
def test_versions_of_one_article_keep_what_they_share(between: str, versions: int) -> None:
    """Crawls of one article before and after an edit differ in their last paragraph, which makes them no different
    articles. With a blank between the paragraphs the text has lost its line ends."""
    texts = [[between.join([*body(0, 8), *body(n, 1)])] for n in range(1, versions + 1)]
    assert [between.join(lines) for lines in cleaned(texts)] == [text for [text] in texts]


def test_furniture_goes_from_under_briefs_that_are_shorter() -> None:
    foot = ["Ikuti kabar pesisir di saluran kami setiap pagi dan petang.", "Redaksi menerima kiriman tulisan pembaca."]
    assert cleaned([[*body(n, 1), *foot] for n in range(20)]) == [body(n, 1) for n in range(20)]
