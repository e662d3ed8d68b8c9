"""Render report.html: the data of a report by the templates in templates/, with page.css and page.js inside it.

Python prepares plain data, and the templates hold all markup. Jinja2 escapes whatever a template puts out, so a text
from outside cannot become markup. It is imported only when a page is written, because a run without a report and
`cleaner --help` do not need it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING, Any

from cleaner.audit.report.data import ReportData
from cleaner.audit.report.shown_articles import ShownArticle
from cleaner.audit.report.shown_duplicates import Words, aligned
from cleaner.audit.report.statistics import OTHER_SITES
from cleaner.audit.spans import clipped
from cleaner.audit.tally import SEED
from cleaner.options import Options
from cleaner.output.manifest import largest_first

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["REJECTS", "environment", "render_page", "visible"]

REJECTS = 100  # rows of rejected.jsonl that are shown
_ARTICLES_BYTES, _PAIRS_BYTES = 2_800_000, 900_000
"""Markup of all articles and of all pairs. What else is shown is bounded in number, and the page stays under 5 MB."""

_EQUAL, _DIFFERENT = 240, 4000
"""Characters shown of what two articles have in common, and of one side of a difference."""

# Control characters have no place in HTML (a NUL would become U+FFFD), so their pictures stand for them.
# Those that turn the direction of text could make a line read as something else; their names stand for them.
_PICTURES = {c: 0x2400 + c for c in range(32) if chr(c) not in "\t\n"} | {0x7F: 0x2421, 0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
_PICTURES |= dict.fromkeys(range(0xD800, 0xE000), 0xFFFD) | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_TURNS = {c: f"[U+{c:04X}]" for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_VISIBLE: dict[int, int | str] = {**_PICTURES, **_TURNS}
_INVISIBLE = re.compile(f"[{''.join(re.escape(chr(c)) for c in sorted(_VISIBLE))}]")


def visible(value: Any) -> Any:
    """Return a text with a picture or a name for each character that HTML cannot show or that turns its direction.

    Jinja2 calls it for all that a template puts out. Markup comes from the templates, through here already.

    >>> visible("a\\x00b\\u202e")
    'a␀b[U+202E]'
    """
    if isinstance(value, str) and not hasattr(value, "__html__") and _INVISIBLE.search(value):
        return value.translate(_VISIBLE)
    return value


@cache
def environment() -> Environment:
    """Return the templates with their filters. A name that a template misspells, or is not given, is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # autoescape for all templates, not by the ending of their names: what escapes must not depend on a file's name.
    made = Environment(
        loader=PackageLoader("cleaner.audit.report"),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "bar_width": lambda share: f"{100 * min(1.0, max(0.0, share)):.2f}%",
        "clip": clipped,
        "histogram_columns": histogram_columns,
        "n": "{:,}".format,
        "plural": lambda n, one, many="": f"{n:,} {one if n == 1 else many or one + 's'}",
        "sha256": lambda code: f"sha256-{b64encode(sha256(code.encode()).digest()).decode()}",
    }
    made.globals |= {
        "other_sites": OTHER_SITES,
        "seed": SEED,
        "share": _percent,
        "shown_of": lambda total, shown, which="with most": f"The {shown} {which} are shown." if total > shown else "",
    }
    return made


