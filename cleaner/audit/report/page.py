"""The page: its head with the policy that lets nothing run but its own script, the funnel, and the sections."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib.resources import files
from string import Template
from typing import Any

from cleaner.audit.report.articles import articles, duplicates
from cleaner.audit.report.charts import bar, stacked
from cleaner.audit.report.findings import Findings
from cleaner.audit.report.markup import Html, clipped, h, text
from cleaner.audit.report.tables import (
    encodings,
    flags,
    languages,
    phrases,
    places,
    rejects,
    removals,
    run,
    section,
    table,
)
from cleaner.options import Options

__all__ = ["page"]

_CONTENTS = (
    ("funnel", "Overview"), ("removals", "Removed"), ("phrases", "Phrases"), ("sites", "Sites"),
    ("languages", "Languages"), ("flags", "Flags"), ("encodings", "Encodings"), ("duplicates", "Duplicates"),
    ("articles", "Articles"), ("rejects", "Set aside"), ("run", "The run"),
)  # fmt: skip


def page(
    name: str, manifest: Mapping[str, Any], findings: Findings, rejected: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """The parts of the page, in order."""
    counts = manifest["counts"]
    style, script = _asset("page.css"), _asset("page.js")
    sections = (
        _funnel(counts, findings),
        removals(findings, counts),
        phrases(findings),
        places(findings),
        languages(findings),
        flags(findings, counts),
        encodings(findings, counts),
        duplicates(findings, counts),
        articles(findings),
        rejects(rejected, counts),
        run(manifest, asdict(Options())),
    )
    yield Template(_asset("page.html")).substitute(
        policy=(
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'"
        ),
        style=style,
        script=script,
        name=text(name),
        summary=_summary(counts, len(manifest["inputs"])),
        contents="".join(h("li", h("a", label, href=f"#{anchor}")) for anchor, label in _CONTENTS),
        sections="\n".join(sections),
    )


def _summary(counts: Mapping[str, Any], sources: int) -> Html:
    read, written = _articles(counts)
    characters = counts.get("characters", {})
    before, stripped = characters.get("before", 0), characters.get("stripped", 0)
    dropped, set_aside = sum(counts.get("dropped", {}).values()), sum(counts.get("rejected", {}).values())
    cards = (
        (f"{read:,}", "articles read", f"from {sources:,} {'source' if sources == 1 else 'sources'}"),
        (f"{written:,}", "articles written", f"{characters.get('written', 0):,} characters"),
        (f"{_share(before - stripped, before):.1f} %", "of the text removed", f"{before - stripped:,} characters"),
        (f"{dropped:,}", "articles dropped", clipped(", ".join(sorted(counts.get("dropped", {}))), 120) or "none"),
        (f"{set_aside:,}", "inputs set aside", "could not be read" if set_aside else "all could be read"),
    )
    return Html("".join(h("li", h("b", number), h("span", what), h("small", more)) for number, what, more in cards))


def _funnel(counts: Mapping[str, Any], findings: Findings) -> Html:
    read, written = _articles(counts)
    characters = counts.get("characters", {})
    before, stripped = characters.get("before", 0), characters.get("stripped", 0)
    steps = [("read", read, before), ("after stripping", read, stripped)]
    left, characters_dropped = (read, stripped), {d.name: d.number for d in findings.dropped}
    for reason, n in sorted(counts.get("dropped", {}).items(), key=lambda item: (-item[1], item[0])):
        left = (left[0] - n, left[1] - characters_dropped.get(reason, 0))
        steps.append((f"without those dropped: {reason}", *left))
    steps.append(("written", written, characters.get("written", 0)))
    rows = [
        h(
            "li",
            h("span", name, cls="label"),
            bar(_share(chars, before) / 100, "kept"),
            h("span", h("span", f"{n:,} articles"), h("span", f"{chars:,} characters"), cls="numbers"),
        )
        for name, n, chars in steps
    ]
    final = characters.get("written", 0)
    parts = [
        ("characters written", final, "kept"),
        ("removed from texts", before - stripped, "gone"),
        ("in dropped articles", stripped - final, "dropped"),
    ]
    near = table(
        "Near-duplicate search",
        ("Step", "Number"),
        [(name.replace("_", " "), n) for name, n in sorted(counts.get("near_duplicates", {}).items())],
    )
    lead = (
        "From the articles read to those written. "
        "Every number comes from manifest.json or is a count over the logs beside it."
    )
    return section(
        "funnel",
        "From read to written",
        lead,
        stacked(parts),
        h("ol", rows, cls="funnel"),
        h("details", h("summary", "Steps of the near-duplicate search"), near, cls="more"),
    )


def _articles(counts: Mapping[str, Any]) -> tuple[int, int]:
    found = counts.get("articles", {})
    return int(found.get("read", 0)), int(found.get("written", 0))


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


@cache
def _asset(name: str) -> str:
    return (files("cleaner.audit.report") / name).read_text("utf-8")


def _hash(code: str) -> str:
    return f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'"
