"""Find duplicates: the articles that are dropped because another one is kept. The steps in their order, each a shuffle:

same URL        of the crawls of one page one is kept, where the options ask for it    urls.py
rank            one order of all articles: the better ranked of two is kept            order.py
exact copies    articles with the same tokens                                          copies.py
candidates      pairs that agree in a band of their signatures, and crawls of one URL  candidates.py
token stores    the tokens of those, and the shingles that recur on their sites        token_stores.py
candidates      again, by signatures without those shingles
components      the connected components of all pairs                                  candidates.py
keepers         pairs are compared by their tokens, and keepers chosen                 keepers.py
decisions       drops, and duplicates of kept articles, are sent back to the shards    here
verified        the connected components of verified pairs, for --split                here
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from cleaner.arrays import distinct
from cleaner.article import Drop
from cleaner.characters import visible_length
from cleaner.corpus.addressed_lines import join_by_part, save_lines
from cleaner.corpus.candidates import find_candidates, label_components, pair_by_key
from cleaner.corpus.copies import Copies, find_copies
from cleaner.corpus.keepers import DOUBTFUL, DROPPED, Dropped, choose_all_keepers
from cleaner.corpus.order import Ranks, rank_shards
from cleaner.corpus.saved_index import Index
from cleaner.corpus.shards import SKETCH, ShardSet
from cleaner.corpus.token_stores import store_tokens
from cleaner.corpus.urls import SAME_URL, find_same_urls
from cleaner.engine.columns import binary_column, fixed_column, number_column
from cleaner.engine.shuffle import Emitted, InMemory, Shuffle, Table
from cleaner.errors import WorkError
from cleaner.neardup.lsh import LOWEST, LOWEST_AGAIN, LOWEST_FIRST, CandidatePairs
from cleaner.neardup.sketches import sketch
from cleaner.neardup.verify import EXACT, RULES
from cleaner.options import Options
from cleaner.output.pairs import PairRow, write_pairs

__all__ = ["Decided", "Decisions", "TextDuplicates", "find_duplicates", "find_duplicates_of_texts"]

Decided = tuple[dict[int, Drop], dict[int, tuple[str, ...]]]
"""The decisions on one shard, by row: the drops, and the ids of the articles in whose place an article is kept."""

_LISTED = 1 << 20  # doubtful pairs whose ids are looked up at once


@dataclass(frozen=True, slots=True)
class Decisions:
    """The articles that are dropped, and those that are kept in the place of others.

    A line is JSON: `["drop", id, reason, detail, keeper, jaccard, containment]`, or `["kept", id]`, which names an
    article in whose place this one is kept.
    """

    shards: ShardSet
    tables: tuple[Table, ...]  # of lines by address, one for each step that drops
    counts: dict[str, int]  # figures for the manifest

    def of_shard(self, number: int) -> Decided:
        """Return the decisions on one shard."""
        drops: dict[int, Drop] = {}
        kept: dict[int, list[str]] = defaultdict(list)
        for row, kind, id, *values in self.lines(number):
            if kind == "drop":
                reason, detail, keeper, jaccard, containment = values
                drops[row] = Drop(id, reason, detail, keeper, round(jaccard, 4), round(containment, 4))
            else:
                kept[row].append(id)
        return drops, {row: tuple(sorted(ids)) for row, ids in kept.items()}

    def lines(self, number: int) -> Iterator[list[Any]]:
        """Yield the lines about one shard, parsed and each behind its row."""
        for table in self.tables:
            for row, line in self.shards.lines(table, number):
                yield [row, *orjson.loads(line)]


def find_duplicates(shuffle: Shuffle, shards: ShardSet, options: Options, pairs: Path | None = None) -> Decisions:
    """Decide which articles are dropped because another is kept. `pairs` is the file for the list of `--pairs`.

    Where the options ask for a split, the table "labels" gets the array `verified`: see `Dropped.label_verified`.
    """
    tables: tuple[Table, ...] = ()
    if options.one_per_url:
        same_urls = find_same_urls(shuffle, shards, options.one_per_url)
        tables, shards = (same_urls,), replace(shards, gone=same_urls)
    if not options.dedup and not options.split:
        return Decisions(shards, tables, {})  # --one-per-url works without near-duplicates as well
    if options.against:
        index = Index.open(Path(options.against))
        # tables of an unfinished run refer to articles of the index by their place in it
        if list(shuffle.once("index", index.state)) != index.state():
            raise WorkError(
                f"The index {options.against} has changed since the unfinished run, whose steps against it are kept. "
                "Run again with --fresh to start over."
            )
        shards = index.behind(shards)
    found, counts, dropped, ranks = _find_near(
        shuffle, shards, options.keep_duplicate, options.min_similarity, connect=bool(options.split)
    )
    decisions = Decisions(shards, (*tables, found) if options.dedup else tables, counts)
    if pairs is not None and options.dedup:
        decided = (drop for n in shards.numbers for _, drop in sorted(decisions.of_shard(n)[0].items()))
        merged = ((d.keeper, d.id, d.jaccard, d.detail, True) for d in decided if d.reason != SAME_URL)
        write_pairs(pairs, chain(_list_doubtful(ranks, dropped), merged))
    return decisions


def _find_near(
    shuffle: Shuffle, shards: ShardSet, keep: str, min_similarity: float, *, connect: bool = False
) -> tuple[Table, dict[str, int], Dropped, Ranks]:
    """Find exact copies and near-duplicates. Returns lines as in `Decisions`, figures, and what pairs are listed
    from."""
    ranks = rank_shards(shuffle, shards, keep)
    copies = find_copies(shuffle, ranks)
    first = find_candidates(
        shuffle, "first", shards.all, copies.signed, len(ranks), ranks.olds, ranks.signatures, LOWEST_FIRST
    )
    # a shorter crawl of a page shares few bands with the whole one, so all crawls of one URL are pairs
    crawls = pair_by_key(shuffle, "crawls", shards.numbers, copies.pages, len(ranks), ranks.olds)
    stores = store_tokens(shuffle, ranks, [first, crawls])
    again = find_candidates(
        shuffle, "again", stores.groups, stores.changed, len(ranks), ranks.olds, stores.signatures, LOWEST_AGAIN
    )
    # the first candidates are estimated once more, by signatures without the boilerplate of their sites
    remaining = shuffle.table("likely")
    shuffle.each("likely", partial(first.save_likely, stores.signatures, LOWEST, remaining), first.parts)
    pairs = [replace(first, table=remaining), again, crawls]
    labels = shuffle.table("labels")
    batches = (candidates.pairs(part) for candidates in pairs for part in candidates.parts)
    # labelled in the calling process: that takes 4 bytes an article, and on a cluster it would take 20 shuffles
    shuffle.once("labels", lambda: labels.save("components", label_components(len(ranks), batches)))
    dropped = choose_all_keepers(shuffle, stores, pairs, labels, min_similarity, connect=connect)
    if connect:
        exact = (CandidatePairs(*copies.of_shard(number)[::-1]) for number in shards.numbers)
        shuffle.once("verified", lambda: dropped.label_verified(labels, exact))
    decided = shuffle.table("decisions")
    tasks = [("dropped", part) for part in range(dropped.parts)] + [("copies", number) for number in shards.numbers]
    kept = shuffle.reduce(
        "decisions", tasks, partial(_emit_decisions, ranks, copies, dropped), partial(save_lines, decided)
    )
    stores.free()  # a fifth of the input where articles are short
    counts = {
        "exact": copies.count,
        # of pairs found in the second round only likely ones count: the others were estimated before, or are chance
        "candidates": first.found + again.kept,
        "verified": dropped.compared,
        "long_runs": first.crowded,
        "recurring": len(stores.recurring().keys),
        "components": sum(kept),
    }
    return decided, counts, dropped, ranks


def _emit_decisions(ranks: Ranks, copies: Copies, dropped: Dropped, task: tuple[str, int]) -> Emitted:
    """Emit a drop to the shard of each dropped article, and its id to the shard of its keeper."""
    kind, number = task
    if kind == "dropped":
        gone = dropped.table.load(number, DROPPED)
    else:
        copied, originals = copies.of_shard(number)
        gone = np.empty(len(copied), DROPPED)
        gone["keeper"], gone["jaccard"], gone["containment"], gone["rule"] = originals, 1.0, 1.0, EXACT
        # where the original of a copy is dropped itself, the copy has the same keeper, similarity and rule
        goes, records = dropped.find(originals)
        gone[goes] = records
        gone["rank"] = copied
    both = distinct(np.concatenate([gone["rank"], gone["keeper"]]))
    # ids are looked up here, where ranks are close together; the keepers of a shard may be anywhere
    ids, addresses = ranks.ids(both), ranks.addresses(both)
    groups = ranks.shards.groups(addresses).tolist()
    own, keeper = np.searchsorted(both, gone["rank"]), np.searchsorted(both, gone["keeper"])

    def lines() -> Iterator[tuple[int, bytes]]:
        for record, a, b in zip(gone.tolist(), own.tolist(), keeper.tolist(), strict=True):
            _, _, jaccard, containment, rule = record
            drop = orjson.dumps(["drop", ids[a], "duplicate", RULES[rule], ids[b], jaccard, containment])
            yield groups[a], b"%d\t%s\n" % (addresses[a], drop)
            yield groups[b], b"%d\t%s\n" % (addresses[b], orjson.dumps(["kept", ids[a]]))

    return join_by_part(lines())


def _list_doubtful(ranks: Ranks, dropped: Dropped) -> Iterator[PairRow]:
    """Yield the doubtful pairs, each once, the most similar first; sorting takes 25 bytes of memory each."""
    doubtful = np.concatenate([np.zeros(0, DOUBTFUL), *map(dropped.keepers.load, dropped.doubtful)])
    order = np.lexsort((doubtful["high"], doubtful["low"], -doubtful["jaccard"]))
    # both searches may have found a pair; its higher figure counts, which comes first
    order = order[np.sort(np.unique(doubtful[["low", "high"]][order], return_index=True)[1])]
    goes, records = dropped.find(doubtful["high"][order])
    merged = np.zeros(len(order), np.bool_)
    merged[goes] = records["keeper"] == doubtful["low"][order][goes]
    order = order[~merged]
    for first in range(0, len(order), _LISTED):
        block = doubtful[order[first : first + _LISTED]]
        both = distinct(np.concatenate([block["low"], block["high"]]))
        ids = ranks.ids(both)
        a, b = np.searchsorted(both, block["low"]).tolist(), np.searchsorted(both, block["high"]).tolist()
        for low, high, jaccard, rule in zip(a, b, block["jaccard"].tolist(), block["rule"].tolist(), strict=True):
            yield ids[low], ids[high], jaccard, RULES[rule], False


@dataclass(frozen=True, slots=True)
class TextDuplicates:
    """The duplicates among some texts, which are known by their index."""

    # number, number of its keeper, jaccard, containment, rule; by number
    dropped: list[tuple[int, int, float, float, str]]
    # low, high, jaccard, rule; the nearest first
    doubtful: list[tuple[int, int, float, str]]
    # figures as in the manifest
    counts: dict[str, int]


def find_duplicates_of_texts(
    texts: Sequence[str],
    ids: Sequence[str],
    *,
    dates: Sequence[str] = (),
    sites: Sequence[str] = (),
    urls: Sequence[str] = (),
    keep: str = "longest",
    min_similarity: float = 0.6,
    carrier: InMemory | None = None,
    memory: int = 1 << 30,
) -> TextDuplicates:
    """Find exact copies and near-duplicates among texts in memory, in the calling process.

    `dates`, `sites` and `urls` are as long as `texts`, or () where no text has one. Equal ids are in the order given.
    """
    # only the order of ids matters, and they may be any strings, so each is replaced by its place in that order
    by_id = sorted(range(len(ids)), key=ids.__getitem__)
    names = np.empty(len(ids), np.int64)
    names[by_id] = np.arange(len(ids))
    none = [b""] * len(texts)
    sketches = sketch(texts)
    table = pa.table(
        {
            "id": binary_column([b"%012d" % name for name in names.tolist()]),
            "date": binary_column([date.encode("utf-8", "replace") for date in dates] or none),
            "site": binary_column([site.encode("utf-8", "surrogatepass") for site in sites] or none),
            "url": binary_column([url.encode("utf-8", "surrogatepass") for url in urls] or none),
            "drop": binary_column(none),
            "text": binary_column([text.encode("utf-8", "surrogatepass") for text in texts]),
            "length": number_column(np.array([*map(visible_length, texts)], np.int64)),
            **{name: fixed_column(getattr(sketches, name)) for name in SKETCH},
        }
    )
    shards = ShardSet(None, 1, held=(table,))
    shuffle = Shuffle(carrier or InMemory(), None, memory)
    found, counts, dropped, ranks = _find_near(shuffle, shards, keep, min_similarity)
    decisions = Decisions(shards, (found,), counts)
    drops = [line for line in decisions.lines(0) if line[1] == "drop"]
    # numpy's rounding, which differs from Python's in one of some thousand figures
    likeness = np.round(np.array([line[-2:] for line in drops]).reshape(-1, 2), 4).tolist()
    return TextDuplicates(
        [
            (row, by_id[int(keeper)], jaccard, containment, rule)
            for (row, _, _, _, rule, keeper, *_), (jaccard, containment) in zip(drops, likeness, strict=True)
        ],
        [
            (by_id[int(low)], by_id[int(high)], round(jaccard, 4), rule)
            for low, high, jaccard, rule, _ in _list_doubtful(ranks, dropped)
        ],
        counts,
    )
