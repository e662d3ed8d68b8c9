"""Which articles go: the cases, the promises of order and keepers, and inputs that would break a lesser tool."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.corpus.duplicates import TextDuplicates
from cleaner.corpus.shards import ShardSet
from cleaner.engine.shuffle import InMemory
from cleaner.errors import OptionError
from cleaner.neardup.columns import Room
from cleaner.neardup.order import order_articles

CASES = Path(__file__).parents[1] / "cases" / "neardup" / "pairs.toml"
PAIRS = tomllib.loads(CASES.read_text("utf-8"))["pair"]
Make = Callable[..., str]
Find = Callable[..., TextDuplicates]


def gone(found: TextDuplicates) -> dict[int, int]:
    """Return the keeper of each text that is dropped."""
    return {text: keeper for text, keeper, *_ in found.dropped}


def rules(found: TextDuplicates) -> list[str]:
    """Why texts go."""
    return [rule for *_, rule in found.dropped]


def edited(text: str, seed: int, changes: int) -> str:
    draw, words = random.Random(seed), text.split()
    for _ in range(changes):
        words[draw.randrange(len(words))] = f"lain{draw.randrange(1000)}x"
    return " ".join(words)


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["name"] for pair in PAIRS])
def test_the_cases(find: Find, pair: dict[str, Any]) -> None:
    found = find([pair["a"], pair["b"]], [0, 1], min_similarity=pair.get("min_similarity", 0.6))
    assert rules(found) == ([pair["same"]] if pair["same"] else [])


def test_half_of_the_cases_are_traps() -> None:
    assert sum(not pair["same"] for pair in PAIRS) * 2 >= len(PAIRS)


def test_a_removed_article_names_a_keeper_that_stays_and_their_similarity(make_article: Make, find: Find) -> None:
    original = make_article(1)
    texts = [edited(original, 5, 4), make_article(2), original + " " + make_article(3, 10), edited(original, 6, 4)]
    found = find(texts)
    assert gone(found) == {0: 2, 3: 2}
    a, b = ({" ".join(w[i : i + 3]) for i in range(len(w) - 2)} for w in (_words(texts[0]), _words(texts[2])))
    assert found.dropped[0][2:4] == (round(len(a & b) / len(a | b), 4), round(len(a & b) / min(len(a), len(b)), 4))


def _words(text: str) -> list[str]:
    return text.lower().replace(".", "").split()


def test_nothing_goes_by_chaining(make_article: Make, find: Find) -> None:
    """Every version is like the next one, the first and the last are not: one must stay for each that is unlike."""
    words = make_article(4, 200).split()
    other = make_article(5, 200).split()
    chain = [" ".join(other[:k] + words[k:]) for k in range(0, 201, 10)]
    found = find(chain, min_similarity=0.8)
    keepers = gone(found)
    assert keepers
    assert all(jaccard >= 0.8 or rule == "contiguous" for _, _, jaccard, _, rule in found.dropped)
    assert not set(keepers) & set(keepers.values())
    assert len(chain) - len(keepers) > 2


def test_syndicated_copies_in_different_furniture(make_article: Make, find: Find) -> None:
    body = make_article(7, 200)
    copies = [f"{make_article(100 + i, 25)} {edited(body, i, 2)} {make_article(200 + i, 35)}" for i in range(12)]
    found = find(copies, list(range(12)))
    assert len(found.dropped) == 11
    assert "contiguous" in rules(found)


def test_articles_that_share_a_long_footer_stay(make_article: Make, find: Find) -> None:
    footer = make_article(8, 200)
    texts = [f"{make_article(300 + i, 60)} {footer}" for i in range(30)]
    assert not len(find(texts, [0] * 30).dropped)


def test_notices_of_a_few_words_above_a_long_footer_stay(make_article: Make, find: Find) -> None:
    """What is left of them without the footer, fewer than 8 shingles, is too little to call one a copy."""
    footer = make_article(8, 120)
    notices = [f"Loket {name} tutup sampai Jumat sore. {footer}" for name in ("paspor", "pajak")]
    texts = notices + [f"{make_article(700 + i, 60)} {footer}" for i in range(12)]
    assert not len(find(texts, [0] * len(texts), min_similarity=0.4).dropped)


def test_copies_are_found_beneath_the_footers_of_their_sites(make_article: Make, find: Find) -> None:
    def page(site: int, article: int) -> str:
        return f"{make_article(article, 80)} {make_article(site, 160)}"

    texts = [page(1, 400 + i) for i in range(20)] + [page(2, 419 + i) for i in range(20)]
    found = find(texts, [0] * 20 + [1] * 20)
    assert {frozenset(pair) for pair in gone(found).items()} == {frozenset((19, 20))}


def test_articles_of_no_known_site_above_one_long_footer_stay(make_article: Make, find: Find) -> None:
    """More than fifty articles share the footer, so it is boilerplate though nobody says of which site."""
    footer = make_article(8, 120)
    texts = [f"{make_article(900 + i, 40)} {footer}" for i in range(60)]
    assert not find(texts).dropped
    assert len(find(texts[:40]).dropped) > 30, (
        "forty articles are a story with much of their own, as far as anyone sees"
    )


def test_a_story_that_twenty_papers_print_is_one(make_article: Make, find: Find) -> None:
    story = make_article(10, 200)
    texts = [f"{make_article(950 + i, 10)} {story} {make_article(980 + i, 15)}" for i in range(20)]
    assert len(find(texts).dropped) == 19


def test_what_recurs_without_a_site_does_not_touch_articles_of_sites(make_article: Make, find: Find) -> None:
    """Two papers print the text that stands below sixty articles of no known site; between the papers it is a story."""
    story = make_article(8, 120)
    texts = [f"{make_article(900 + i, 40)} {story}" for i in range(60)] + [story, f"{story} {make_article(5, 8)}"]
    assert set(gone(find(texts, [-1] * 60 + [0, 1])).items()) == {(60, 61)}


def test_many_copies_on_one_site_are_no_furniture(make_article: Make, find: Find) -> None:
    original = make_article(9, 200)
    texts = [edited(original, i, 1) for i in range(20)]
    assert len(find(texts, [0] * 20).dropped) == 19


def test_reports_of_one_form_stay(find: Find) -> None:
    draw = random.Random(3)
    texts = [
        f"Cuaca kota {draw.choice('ABCDEFGH')} hari ini cerah dengan suhu {draw.randrange(20, 36)} derajat, angin "
        f"{draw.randrange(3, 40)} km per jam, kelembapan {draw.randrange(40, 99)} persen dan peluang hujan "
        f"{draw.randrange(100)} persen. Matahari terbit pukul 5.{draw.randrange(10, 59)} dan terbenam pukul "
        f"18.{draw.randrange(10, 59)}. Warga diminta melihat laman badan cuaca sebelum bepergian ke luar kota."
        for _ in range(200)
    ]
    assert not len(find(texts, [0] * 200).dropped)


@pytest.mark.parametrize("keep", ["longest", "earliest", "first"])
def test_the_order_is_by_the_keeper_key(keep: str) -> None:
    lengths, dates, ids = np.array([5, 9, 9, 9]), ["2020-01-01", "", "2024-01-02", "2024-01-01"], ["d", "c", "b", "a"]
    expected = {"longest": [3, 2, 1, 0], "earliest": [0, 3, 2, 1], "first": [3, 2, 1, 0]}
    assert order_articles(lengths, dates, ids, keep).tolist() == expected[keep]


def test_an_unknown_keeper_key_is_an_error() -> None:
    with pytest.raises(OptionError, match="longest, earliest or first"):
        order_articles(np.array([1]), [""], ["a"], "newest")


@given(st.randoms(use_true_random=False), st.sampled_from([1 << 12, 1 << 30]), st.integers(1, 4))
@settings(deadline=None, max_examples=12)
def test_the_result_depends_on_nothing_but_the_articles(
    make_article: Make, find: Find, draw: random.Random, memory: int, parts: int
) -> None:
    originals = [make_article(i, 60) for i in range(12)]
    texts = originals + [edited(text, i, 3) for i, text in enumerate(originals)] + ["", "satu", "satu", "Satu!"]
    texts += [f"{make_article(50 + i, 20)} {make_article(99, 100)}" for i in range(10)]
    ids = [f"id {i}\n\u202e" for i in range(len(texts))]
    sites = [i % 3 for i in range(28)] + [7] * 10
    expected = _named(find(texts, sites, ids), ids)
    order = list(range(len(texts)))
    draw.shuffle(order)
    ids = [ids[i] for i in order]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cleaner.engine.shuffle.SMALLEST_PART", 1 << 8)
        carrier = InMemory(parts)
        found = find([texts[i] for i in order], [sites[i] for i in order], ids, memory=memory, carrier=carrier)
    assert _named(found, ids) == expected


def _named(found: TextDuplicates, ids: list[str]) -> list[tuple[object, ...]]:
    return sorted((ids[a], ids[b], *why) for a, b, *why in found.dropped)


def test_texts_without_words_are_nobodys_duplicates(find: Find) -> None:
    assert gone(find(["", "", "...", "—", "kata", "Kata."])) == {4: 5}


def test_no_articles_at_all(find: Find) -> None:
    found = find([])
    assert (found.dropped, found.doubtful) == ([], [])
    assert set(found.counts.values()) == {0}


@pytest.mark.parametrize("texts", [["sama saja di sini"] * 100_000, [f"kata{i} ok" for i in range(100_000)]])
def test_very_many_near_empty_texts(find: Find, texts: list[str]) -> None:
    found = find(texts)
    assert len(found.dropped) == len(texts) - len(set(texts))


def test_very_many_copies_that_differ_a_little(make_article: Make, find: Find) -> None:
    original = make_article(11, 150)
    found = find([f"{original} {i}" for i in range(3000)])
    assert len(found.dropped) == 2999
    assert len(set(gone(found).values())) == 1


def test_texts_of_candidates_alone_are_read(make_article: Make, find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [make_article(i) for i in range(700)] + [make_article(i) + " tambahan" for i in range(0, 700, 100)]
    asked: list[int] = []
    read = ShardSet.tokens

    def noted(shards: ShardSet, number: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        asked.extend(rows.tolist())
        return read(shards, number, rows)

    monkeypatch.setattr(ShardSet, "tokens", noted)
    assert len(find(texts).dropped) == 7
    assert asked == sorted(set(asked))
    assert set(range(700, 707)) <= set(asked)
    assert len(asked) < 100


def test_doubtful_pairs_name_what_came_near(make_article: Make, find: Find) -> None:
    original = make_article(12, 45)
    found = find([original, edited(original, 1, 2)], min_similarity=0.8)
    [(low, high, jaccard, rule)] = found.doubtful
    assert ({low, high}, rule) == ({0, 1}, "unlike")
    assert 0.7 <= jaccard < 0.8


def test_pairs_alike_but_for_their_numbers_are_doubtful(find: Find) -> None:
    pair = next(pair for pair in PAIRS if "numbers" in pair["name"])
    assert [rule for *_, rule in find([pair["a"], pair["b"]]).doubtful] == ["numbers"]


def test_columns_in_files_read_like_columns_in_memory(tmp_path: Path) -> None:
    firsts, lasts = np.array([90, 0, 50]), np.array([95, 3, 50])
    for memory in (0, 1 << 20):
        with Room(memory, tmp_path) as room:
            column = room.column(np.int64, 100)
            column.append(np.arange(60))
            column.append(np.arange(60, 100))
            assert column.take(firsts, lasts).tolist() == [90, 91, 92, 93, 94, 0, 1, 2]
    assert not list(tmp_path.iterdir())
