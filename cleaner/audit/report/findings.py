"""Find what a person should look at first: sentences about a run, the worst first, each with a link to its cases.

Every threshold stands here with its reason; docs/report.md states them for users.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from cleaner.audit.report.data import ReportData
from cleaner.audit.report.figures import in_words
from cleaner.audit.report.statistics import OTHER_SITES
from cleaner.audit.spans import clipped
from cleaner.audit.tally import BINS, DOUBTFUL
from cleaner.output.manifest import largest_first

__all__ = ["Finding", "find"]

_MANY_DROPPED = 0.5
"""A finding is made where such a share of the articles is dropped. Copies alone were 9 and 10 % of two test corpora,
of 4,000 and 6,000 articles."""

_SITE_ARTICLES, _SITE_LOSS, _RULE_SHARE, _SITE_SHARE = 10, 0.25, 0.4, 0.2
"""A rule is named where a site of 10 articles or more lost 25 % of its text, 40 % of that to this rule; or where the
rule took 40 % of all that the run removed, on a site with at most 20 % of the articles. The sites of the same two
corpora lost 5 and 13 % of their text, half of it to one rule, so half of a small loss is usual."""

_SITES_NAMED = 3  # findings about sites: with more, a person reads the section on sites

_LEFT_OUT_PAGES, _LEFT_OUT_SHARE = 5, 0.05
"""A finding is made of at least so many pages in which more prose was left out than kept, if they are such a share of
all. Front pages and forums are like that: of 100 pages of all kinds 19 were."""

_CLUSTER, _TIMES_USUAL = 10, 5
"""A cluster is large with so many articles, if that is so many times the median: news is copied two to six times (the
two corpora above), and fifty alike are mostly one form filled in, such as a daily table of prices."""

_DOUBTFUL_ARTICLES, _DOUBTFUL_SHARE, _DOUBTFUL_OF_LANGUAGE = 5, 0.01, 0.1
"""A finding is made of at least so many articles whose language is doubtful, if they are such a share of all or of one
language. Of the 10,000 articles of the two corpora none was doubtful."""

_FLAGGED_SHARE, _UNTITLED_SHARE = 0.01, 0.1
"""Shares of flagged articles and of missing titles that make a finding; the section on flags shows all flags."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, what it may mean, and where its cases are: an anchor and the filters of the article browser."""

    said: str
    hint: str
    level: str  # loss | doubt | note
    anchor: str = "articles"
    filters: tuple[tuple[str, str], ...] = ()


def find(counts: Mapping[str, Any], data: ReportData, flags: Mapping[str, str]) -> list[Finding]:
    """Return the findings about a run, the worst first. `counts` are those of the manifest; `flags` has a line on each
    flag."""
    return [
        *_lost_articles(counts, data),
        *_sites(data),
        *_misread_input(counts, data),
        *_clusters(data),
        *_languages(data),
        *_flags_and_titles(counts, data, flags),
    ]


def _lost_articles(counts: Mapping[str, Any], data: ReportData) -> Iterator[Finding]:
    """Yield findings where nothing was read or written, most was dropped, or articles lost half of their text."""
    read, written = (int(counts.get("articles", {}).get(step, 0)) for step in ("read", "written"))
    reasons = largest_first(counts.get("dropped", {}))
    told = _listed(reasons)
    filters = (("outcome", clipped(reasons[0][0], 200)),) if reasons else ()
    if not read:
        yield Finding("No article was read.", "What was set aside says why.", "loss", "rejects")
    elif not written:
        said = f"Nothing was written: {'the only article was' if read == 1 else f'all {read:,} articles were'} dropped."
        yield Finding(said, f"Why: {told}.", "loss", filters=filters)
    elif sum(n for _, n in reasons) >= _MANY_DROPPED * read:
        said = f"{sum(n for _, n in reasons):,} of {in_words(read, 'article')} were dropped."
        yield Finding(said, f"Why: {told}.", "loss", filters=filters)
    if (number := _case(data, "half")) and data.views:
        worst = data.views[0]
        hint = f"The most, {100 * worst.removed / (worst.before or 1):.0f} %, went from “{clipped(worst.title, 60)}”."
        said = f"{in_words(number, 'article')} lost more than half of {'its' if number == 1 else 'their'} text."
        yield Finding(said, hint, "loss", filters=(("case", "half"),))


def _sites(data: ReportData) -> Iterator[Finding]:
    """Yield a finding for each site on which one rule removed much of the text."""
    every = sum(rule.words for rule in data.rules) or 1
    found = list[tuple[int, Finding]]()
    for number, site in enumerate(data.sites):
        rule = next(iter(site.rules), None)
        if rule is None or site.name == OTHER_SITES or site.read < _SITE_ARTICLES or not site.removed_words:
            continue
        name, took = clipped(site.name, 60), f"{clipped(rule.name, 60)} (kind {clipped(rule.kind, 60)})"
        lost, of_site, of_all = site.removed / (site.before or 1), rule.words / site.removed_words, rule.words / every
        if of_all >= _RULE_SHARE and site.read <= _SITE_SHARE * data.articles:
            said = f"{name}: one rule took {100 * of_all:.0f} % of all that was removed."
        elif of_site >= _RULE_SHARE and lost >= _SITE_LOSS:
            said = f"{name} lost {100 * lost:.0f} % of its text, {100 * of_site:.0f} % of that to one rule."
        else:
            continue
        hint = f"The rule is {took}; it acted on {in_words(rule.articles, 'article')}."
        found.append((-rule.words, Finding(said, hint, "loss", f"site-{number}")))
    yield from (finding for _, finding in sorted(found, key=lambda one: one[0])[:_SITES_NAMED])