def render_page(name: str, manifest: Mapping[str, Any], data: ReportData, rejected: Sequence[Mapping[str, Any]]) -> str:
    """Return the page for the output called `name`; `rejected` are the first rows of rejected.jsonl."""
    from markupsafe import Markup

    counts = manifest["counts"]
    # Articles and pairs are rendered one by one, for only then is it known how many fit. The page gets them as markup.
    articles = [*_within(_ARTICLES_BYTES, _article_markup(data.views))]
    # The page holds its style and script, so that it is one file that can be sent to somebody.
    room = files("cleaner.audit.report")
    style, script = (Markup((room / part).read_text("utf-8")) for part in ("page.css", "page.js"))
    # The manifest counts all flags, the data of the report has examples of them.
    flags, flagged = largest_first(counts.get("flag", {})), {found.flag: found.examples for found in data.flags}
    encodings, input_kinds = (
        [(name or "(none)", n) for name, n in largest_first(counts.get(key, {}))] for key in ("encoding", "input_kind")
    )
    return (
        environment()
        .get_template("page.html")
        .render(
            name=name,
            style=style,
            script=script,
            cards=_cards(counts, len(manifest["inputs"])),
            data=data,
            funnel=_funnel(counts, data),
            removals=_removals(counts, data),
            left_out=_left_out(counts, data),
            flags=[
                {"name": name, "articles": n, "share": n / flags[0][1], "examples": flagged.get(name, ())}
                for name, n in flags
            ],
            encodings=encodings,
            input_kinds=input_kinds,
            repairs=[(step.name, step.number) for step in data.repairs],
            repaired=int(counts.get("repaired", {}).get("yes", 0)),
            duplicates={
                "dropped": int(counts.get("dropped", {}).get("duplicate", 0)),
                "pairs": [*_within(_PAIRS_BYTES, _pair_markup(data))],
                "sizes": [(f"{count.name} articles", count.number) for count in data.cluster_sizes],
            },
            articles=articles,
            filters=_filters(data.views[: len(articles)]),
            rejects=_rejects(counts, rejected),
            run=_run(manifest),
        )
    )


def _cards(counts: Mapping[str, Any], sources: int) -> list[tuple[str, str, str]]:
    """Return the large numbers at the head of the page, each with what it counts and a remark."""
    articles, characters = counts.get("articles", {}), counts.get("characters", {})
    before, stripped = characters.get("before", 0), characters.get("stripped", 0)
    reasons, set_aside = counts.get("dropped", {}), sum(counts.get("rejected", {}).values())
    read_from = f"from {sources:,} {'source' if sources == 1 else 'sources'}"
    return [
        (f"{articles.get('read', 0):,}", "articles read", read_from),
        (f"{articles.get('written', 0):,}", "articles written", f"{characters.get('written', 0):,} characters"),
        (f"{_percent(before - stripped, before):.1f} %", "of the text removed", f"{before - stripped:,} characters"),
        (f"{sum(reasons.values()):,}", "articles dropped", clipped(", ".join(sorted(reasons)), 120) or "none"),
        (f"{set_aside:,}", "inputs set aside", "could not be read" if set_aside else "all could be read"),
    ]


def _funnel(counts: Mapping[str, Any], data: ReportData) -> dict[str, Any]:
    """Return the steps from the articles read to those written, and what became of the characters that were read."""
    articles, characters = counts.get("articles", {}), counts.get("characters", {})
    before, stripped, written = (characters.get(step, 0) for step in ("before", "stripped", "written"))
    # Each reason takes its articles and characters off what is left, the most frequent first.
    read = left = int(articles.get("read", 0))
    steps = [("read", read, before), ("after stripping", read, stripped)]
    dropped, characters_left = {reason.name: reason.number for reason in data.dropped}, stripped
    for reason, n in largest_first(counts.get("dropped", {})):
        left, characters_left = left - n, characters_left - dropped.get(reason, 0)
        steps.append((f"without those dropped: {reason}", left, characters_left))
    steps.append(("written", int(articles.get("written", 0)), written))
    parts = [
        ("characters written", written, "kept"),
        ("removed from texts", before - stripped, "gone"),
        ("in dropped articles", stripped - written, "dropped"),
    ]
    # Where a part begins depends on those before it, which a template cannot add up.
    total, start, drawn = sum(number for _, number, _ in parts) or 1, 0.0, []
    for label, number, name in parts:
        share = 100 * number / total
        place = {"start": f"{start:.3f}", "width": f"{share:.3f}"}
        drawn.append({"label": label, "number": number, "class": name, "share": share} | place)
        start += share
    return {
        "parts": drawn,
        "steps": [
            {"label": label, "articles": n, "characters": c, "share": _percent(c, before) / 100}
            for label, n, c in steps
        ],
        "near_duplicates": [(k.replace("_", " "), n) for k, n in sorted(counts.get("near_duplicates", {}).items())],
    }


