"""What further phrase lists take from articles that the shipped ones leave, with an example of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cleaner.article import Article, Reject, Removal
from cleaner.audit.report.markup import clipped
from cleaner.errors import CleanerError
from cleaner.options import Options
from cleaner.pipeline import load_article, strip_article
from cleaner.read.files import list_sources
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks

__all__ = ["Taking", "takings"]


@dataclass(frozen=True, slots=True)
class Taking:
    """What one piece of evidence takes: how often, and the first time as an example."""

    why: str
    times: int
    example: str
    where: str


def takings(inputs: Iterable[str], options: Options) -> list[Taking]:
    """The removals under `options` that are none without `options.phrases`, by their evidence, the most frequent first.

    Input that cannot be read is passed over.
    """
    found: dict[str, Taking] = {}
    for item in plan_tasks(list_sources(inputs, options), options):
        for raw in [] if isinstance(item, Reject) else read_records(item, options):
            if isinstance(raw, Reject):
                continue
            article = load_article(raw, options)
            for removal in _news(article, options):
                gone = clipped(" ".join(article.before[removal.start : removal.end].split()), 100)
                known = found.get(removal.why) or Taking(removal.why, 0, gone, article.id)
                found[removal.why] = replace(known, times=known.times + 1)
    return sorted(found.values(), key=lambda t: (-t.times, t.why))


def _news(article: Article, options: Options) -> list[Removal]:
    try:
        tidied = strip_article(article, options)
    except CleanerError:  # a list is wrong, which is told elsewhere
        return []
    plain = strip_article(article, replace(options, phrases=""))
    gone = [(r.start, r.end) for r in plain.removals]
    fresh = (r for r in tidied.removals if r.kind != "space")
    return [r for r in fresh if not any(a <= r.start and r.end <= b for a, b in gone)]