def _misread_input(counts: Mapping[str, Any], data: ReportData) -> Iterator[Finding]:
    """Yield findings where input was set aside, may be decoded wrongly, or was mostly left out of pages."""
    errors = largest_first(counts.get("rejected", {}))
    if number := sum(n for _, n in errors):
        said = f"{number:,} {'input was' if number == 1 else 'inputs or records were'} set aside, unread."
        yield Finding(said, f"{_listed(errors)}; what to do stands beside each.", "loss", "rejects")
    if number := _case(data, "encoding"):
        said = f"{number:,} {'text' if number == 1 else 'texts'} may be in another encoding."
        hint = "They hold characters that could not be decoded, or an old encoding gave words of no language."
        yield Finding(said, f"{hint} --encoding names the right one.", "doubt", filters=(("case", "encoding"),))
    pages, number = int(counts.get("input_kind", {}).get("html", 0)) or data.articles, data.left_out_more
    if number >= _LEFT_OUT_PAGES and number >= _LEFT_OUT_SHARE * pages:
        said = f"In {number:,} of {pages:,} pages more prose was left out than kept."
        hint = "Front pages, forums and long threads of comments are like that; so is an article that was not found."
        yield Finding(said, hint, "doubt", "left-out-pages")


def _clusters(data: ReportData) -> Iterator[Finding]:
    """Yield a finding where the largest cluster is far larger than the others."""
    sizes = {int(size.name): size.number for size in data.cluster_sizes}
    if not data.clusters:
        return
    usual = median_low(size for size, number in sizes.items() for _ in range(min(number, 1000)))
    largest, keeper = data.clusters[0].size, clipped(data.clusters[0].keeper.title, 60)
    if largest >= _CLUSTER and (largest >= _TIMES_USUAL * usual or len(data.clusters) == 1):
        beside = f"; clusters of {usual:,} are usual here" if len(data.clusters) > 1 else ""
        said = f"{largest:,} articles were taken for copies of one{beside}."
        hint = f"It is “{keeper}”. Forms that differ in numbers alone can look like copies."
        yield Finding(said, hint, "doubt", "clusters")


def _languages(data: ReportData) -> Iterator[Finding]:
    """Yield a finding where the language of many articles is doubtful."""
    doubtful = [(sum(one.scores[: round(DOUBTFUL * BINS)]), one) for one in data.languages]
    number, written = sum(n for n, _ in doubtful), sum(one.written for one in data.languages)
    often = any(n >= max(_DOUBTFUL_ARTICLES, _DOUBTFUL_OF_LANGUAGE * one.written) for n, one in doubtful)
    if number >= _DOUBTFUL_ARTICLES and (often or number >= _DOUBTFUL_SHARE * written):
        most = sorted((one for one in doubtful if one[0]), key=lambda one: (-one[0], one[1].name))[:3]
        names = ", ".join(f"{clipped(one.name, 20)} {n:,} of {one.written:,}" for n, one in most)
        said = f"The language of {in_words(number, 'article')} was named with doubt."
        yield Finding(said, f"Most often: {names}.", "doubt", filters=(("case", "doubtful"),))


def _flags_and_titles(counts: Mapping[str, Any], data: ReportData, says: Mapping[str, str]) -> Iterator[Finding]:
    """Yield findings where a flag is frequent, or many titles are missing. `says` has a line on each flag."""
    flags = [(name, n) for name, n in largest_first(counts.get("flag", {})) if name != "markup"]
    read = int(counts.get("articles", {}).get("read", 0))
    if flags and flags[0][1] >= max(2, _FLAGGED_SHARE * read):
        name, number = flags[0]
        said = f"{in_words(number, 'article')} {'carries' if number == 1 else 'carry'} the flag {clipped(name, 60)}."
        others = f" Other flags: {_listed(flags[1:])}." if flags[1:] else ""
        yield Finding(said, f"{says.get(name, '')}{others}".strip(), "note", filters=(("flag", clipped(name, 200)),))
    missing = _case(data, "untitled")  # of the inputs that may have a title
    share = missing / ((missing + data.titled) or 1)
    if missing and share >= _UNTITLED_SHARE:
        said = f"Titles are missing in {100 * share:.0f} % of the records and pages ({missing:,})."
        if not data.titled:
            said = f"None of {in_words(missing, 'record or page', 'records and pages')} has a title."
        hint = "If a field of the input holds them, --title-field names it."
        yield Finding(said, hint, "note", filters=(("case", "untitled"),))


def _case(data: ReportData, name: str) -> int:
    """Return how many articles are of one case."""
    return next((case.articles for case in data.cases if case.flag == name), 0)


def _listed(counts: list[tuple[str, int]]) -> str:
    """Return the largest counts in words."""
    told = ", ".join(f"{clipped(name, 60)} {n:,}" for name, n in counts[:3])
    return told + (f" and {len(counts) - 3} more" if len(counts) > 3 else "")