def _removals(counts: Mapping[str, Any], data: ReportData) -> list[dict[str, Any]]:
    """Return kinds of removal with their rules and examples, the largest first, the space that closes gaps last."""
    spans, characters = counts.get("removals", {}), counts.get("removed_characters", {})
    examples = {(rule.kind, rule.name): rule.examples for rule in data.rules}
    total = {kind: sum(characters[kind].values()) for kind in spans}
    # Characters, not spans: one long paragraph that should have stayed matters more than many short lines.
    most = max(total.values(), default=0) or 1
    return [
        {
            "name": kind,
            "spans": sum(spans[kind].values()),
            "characters": total[kind],
            "share": total[kind] / most,
            "rules": [
                {
                    "name": rule,
                    "spans": n,
                    "characters": characters[kind][rule],
                    "examples": examples.get((kind, rule), ()),
                }
                for rule, n in largest_first(spans[kind])
            ],
        }
        for kind in sorted(spans, key=lambda kind: (kind == "space", -total[kind], kind))
    ]


def _left_out(counts: Mapping[str, Any], data: ReportData) -> dict[str, Any]:
    """Return the rows of the tables about what was left out of pages: by reason, and the pages with most prose."""
    paragraphs, characters = counts.get("left_out", {}), counts.get("left_out_characters", {})
    rows = [
        (kind, reason, n, characters[kind][reason]) for kind, found in paragraphs.items() for reason, n in found.items()
    ]
    return {
        "counts": sorted(rows, key=lambda row: (-row[3], row)),
        "pages": [(page.id, page.paragraphs, page.characters, page.article) for page in data.left_out_of],
    }


