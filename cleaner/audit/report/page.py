"""Render report.html from the data of a report and the templates in templates/, with page.css and page.js inside it.

Python prepares plain data (figures.py, findings.py), and the templates hold all markup. Jinja2 escapes whatever a
template puts out, so a text from outside cannot become markup. It is imported only when a page is written, because a
run without a report and `cleaner --help` do not need it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING, Any

from cleaner.audit.report import figures
from cleaner.audit.report.charts import histogram_columns
from cleaner.audit.report.data import ReportData
from cleaner.audit.report.findings import find
from cleaner.audit.report.shown_articles import Name, ShownArticle
from cleaner.audit.report.shown_duplicates import Words, aligned
from cleaner.audit.report.statistics import OTHER_SITES
from cleaner.audit.spans import clipped
from cleaner.audit.tally import CASES, SEED
from cleaner.tables import read_toml

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["environment", "legend", "render_page", "visible"]

_ARTICLES_BYTES, _PAIRS_BYTES = 2_800_000, 900_000
"""Bytes of markup of all articles and of all pairs. All else is bounded in number, and the page stays under 5 MB."""

_EQUAL, _DIFFERENT = 240, 4000
"""Characters shown of what two articles have in common, and of one side of a difference."""

# Control characters have no place in HTML (a NUL would become U+FFFD), so Unicode's pictures of them are shown.
# Those that turn the direction of text could make a line read as something else; their numbers are shown.
_PICTURES = {c: 0x2400 + c for c in range(32) if chr(c) not in "\t\n"} | {0x7F: 0x2421, 0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
_PICTURES |= dict.fromkeys(range(0xD800, 0xE000), 0xFFFD) | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_TURNS = {c: f"[U+{c:04X}]" for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_VISIBLE: dict[int, int | str] = {**_PICTURES, **_TURNS}
_INVISIBLE = re.compile(f"[{''.join(re.escape(chr(c)) for c in sorted(_VISIBLE))}]")


def visible(value: Any) -> Any:
    """Return a text with a picture or a number for each character that HTML cannot show or that turns its direction.

    Jinja2 calls it for everything that a template inserts. Markup is left as it is, for its texts came through here.

    >>> visible("a\\x00b\\u202e")
    'a␀b[U+202E]'
    """
    # Markup is a subclass of str, so its type is another.
    return value.translate(_VISIBLE) if type(value) is str and _INVISIBLE.search(value) else value


@cache
def environment() -> Environment:
    """Return the templates with their filters. A name that a template does not know raises an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # All templates are escaped, whatever their names end in.
    made = Environment(
        loader=PackageLoader("cleaner.audit.report"),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,  # folding constants takes a sixth of the time to compile the templates, and saves none
    )
    families = {kind: f"k-{name}" for name, family in legend()["families"].items() for kind in family["kinds"]}
    made.filters |= {
        "bar_width": lambda share: f"{100 * min(1.0, max(0.0, share)):.2f}%",
        "clip": clipped,
        "family": lambda kind: families.get(kind, "k-other"),
        "histogram_columns": histogram_columns,
        "n": "{:,}".format,
        "named": lambda id: Name(clipped(id, 200)),
        "plural": figures.in_words,
        "sha256": lambda code: f"sha256-{b64encode(sha256(code.encode()).digest()).decode()}",
    }
    made.globals |= {
        "legend": legend(),
        "other_sites": OTHER_SITES,
        "seed": SEED,
        "share": figures.percent,
        "shown_of": lambda total, shown, which="with most": f"The {shown} {which} are shown." if total > shown else "",
    }
    return made


@cache
def legend() -> dict[str, Any]:
    """Return legend.toml: families of kinds with their colours, and a line on each kind, flag and case."""
    return read_toml("audit/report/legend.toml")


