"""The sections that show texts: near-duplicates side by side, and sampled articles with their removals marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from cleaner.audit.report.charts import bar, histogram
from cleaner.audit.report.findings import Findings
from cleaner.audit.report.markup import Html, clipped, h, text
from cleaner.audit.report.pairs import Cluster, Pair, Side, aligned
from cleaner.audit.report.tables import section, table
from cleaner.audit.report.views import Stretch, View
from cleaner.audit.tally import SEED

__all__ = ["articles", "duplicates"]

_ARTICLES_BYTES, _PAIRS_BYTES = 2_800_000, 900_000
_EQUAL, _SIDE = 240, 4000  # characters shown of what two articles have in common, and of one side of a difference


def duplicates(findings: Findings, counts: Mapping[str, Any]) -> Html:
    """Clusters, similarities, and pairs with their differences."""
    dropped = int(counts.get("dropped", {}).get("duplicate", 0))
    if not dropped:
        return section("duplicates", "Near-duplicates", "No article was merged into another one.")
    sizes = [(f"{count.name} articles", count.number) for count in findings.cluster_sizes]
    alike = histogram(findings.similarities, label="Duplicates by Jaccard similarity", cls="k-duplicate")
    largest = [_cluster(c, findings.clusters[0].size) for c in findings.clusters]
    shown = _within([_pair(pair) for pair in findings.pairs], _PAIRS_BYTES)
    lead = (
        f"{dropped:,} {'article was' if dropped == 1 else 'articles were'} merged into a near-identical one. "
        "The keeper stays in the output and names them in its field duplicates; each is kept whole in dropped.jsonl."
    )
    told = f"{len(shown):,} of {dropped:,}, the least alike first" + (
        "." if len(shown) == dropped else f"; behind them a sample of the others (seed {SEED})."
    )
    return section(
        "duplicates",
        "Near-duplicates",
        lead,
        h("figure", h("figcaption", "Merged articles, by Jaccard similarity to their keeper"), alike),
        h("h3", "Side by side, doubtful pairs first", id="pairs"),
        h("p", told),
        h("div", shown, id="list-pairs"),
        h("h3", "Largest clusters"),
        h("div", largest, id="list-clusters"),
        h("h3", "All clusters"),
        h("div", table("Sizes of clusters", ("Size, with the keeper", "Clusters"), sizes), cls="columns"),
    )


def articles(findings: Findings) -> Html:
    """The browser of sampled articles."""
    shown = _within(_numbered(findings.views), _ARTICLES_BYTES)
    views = findings.views[: len(shown)]
    which = (
        "all of them"
        if len(shown) == findings.articles
        else f"a seeded sample ({SEED}), with the first articles of each rule and flag"
    )
    lead = (
        f"{len(shown):,} of {findings.articles:,} articles: {which}. Marked spans were removed; point at one, or move "
        "to it with the Tab key, for its reason. cleaner explain shows any other article."
    )
    rest = (
        len(shown) < findings.articles and "Only a sample is shown here; cleaner explain OUT --id ID tells any other."
    )
    return section(
        "articles", "Articles, before and after", lead, _filters(views, rest), h("div", shown, id="list-articles")
    )


def _filters(views: Sequence[View], rest: str | bool) -> Html:
    kinds = sorted({s.kind for v in views for s in v.stretches if s.kind and s.kind != "space"})
    select = [
        _select("kind", "Removed kind", kinds),
        _select("language", "Language", sorted({v.language for v in views})),
        _select("place", "Site", sorted({v.place for v in views})),
        _select("outcome", "Outcome", sorted({v.outcome or "written" for v in views})),
        _select("flag", "Flag", sorted({f for v in views for f in v.flags})),
    ]
    find = h("input", type="search", id="find-articles", autocomplete="off", data_rest=rest)
    first = h("p", h("label", "Find a line or an id", for_="find-articles"), find)
    only = h("label", h("input", type="checkbox", id="only-clean"), " Only the clean text")
    said = h("p", "", cls="said", role="status", id="said-articles")
    fields = h("div", first, select, cls="fields needs-js")
    reset = h("button", "Clear the filters", type="button", id="clear", cls="needs-js")
    return h(
        "form", fields, h("p", only, " ", reset), said, cls="filters", role="search", aria_label="Filter the articles"
    )


def _select(name: str, label: str, values: Sequence[str]) -> Html:
    options = [h("option", "any", value=""), *(h("option", clipped(v, 60), value=v) for v in values)]
    return h("p", h("label", label, for_=f"by-{name}"), h("select", options, id=f"by-{name}", data_by=name))


def _numbered(views: Iterable[View]) -> Iterator[Html]:
    tips = count()
    for n, view in enumerate(views):
        yield _view(view, n, tips)


def _view(view: View, number: int, tips: Iterator[int]) -> Html:
    kinds = sorted({s.kind for s in view.stretches if s.kind and s.kind != "space"})
    share = view.removed / view.before if view.before else 0.0
    state = [h("span", view.outcome, cls="badge dropped")] if view.outcome else []
    state += [h("span", flag, cls="badge flag") for flag in view.flags]
    label = h("span", h("bdi", view.title or "(no text)"), " ", h("small", h("bdi", view.id)), " ", *state, cls="label")
    numbers = h("span", h("span", view.language), h("span", f"{100 * share:.1f} % removed"), cls="numbers")
    rest = h("p", f"… {view.left_out:,} more characters are not shown.", cls="skipped") if view.left_out else ""
    return h(
        "details",
        h("summary", label, bar(share, "gone"), numbers),
        h(
            "div",
            _outcome(view),
            _facts(view),
            h("div", *(_stretch(s, tips) for s in view.stretches), rest, cls="text"),
            cls="inside",
        ),
        id=f"article-{number}",
        cls="drawer article",
        data_id=view.id,
        data_kind=" ".join(kinds),
        data_language=view.language,
        data_place=view.place,
        data_outcome=view.outcome or "written",
        data_flag=" ".join(view.flags) or False,
    )


def _outcome(view: View) -> Html:
    if not view.outcome:
        return Html()
    keeper = [" in favour of ", h("span", h("bdi", view.keeper), cls="id", data_id=view.keeper)] if view.keeper else []
    return h("p", h("b", "Dropped: "), f"{view.outcome} ({view.why_dropped})", *keeper, cls="outcome")


def _facts(view: View) -> Html:
    facts = [("id", view.id), ("source", view.source), *view.facts]
    return h("dl", *(h("div", h("dt", name), h("dd", h("bdi", value))) for name, value in facts), cls="facts")


def _stretch(stretch: Stretch, tips: Iterator[int]) -> Html:
    skipped = h("span", f" … {stretch.skipped:,} characters … ", cls="skipped") if stretch.skipped else Html()
    shown = (stretch.text, skipped, stretch.after)
    if not stretch.kind:
        return h("span", *shown)
    if stretch.kind == "space":
        return h("del", *shown, cls="space")
    tip = f"tip-{next(tips)}"
    why = h(
        "span",
        h("b", stretch.kind),
        f", by {stretch.rule}",
        f": {stretch.why}" if stretch.why else "",
        cls="tip",
        role="tooltip",
        id=tip,
    )
    return h("del", *shown, why, cls=f"gone k-{stretch.kind}", tabindex="0", aria_describedby=tip)


def _cluster(cluster: Cluster, most: int) -> Html:
    members = [h("li", h("span", h("bdi", m), cls="id", data_id=m)) for m in cluster.members]
    if cluster.size - 1 > len(members):
        members.append(h("li", f"and {cluster.size - 1 - len(members):,} more"))
    label = h(
        "span", h("bdi", cluster.keeper.title), " ", h("small", h("bdi", clipped(cluster.keeper.id, 200))), cls="label"
    )
    numbers = h("span", h("span", f"{cluster.size:,} articles"), cls="numbers")
    summary = h("summary", label, bar(cluster.size / most, "k-duplicate"), numbers)
    return h(
        "details",
        summary,
        h("div", h("p", "It stands also for"), h("ul", members, cls="examples"), cls="inside"),
        cls="drawer",
    )


def _pair(pair: Pair) -> Html:
    label = h("span", h("bdi", pair.member.title), " ", h("small", h("bdi", clipped(pair.member.id, 200))), cls="label")
    numbers = h(
        "span",
        h("span", f"Jaccard {pair.jaccard:.4f}"),
        h("span", f"containment {pair.containment:.4f}"),
        cls="numbers",
    )
    summary = h("summary", label, bar(pair.jaccard, "k-duplicate"), numbers)
    if pair.beside is None:
        inside = h("p", "The keeper is not in this output; it may come from a saved index.")
    else:
        inside = _side_by_side(pair.beside, pair.member)
    return h(
        "details",
        summary,
        h("div", _merged(pair), inside, cls="inside"),
        cls="drawer pair",
    )


def _merged(pair: Pair) -> Html:
    keeper, member = (h("span", h("bdi", id), cls="id", data_id=id) for id in (pair.keeper, pair.member.id))
    likeness = f"Jaccard {pair.jaccard:.4f}, containment {pair.containment:.4f}"
    return h("p", member, " was merged into ", keeper, f" by the rule {pair.detail}: {likeness}.")


def _side_by_side(keeper: Side, member: Side) -> Html:
    heads = [
        h("th", h("b", name), " ", h("bdi", clipped(side.id, 200)), scope="col")
        for name, side in (("Keeper", keeper), ("Dropped", member))
    ]
    rows = []
    for tag, ours, theirs in aligned(keeper.text, member.text):
        cells = (_words(ours, "only-left"), _words(theirs, "only-right"))
        rows.append(h("tr", *(h("td", cell) for cell in cells), cls=tag))
    inside = h(
        "table",
        h("caption", "Differences; what stands on one side only is marked"),
        h("thead", h("tr", heads)),
        h("tbody", rows),
        cls="compared",
    )
    return h(
        "div", inside, cls="scroll", role="region", aria_label=f"Keeper beside {clipped(member.id, 60)}", tabindex="0"
    )


def _words(words: Sequence[tuple[bool, str]], cls: str) -> list[Html]:
    shown: list[Html] = []
    for differs, content in words:
        most = _SIDE if differs else _EQUAL
        if len(content) > most * 5 // 4:
            left = len(content) - most
            content = content[: most * 2 // 3] + f" … {left:,} characters … " + content[-most // 3 :]
        marked = content.rstrip()  # the space behind a word differs from nothing
        shown.append(Html(h("mark", marked, cls=cls) + text(content[len(marked) :])) if differs else h("span", content))
    return shown


def _within(parts: Iterable[Html], most: int) -> list[Html]:
    """The first parts that together have at most so many bytes."""
    kept, used = [], 0
    for part in parts:
        used += len(part.encode())
        if used > most:
            break
        kept.append(part)
    return kept