def _rejects(counts: Mapping[str, Any], rejected: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what could not be read, counted by error, with the first rows of the log."""
    errors, skipped = largest_first(counts.get("rejected", {})), largest_first(counts.get("skipped", {}))
    return {
        "total": sum(n for _, n in (*errors, *skipped)),
        "most": REJECTS,
        "by_error": [*errors, *((f"{name}, which is no article", n) for name, n in skipped)],
        "rows": [
            (clipped(row["source"], 200), int(row["record"]), row["error"], row["detail"], row["advice"])
            for row in rejected
        ],
    }


def _run(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return versions, options and hashes, for whoever wants to repeat the run."""
    # Only what was set: most options are at their defaults, and the manifest has all of them.
    defaults = asdict(Options())
    return {
        "options": [(k, repr(v)) for k, v in manifest["options"].items() if v != defaults.get(k)],
        "versions": [("cleaner", manifest["cleaner"]), *manifest["libraries"].items()],
        "facts": [(k.replace("_", " "), str(v)) for k, v in manifest["run"].items()],
        "files": [
            (name, int(o["bytes"]), o["sha256"]) if "sha256" in o else (name, len(o), "a folder of so many files")
            for name, o in manifest["outputs"].items()
        ],
    }


def _filters(articles: Sequence[ShownArticle]) -> list[tuple[str, str, list[str]]]:
    """Return (name, label, values) of the fields by which the articles shown can be narrowed down."""
    # Of the articles shown, not of the corpus: a value that finds nothing on the page would look like a fault.
    return [
        ("kind", "Removed kind", sorted({kind for article in articles for kind in _kinds(article)})),
        ("language", "Language", sorted({article.language for article in articles})),
        ("place", "Site", sorted({article.place for article in articles})),
        ("outcome", "Outcome", sorted({article.outcome or "written" for article in articles})),
        ("flag", "Flag", sorted({flag for article in articles for flag in article.flags})),
    ]


def _kinds(article: ShownArticle) -> list[str]:
    """Return the kinds of removal in an article, without space, which only closes gaps."""
    return sorted({span.kind for span in article.spans} - {"", "space"})


def _article_markup(articles: Iterable[ShownArticle]) -> Iterator[str]:
    """Yield the markup of each article."""
    macro = environment().get_template("articles.html").module.article  # type: ignore[attr-defined]
    # A reason is named by its id from the span that it explains, so its id must be the only one on the page.
    numbers = count()
    for number, article in enumerate(articles):
        reasons = [span.kind not in ("", "space") for span in article.spans]
        tips = [f"tip-{next(numbers)}" if has_reason else "" for has_reason in reasons]
        yield macro(article, number, _kinds(article), tips)


def _pair_markup(data: ReportData) -> Iterator[str]:
    """Yield the markup of each pair of near-duplicates, with their differences word by word."""
    macro = environment().get_template("duplicates.html").module.pair  # type: ignore[attr-defined]
    for pair in data.pairs:
        lines = aligned(pair.beside.text, pair.member.text) if pair.beside else ()
        yield macro(pair, [(tag, _shown_words(left), _shown_words(right)) for tag, left, right in lines])


def _shown_words(words: Words) -> list[dict[str, Any]]:
    """Return one side of a line in parts, the long ones shortened in their middle."""
    shown = []
    for differs, text in words:
        most = _DIFFERENT if differs else _EQUAL
        if len(text) > most * 5 // 4:  # to skip less than a quarter would take as much room as it saves
            skipped = len(text) - most
            text = text[: most * 2 // 3] + f" … {skipped:,} characters … " + text[-most // 3 :]
        marked = text.rstrip() if differs else text
        shown.append({"differs": differs, "text": marked, "space": text[len(marked) :]})
    return shown


def _within(most: int, parts: Iterable[str]) -> Iterator[str]:
    """Yield the first parts that together have at most `most` bytes."""
    used = 0
    for part in parts:
        used += len(part.encode())
        if used > most:
            return
        yield part


def histogram_columns(counts: Sequence[int]) -> dict[str, Any]:
    """Return the places of the columns of a histogram from 0 to 1 and of the marks below them, and all of it in words.

    The words are for readers who cannot see the picture.
    """
    wide, high, top, foot = 600, 96, 18, 20  # units: of all columns, and the room above and below them
    number, floor = len(counts) or 1, top + high
    most, step = max(counts, default=0) or 1, wide / number
    # Units are those of the picture's own grid, which the browser scales to the page.
    # Numbers are rounded here, so that the same counts give the same bytes on every machine.
    columns = []
    for i, n in enumerate(counts):
        tall = high * n / most
        columns.append(
            {
                "x": f"{i * step + 2:.1f}",
                "y": f"{floor - tall:.1f}",
                "width": f"{step - 4:.1f}",  # two units of space on both sides
                "height": f"{tall:.1f}",
                "count": _short(n) if n else "",
                "middle": f"{i * step + step / 2:.1f}",
                "above": f"{floor - tall - 5:.1f}",
            }
        )
    ticks = [
        {
            "x": f"{i * step:.1f}",
            "y": floor + 15,
            "anchor": "start" if i == 0 else "end" if i == len(counts) else "middle",
            "label": f"{i / number:.1f}",
        }
        for i in range(0, len(counts) + 1, max(1, len(counts) // 5))
    ]
    said = "; ".join(f"{i / number:.2f} to {(i + 1) / number:.2f}: {n:,}" for i, n in enumerate(counts) if n)
    view, axis = f"0 0 {wide} {floor + foot}", f"M0 {floor}H{wide}"
    return {"columns": columns, "ticks": ticks, "said": said or "None", "view": view, "axis": axis}


def _short(number: int) -> str:
    """Return a number in four characters or so.

    >>> _short(950), _short(12_345), _short(3_400_000)
    ('950', '12k', '3.4M')
    """
    if number < 10_000:
        return str(number)
    return f"{number / 1000:.0f}k" if number < 1_000_000 else f"{number / 1e6:.1f}M"


def _percent(part: int, whole: int) -> float:
    """Return `part` in percent of `whole`; nothing of nothing is 0."""
    return 100 * part / whole if whole else 0.0
