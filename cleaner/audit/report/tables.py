"""The sections of numbers: removals, phrases, sites, languages, flags, encodings, what was set aside, the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cleaner.audit.report.charts import bar, histogram
from cleaner.audit.report.findings import Articles, Example, Findings
from cleaner.audit.report.markup import Html, clipped, h, text
from cleaner.audit.report.sums import ELSEWHERE

__all__ = [
    "drawer", "encodings", "flags", "languages", "phrases", "places", "rejects", "removals", "run", "section", "table"
]  # fmt: skip

_REJECTS = 100


def section(name: str, title: str, lead: str, *inside: str | Iterable[str]) -> Html:
    """A section of the page, which the table of contents can point to."""
    head = h("h2", title, id=f"{name}-title")
    return h("section", head, h("p", lead, cls="lead"), *inside, id=name, aria_labelledby=f"{name}-title")


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Html:
    """A table whose numbers stand to the right. It scrolls by itself where it is too wide."""
    rows = list(rows)
    body = [h("tr", *(h("td", _cell(c), cls="n" if isinstance(c, int) else False) for c in row)) for row in rows]
    if not body:
        return h("p", "None.", cls="none")
    numeric = [isinstance(cell, int) for cell in rows[0]]
    head = h(
        "tr", *(h("th", name, scope="col", cls="n" if n else False) for name, n in zip(heads, numeric, strict=True))
    )
    inside = h("table", h("caption", caption), h("thead", head), h("tbody", body))
    return h("div", inside, cls="scroll", role="region", aria_label=caption, tabindex="0")


def drawer(
    label: str | Html, share: float, numbers: Sequence[str], *inside: str, cls: str = "", data: str = ""
) -> Html:
    """A line with a bar and numbers that opens. `data` is what the filter of its list looks at."""
    facts = h("span", *(h("span", number) for number in numbers), cls="numbers")
    name = label if isinstance(label, Html) else text(clipped(label, 200))
    summary = h("summary", h("span", name, cls="label"), bar(share, cls), facts)
    return h(
        "details", summary, h("div", *inside, cls="inside"), cls="drawer", data_find=clipped(data, 300).lower() or False
    )


def removals(findings: Findings, counts: Mapping[str, Any]) -> Html:
    """By kind and rule, with examples; the space that closes gaps comes last."""
    spans, characters = counts.get("removals", {}), counts.get("removed_characters", {})
    examples = {(took.kind, took.name): took.examples for took in findings.rules}
    order = sorted(spans, key=lambda kind: (kind == "space", -sum(characters[kind].values()), kind))
    most = max((sum(characters[kind].values()) for kind in order), default=1)
    drawers = []
    for kind in order:
        rules = sorted(spans[kind], key=lambda rule: (-spans[kind][rule], rule))
        parts = [
            _rule(rule, spans[kind][rule], characters[kind][rule], examples.get((kind, rule), ())) for rule in rules
        ]
        numbers = [_n(sum(spans[kind].values()), "span"), _n(sum(characters[kind].values()), "character")]
        show = _show(f"Articles with a removal of the kind {kind}", kind=kind) if kind != "space" else Html()
        share = sum(characters[kind].values()) / most
        drawers.append(drawer(kind, share, numbers, *parts, show, cls=f"k-{kind}"))
    lead = (
        "Every span that left a text, by what it was (kind) and by which mechanism took it (rule). "
        "Open a kind for its rules and examples."
    )
    return section("removals", "What was removed", lead, drawers or h("p", "Nothing.", cls="none"))


def phrases(findings: Findings) -> Html:
    """The entries of phrase lists that fired most."""
    most = max((took.spans for took in findings.phrases), default=1)
    drawers = [
        drawer(
            h("span", h("bdi", took.name), " ", h("small", f"{took.language}, {took.kind}.{took.how}")),
            took.spans / most,
            [_n(took.spans, "span"), _n(took.characters, "character")],
            _examples(took.examples),
            cls=f"k-{took.kind}",
            data=f"{took.name} {took.language} {took.kind}",
        )
        for took in findings.phrases
    ]
    entries = _n(findings.all_phrases, "entry", "entries")
    lead = f"{entries} of the phrase lists took at least one line. {_most(findings.all_phrases, len(drawers))}"
    return section(
        "phrases", "Phrases that fired most", lead, _list("phrases", "a phrase, a kind, a language", drawers)
    )


def places(findings: Findings) -> Html:
    """By site: which rules removed most there."""
    most = max((site.removed for site in findings.sites), default=1)
    drawers = [
        drawer(
            h("bdi", site.name),
            site.removed / (most or 1),
            _numbers(site),
            _rules(site, f"of {clipped(site.name, 60)}"),
            _show("Articles of this site", place=site.name) if site.name != ELSEWHERE else "",
            cls="site",
            data=site.name,
        )
        for site in findings.sites
    ]
    lead = (
        "The site is the host of the article's URL or the name it gives; where neither is known, its folder. "
        f"{_most(findings.all_sites, len(drawers))} Open a site for the rules that removed most on it."
    )
    return section("sites", "By site", lead, _list("sites", "a site", drawers))


def languages(findings: Findings) -> Html:
    """By language, with how sure it is."""
    most = max((language.written for language in findings.languages), default=1)
    drawers = []
    for language in findings.languages:
        code = language.name
        chart = histogram(language.scores, label=f"Language scores of articles in {code}")
        figure = h("figure", h("figcaption", "Articles written, by language score"), chart)
        show = _show(f"Articles in {code}", language=code)
        numbers = [f"{language.written:,} written", *_numbers(language)]
        inside = figure, _rules(language, f"in {code}"), show
        drawers.append(drawer(code, language.written / (most or 1), numbers, *inside))
    chart = histogram(findings.scores, label="Scores")
    overall = h("figure", h("figcaption", "All articles written, by language score"), chart)
    shown = _most(findings.all_languages, len(drawers))
    lead = f"The language of the clean text and how sure it is, from 0 to 1. {shown}"
    return section("languages", "Languages", lead, overall if drawers else "", drawers)


def flags(findings: Findings, counts: Mapping[str, Any]) -> Html:
    """What was noticed about articles without dropping them."""
    table_ = counts.get("flag", {})
    most = max(table_.values(), default=1)
    examples = {found.flag: found.examples for found in findings.flags}
    drawers = []
    for name in sorted(table_, key=lambda name: (-table_[name], name)):
        articles = [_article(id, example.text) for example in examples.get(name, ()) for id in example.ids]
        drawers.append(
            drawer(
                name,
                table_[name] / most,
                [_n(table_[name], "article")],
                h("ul", articles, cls="examples"),
                _show("Articles with this flag", flag=clipped(name, 200)),
                cls="flag",
            )
        )
    lead = (
        "A flag marks an article that a person may want to look at. "
        "It stays in the output unless a guard was asked to drop it."
    )
    return section("flags", "Flags", lead, drawers or h("p", "No article was flagged.", cls="none"))


def encodings(findings: Findings, counts: Mapping[str, Any]) -> Html:
    """Encodings and repairs of all articles read."""
    read = [(name or "(none)", n) for name, n in _top(counts.get("encoding", {}))]
    steps = [(step.name, step.number) for step in findings.repairs]
    kinds = _top(counts.get("input_kind", {}))
    repaired = int(counts.get("repaired", {}).get("yes", 0))
    mended = _n(repaired, "article")
    lead = f"How bytes became text. Text that an earlier program had decoded wrongly was mended in {mended}."
    return section(
        "encodings",
        "Encodings and repairs",
        lead,
        h(
            "div",
            table("Encodings", ("Encoding", "Articles"), read),
            table("Steps of repair", ("Step", "Times"), steps),
            table("Read as", ("Form", "Articles"), [(name or "(none)", n) for name, n in kinds]),
            cls="columns",
        ),
    )


def rejects(rows: Sequence[Mapping[str, Any]], counts: Mapping[str, Any]) -> Html:
    """What could not be read."""
    errors = _top(counts.get("rejected", {}))
    skipped = _top(counts.get("skipped", {}))
    total = sum(n for _, n in (*errors, *skipped))
    listed = table(
        "Set aside, one by one",
        ("Source", "Record", "Error", "What is wrong", "What to do"),
        [
            (
                clipped(r["source"], 200),
                int(r["record"]),
                r["error"],
                clipped(r["detail"], 300),
                clipped(r["advice"], 300),
            )
            for r in rows
        ],
    )
    shown = _most(total, _REJECTS, "in the order of the log")
    lead = f"Input that could not be read, or is no article: {total:,}. {shown}"
    by_error = [*errors, *((f"{name}, which is no article", n) for name, n in skipped)]
    inside = (table("By error", ("Error", "Records"), by_error), listed) if total else ()
    return section("rejects", "Set aside", lead, *inside)


def run(manifest: Mapping[str, Any], defaults: Mapping[str, Any]) -> Html:
    """Versions, options and hashes, for who wants to repeat it."""
    changed = [(k, repr(v)) for k, v in manifest["options"].items() if v != defaults.get(k)]
    versions = [("cleaner", manifest["cleaner"]), *manifest["libraries"].items()]
    outputs = [
        (name, int(o["bytes"]), o["sha256"]) if "sha256" in o else (name, len(o), "a folder of so many files")
        for name, o in manifest["outputs"].items()
    ]
    facts = [(k.replace("_", " "), str(v)) for k, v in manifest["run"].items()]
    return section(
        "run",
        "The run",
        "Versions and options that gave this output. The same ones give the same bytes.",
        h(
            "div",
            table("Options that differ from the defaults", ("Option", "Value"), changed),
            table("Versions", ("Library", "Version"), versions),
            table("This run", ("Fact", "Value"), facts),
            cls="columns",
        ),
        table("Files", ("File", "Bytes", "SHA-256"), outputs),
    )


def _rule(rule: str, spans: int, characters: int, examples: Sequence[Example]) -> Html:
    head = h("h3", clipped(rule, 200), " ", h("small", f"{_n(spans, 'span')}, {_n(characters, 'character')}"))
    return h("div", head, _examples(examples) if examples else "", cls="rule")


def _examples(examples: Iterable[Example]) -> Html:
    """Removed texts, each with the articles that it stood in."""
    rows = [h("li", h("q", h("bdi", e.text)), *((" ", _article(id, "")) for id in e.ids)) for e in examples]
    return h("ul", rows, cls="examples")


def _article(identity: str, title: str) -> Html:
    """The way to an article: page.js turns it into a link where the article is among those shown."""
    name = h("span", h("bdi", identity), cls="id", data_id=identity)
    return h("li", h("bdi", title), " ", name) if title else name


def _rules(group: Articles, what: str) -> Html:
    rows = [(took.kind, took.name, took.spans) for took in group.rules]
    return table(f"Spans removed {what}", ("Kind", "Rule", "Spans"), rows)


def _numbers(group: Articles) -> list[str]:
    share = 100 * group.removed / group.before if group.before else 0.0
    return [f"{group.read:,} read", _n(group.spans, "span"), f"{share:.1f} % removed"]


def _show(label: str, **filters: str) -> Html:
    """A button that sets the filters of the article browser."""
    return h("button", f"{label} →", type="button", cls="show", **{f"data_{k}": v for k, v in filters.items()})


def _list(name: str, what: str, drawers: Sequence[Html]) -> Html:
    """Drawers with a field to filter them, where they are many."""
    if len(drawers) < 9:
        return h("div", drawers or h("p", "None.", cls="none"))
    field = h("input", type="search", id=f"find-{name}", data_list=f"list-{name}", autocomplete="off")
    said = h("span", f"{len(drawers):,} found", cls="said", role="status")
    bar_ = h("p", h("label", f"Find {what}", for_=f"find-{name}"), field, said, cls="find needs-js")
    return h("div", bar_, h("div", drawers, id=f"list-{name}", cls="list"))


def _cell(value: str | int) -> str:
    return f"{value:,}" if isinstance(value, int) else h("bdi", clipped(value, 300))


def _n(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _most(total: int, shown: int, which: str = "with most") -> str:
    return f"The {shown} {which} are shown." if total > shown else ""


def _top(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
