"""Collect what the steps over the whole corpus decided about each article, for the write stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cleaner.article import Drop
from cleaner.corpus.duplicates import Decisions, find_duplicates
from cleaner.corpus.paragraphs import SharedParagraphs, find_shared_paragraphs
from cleaner.corpus.portions import Portions, split_corpus
from cleaner.corpus.shards import ShardSet
from cleaner.engine.shuffle import Shuffle
from cleaner.options import Options

__all__ = ["CorpusDecisions", "ShardDecisions", "decide"]


@dataclass(frozen=True, slots=True)
class ShardDecisions:
    """The decisions on one shard, by row.

    `drops` are the articles to drop, and `duplicates` the ids that a kept article has in its cluster. `parts` has the
    part of the split of every row. `paragraphs` are those to remove: (offset in the clean text, id of the keeper).
    """

    drops: Mapping[int, Drop]
    duplicates: Mapping[int, tuple[str, ...]]
    parts: Sequence[str] = ()
    paragraphs: Mapping[int, Sequence[tuple[int, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CorpusDecisions:
    """The decisions on all shards."""

    duplicates: Decisions
    portions: Portions | None
    paragraphs: SharedParagraphs | None

    def of_shard(self, number: int) -> ShardDecisions:
        """Return the decisions on one shard."""
        return ShardDecisions(
            *self.duplicates.of_shard(number),
            self.portions.of_shard(number) if self.portions else (),
            self.paragraphs.of_shard(number) if self.paragraphs else {},
        )


def decide(shuffle: Shuffle, shards: ShardSet, options: Options, pairs: Path | None = None) -> CorpusDecisions:
    """Find duplicates, then split the articles that are left, then find the paragraphs that several of these share."""
    found = find_duplicates(shuffle, shards, options, pairs)
    portions, paragraphs = None, None
    if options.split:
        portions, found = split_corpus(shuffle, found, options)
    if options.dedup_paragraphs:
        paragraphs = find_shared_paragraphs(shuffle, found, options)
    return CorpusDecisions(found, portions, paragraphs)