class _Scope:
    """The sites and languages by which the page is filtered. A site is a number in the markup: its name may be long."""

    def __init__(self) -> None:
        self.sites: dict[str, int] = {}
        self.languages: set[str] = set()

    def at(self, article: Name) -> str:
        """Return the attribute of an element about an article, which the filters read; "" fits any site or language."""
        return f"{self.site(article.site)}:{self.language(article.language)}"

    def site(self, name: str) -> str:
        """Return the number of a site, "" for none, and put the site into the filter."""
        return str(self.sites.setdefault(name, len(self.sites))) if name else ""

    def language(self, code: str) -> str:
        """Return the code of a language, and put it into the filter."""
        self.languages |= {code} - {""}
        return code

    def options(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Return (name, label, values with their labels) of both filters, once everything else is rendered."""
        sites = sorted(self.sites.items(), key=lambda item: (item[0].casefold(), item[1]))
        return [
            ("site", "Site", [(str(number), name) for name, number in sites if name != OTHER_SITES]),
            ("language", "Language", [(code, code) for code in sorted(self.languages)]),
        ]


def render_page(name: str, manifest: Mapping[str, Any], data: ReportData, rejected: Sequence[Mapping[str, Any]]) -> str:
    """Return the page for the output called `name`; `rejected` are the first rows of rejected.jsonl."""
    from markupsafe import Markup

    counts, scope = manifest["counts"], _Scope()
    # Articles and pairs are rendered one by one, until their markup is as large as it may be.
    articles = [*_within(_ARTICLES_BYTES, _article_markup(data.views, scope))]
    pairs = [*_within(_PAIRS_BYTES, _pair_markup(data, scope))]
    # The page holds its style and script, so that it is one file that can be sent to somebody.
    room = files("cleaner.audit.report")
    style, script = (Markup((room / part).read_text("utf-8")) for part in ("page.css", "page.js"))
    return (
        environment()
        .get_template("page.html")
        .render(
            name=name,
            style=style,
            script=script,
            scope=scope,
            data=data,
            articles=articles,
            pairs=pairs,
            filters=_filters(data.views[: len(articles)]),
            findings=find(counts, data, legend()["flags"]),
            run=figures.run(manifest, name),
            cards=figures.cards(counts, data, len(manifest["inputs"])),
            funnel=figures.funnel(counts, data),
            removals=figures.removals(counts, data),
            left_out=figures.left_out(counts, data),
            flags=figures.flags(counts, data),
            encodings=figures.encodings(counts, data),
            duplicates=figures.duplicates(counts, data),
            rejects=figures.rejects(counts, rejected),
        )
    )


def _filters(articles: Sequence[ShownArticle]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return (name, label, values with their labels) of the fields by which the articles shown can be narrowed down."""
    # Values of the articles shown, not of the corpus: one that finds nothing on the page would look like a fault.
    shown = (
        ("case", "Look for", [case for case in CASES if any(case in article.cases for article in articles)]),
        ("kind", "Removed kind", sorted({kind for article in articles for kind in _kinds(article)})),
        ("outcome", "Outcome", sorted({article.outcome or "written" for article in articles})),
        ("flag", "Flag", sorted({flag for article in articles for flag in article.flags})),
    )
    said = legend()["cases"]
    return [(name, label, [(value, said.get(value, value)) for value in values]) for name, label, values in shown]


def _kinds(article: ShownArticle) -> list[str]:
    """Return the kinds of removal in an article, without space, which only closes gaps."""
    return sorted({span.kind for span in article.spans} - {"", "space"})


def _article_markup(articles: Iterable[ShownArticle], scope: _Scope) -> Iterator[str]:
    """Yield the markup of each article."""
    macro = environment().get_template("articles.html").module.article  # type: ignore[attr-defined]
    # A span refers to its reason by an id, which must be unique on the page.
    numbers = count()
    for number, article in enumerate(articles):
        reasons = [span.kind not in ("", "space") for span in article.spans]
        tips = [f"tip-{next(numbers)}" if has_reason else "" for has_reason in reasons]
        yield macro(article, number, _kinds(article), tips, scope)


def _pair_markup(data: ReportData, scope: _Scope) -> Iterator[str]:
    """Yield the markup of each pair of near-duplicates, with their differences word by word."""
    macro = environment().get_template("duplicates.html").module.pair  # type: ignore[attr-defined]
    for pair in data.pairs:
        lines = aligned(pair.beside.text, pair.member.text) if pair.beside else ()
        shown = [(tag, _shown_words(left), _shown_words(right)) for tag, left, right in lines]
        yield macro(pair, shown, scope)


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
