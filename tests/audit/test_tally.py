"""The tally of a run: however the corpus is cut, and in whatever order the pieces come, it adds up to the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import Drop, Removal
from cleaner.audit.report import statistics
from cleaner.audit.report.shown_duplicates import DuplicateStatistics
from cleaner.audit.report.statistics import Position, Statistics, TopK
from cleaner.audit.tally import EXAMPLES, HALF_OF, MOST_REMOVED, SAMPLE, dropped_line, kept_line, order, tally

KINDS = [("phrase", "ad", "id list, ad.line: Iklan"), ("phrase", "share", "id list, share.line: Bagikan")]
PLAIN = {"text": "x", "words": 1, "language": "id", "language_score": 1.0, "source": "s.txt", "repair": []}
PLAIN |= {"title": "", "encoding": "utf-8"}
KINDS += [("repeat", "repeat", "beside 7 articles"), ("space", "space", "a gap")]


@st.composite
def articles(draw: st.DrawFn) -> list[tuple[dict[str, Any], list[Removal], Drop | None]]:
    """Records with their removals, and the verdicts on them."""
    random = Random(draw(st.integers()))
    found = []
    for n in range(draw(st.integers(0, 40))):
        starts = sorted(random.sample(range(100), random.randrange(5)))
        removals = [Removal(a, a + random.randrange(1, 9), *random.choice(KINDS)) for a in starts]
        record = {
            "id": f"a{n}",
            "text": random.choice(["", "\ufffd "]) + "x " * random.randrange(300),
            "words": random.randrange(90),
            "title": random.choice(["", "Pasar"]),
            "encoding": random.choice(["utf-8", "cp1252"]),
            "language": random.choice(["id", "ms", "und"]),
            "language_score": random.random(),
            "site": random.choice(["", "satu.example", "dua.example"]),
            "source": random.choice(["raw/a.txt", "raw/deep/b.txt", "c.txt"]),
            "repair": random.choice([[], ["3:9 unescape_html"], ["fix_encoding", "uncurl_quotes"]]),
            "flags": random.choice([[], ["short"], ["short", "markup"]]),
            "duplicates": [] if random.random() < 0.8 else ["b"] * random.randrange(1, 4),
        }
        keeper = Drop(f"a{n}", "duplicate", "exact", "a0", random.random(), random.random())
        verdict = random.choice([None, None, keeper, Drop(f"a{n}", "too-short")])
        found.append((record, removals, None if record["duplicates"] else verdict))
    return found


def removed_text(span: Removal) -> str:
    """A text of as many words as the span has characters beyond its first."""
    return " ".join(["Iklan"] * (span.end - span.start - 1))


def added_up(pieces: Sequence[Sequence[Any]], names: Random | None = None) -> dict[str, Any]:
    """Return the sums of these tallies, with ids in the place of rows."""
    sums, pairs, ids = Statistics(["satu.example"]), DuplicateStatistics(), dict[Position, str]()
    numbered = list(enumerate(pieces))
    if names:
        names.shuffle(numbered)
    for shard, piece in numbered:
        ids |= {(shard, place): record["id"] for place, (record, *_) in enumerate(piece)}
        texts = [[removed_text(span) for span in spans if span.kind != "space"] for _, spans, _ in piece]
        made = tally([r["id"] for r, *_ in piece], [r for r, *_ in piece], [s for _, s, _ in piece], texts)
        sums.add(orjson.loads(orjson.dumps(made)), shard)
        for place, (record, _, drop) in enumerate(piece):
            if drop:
                sums.drop(line := dropped_line(place, record, drop), shard)
                pairs.drop(line, shard)
            elif record["duplicates"]:
                pairs.add_keeper(kept_line(place, record), shard)
    named = {place: ids[place] for place in ids}

    def examples(found: Any) -> list[Any]:
        return [(named[at[1], at[2]], *at[3:]) for at in found.examples]

    def counted(found: Any) -> tuple[Any, ...]:
        return found.spans, found.characters, found.words, found.articles, examples(found)

    return {
        "articles": sums.articles,
        "words": sums.words,
        "titled": sums.titled,
        "rules": {key: counted(f) for key, f in sums.rules.items()},
        "phrases": {key: counted(f) for key, f in sums.phrases.sums.items()},
        "kinds": dict(sums.kinds),
        "sites": sums.sites.sums,
        "languages": sums.languages,
        "cases": {key: (f.articles, examples(f)) for key, f in sums.cases.items()},
        "most removed": [(at[0], named[at[2], at[3]]) for at in sums.most_removed],
        "flags": {key: (f.articles, examples(f)) for key, f in sums.flags.items()},
        "repairs": {key: f.spans for key, f in sums.repairs.sums.items()},
        "dropped": {key: (f.articles, f.characters, f.words, examples(f)) for key, f in sums.dropped.items()},
        "shown": {named[place] for place in sums.shown()},
        "similarities": pairs.similarities,
        "sizes": pairs.sizes,
        "pairs": [(named[place], keeper) for place, keeper in pairs.shown()],
        "clusters": [named[at[2], at[3]] for at in pairs.clusters],
    }


@settings(deadline=None, max_examples=60)
@given(articles(), st.lists(st.integers(0, 40)), st.randoms(use_true_random=False))
def test_the_cut_and_the_order_of_pieces_change_nothing(corpus: list[Any], cuts: list[int], random: Random) -> None:
    edges = sorted({0, len(corpus), *(c for c in cuts if c < len(corpus))})
    assert added_up([corpus[a:b] for a, b in pairwise(edges)], random) == added_up([corpus])


@settings(deadline=None, max_examples=60)
@given(articles())
def test_it_counts_what_is_there(corpus: list[Any]) -> None:
    found = added_up([corpus])
    spans = Counter((r.kind, r.rule) for _, removals, _ in corpus for r in removals)
    assert {key: n for key, (n, *_) in found["rules"].items()} == spans
    del spans["space", "space"]
    words, articles = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for _, removals, _ in corpus:
        articles.update({(r.kind, r.rule) for r in removals if r.kind != "space"})
        for r in removals:
            words[r.kind, r.rule] += r.end - r.start - 1 if r.kind != "space" else 0
    assert {key: (w, n) for key, (_, _, w, n, _) in found["rules"].items() if key in spans} == {
        key: (words[key], articles[key]) for key in spans
    }
    kinds = Counter(kind for _, removals, _ in corpus for kind in {r.kind for r in removals} - {"space"})
    kinds[""] = sum(any(r.kind != "space" for r in removals) for _, removals, _ in corpus)
    assert +Counter(found["kinds"]) == +kinds
    for groups in (found["sites"], found["languages"]):
        assert sum(g.read for g in groups.values()) == len(corpus)
        assert sum(g.written for g in groups.values()) == sum(drop is None for *_, drop in corpus)
        of_groups = [(key, numbers) for g in groups.values() for key, numbers in g.rules.items()]
        assert {key: sum(n[0] for k, n in of_groups if k == key) for key, _ in of_groups} == spans
        assert {key: sum(n[1] for k, n in of_groups if k == key) for key in spans} == {key: words[key] for key in spans}
        assert {key: sum(n[2] for k, n in of_groups if k == key) for key in spans} == articles
        assert sum(g.removed_words for g in groups.values()) == words.total()
        assert sum(g.words for g in groups.values()) == sum(r["words"] for r, _, drop in corpus if drop is None)
        assert sum(g.before - g.removed for g in groups.values()) == sum(len(r["text"]) for r, *_ in corpus)
    written = [r["language_score"] for r, _, drop in corpus if drop is None]
    columns = Counter(min(9, int(score * 10)) for score in written)
    assert [sum(g.scores[i] for g in found["languages"].values()) for i in range(10)] == [columns[i] for i in range(10)]
    shares = [
        (sum(s.end - s.start for s in removals), len(r["text"]) + sum(s.end - s.start for s in removals))
        for r, removals, _ in corpus
    ]
    assert found["cases"].get("half", [0])[0] == sum(before >= HALF_OF and 2 * gone > before for gone, before in shares)
    lost = sorted(-10_000 * gone // before for gone, before in shares if gone and before >= HALF_OF)
    assert [share for share, _ in found["most removed"]] == lost[:MOST_REMOVED]
    assert found["titled"] == sum(r["title"] != "" for r, *_ in corpus)
    assert found["repairs"].get("unescape_html", 0) == sum(r["repair"] == ["3:9 unescape_html"] for r, *_ in corpus)


def test_the_first_in_the_seeded_order_are_shown() -> None:
    names = [f"a{n}" for n in range(3 * SAMPLE)]
    record = {**PLAIN, "site": ""}
    corpus = [({**record, "id": name, "flags": ["short"], "duplicates": []}, [], None) for name in names]
    found = added_up([corpus[:250], corpus[250:]])
    by_order = sorted(names, key=order)
    assert found["shown"] == set(by_order[:SAMPLE])
    assert found["flags"] == {"short": (len(names), [(name,) for name in by_order[:EXAMPLES]])}


def test_sites_beyond_those_counted_one_by_one_keep_their_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_SITES", 2)
    record = {**PLAIN, "flags": []}
    corpus = [
        ({**record, "id": f"a{n}", "site": f"{n}.example", "duplicates": []}, [Removal(0, 9, *KINDS[0])], None)
        for n in range(9)
    ]
    sites = added_up([corpus[:7], corpus[7:]])["sites"]
    assert {name: sum(spans for spans, *_ in group.rules.values()) for name, group in sites.items()} == {
        "0.example": 1,
        "1.example": 1,
        statistics.OTHER_SITES: 7,
    }


class Total:
    def __init__(self) -> None:
        self.number = 0

    def add(self, other: Total) -> None:
        self.number += other.number


@settings(deadline=None)
@given(st.lists(st.integers(0, 30)), st.integers(1, 6), st.sets(st.integers(0, 30), max_size=3))
def test_top_k_sums_are_bounded_and_exact(keys: list[int], most: int, named: set[int]) -> None:
    top: TopK[int, Total] = TopK(Total, most, -1, named)
    for key in keys:
        top.of(key).number += 1
    counted = Counter(keys)
    others = sorted(counted.keys() - named)
    stay = {*others[:most], *(named & counted.keys())}
    rest = sum(counted[key] for key in others[most:])
    assert {k: t.number for k, t in top.sums.items()} == {k: counted[k] for k in stay} | ({-1: rest} if rest else {})
