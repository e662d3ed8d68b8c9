"""One article, line by line: what stays, what goes, by which rule, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click
import orjson

from cleaner.article import Article, Drop, Raw, Reject, Removal
from cleaner.audit.logs import printable
from cleaner.audit.lookup import has_logs, logged
from cleaner.errors import InputError, OptionError
from cleaner.options import Options
from cleaner.pipeline import finish_articles, load_article, strip_article
from cleaner.read.files import list_sources
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.strip.strip import explain_line

__all__ = ["ShownLine", "explain_file", "explain_one_line", "shown_lines"]


_ALONE = "Looked at alone. What repeats on its site, or is a duplicate, a run tells: cleaner explain OUT --id ID"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A stretch of one line of `before`: `removal` is None where it stays."""

    text: str
    removal: Removal | None


def shown_lines(article: Article) -> Iterator[ShownLine]:
    """`before` in order, cut at line ends and at the edges of removals; white space alone is left out."""
    at = 0
    for removal in (*article.removals, None):
        until = removal.start if removal else len(article.before)
        yield from (ShownLine(line, None) for line in article.before[at:until].splitlines() if line.strip())
        if removal is None:
            return
        if removal.kind != "space":
            yield from (ShownLine(line, removal) for line in article.before[removal.start : removal.end].splitlines())
        at = removal.end


def explain_file(file: str, options: Options, *, article: str = "", as_json: bool = False) -> Iterator[str]:
    """The lines to print for one article of a file: the first, or the one whose id is `article`.

    Where the file is the output of a finished run, the article is told as its logs hold it, with what the steps over
    all articles decided. Raises InputError when the file cannot be read, OptionError when it holds no such article.
    """
    if has_logs(file):
        found, drop = logged(file, article)
    else:
        [(found, drop)] = finish_articles([strip_article(_article(file, options, article), options)], options)
    return _as_json(found, drop) if as_json else _in_words(found, drop, alone=not has_logs(file))


def _as_json(article: Article, drop: Drop | None) -> Iterator[str]:
    for piece in shown_lines(article):
        rule = (
            {"rule": piece.removal.rule, "kind": piece.removal.kind, "why": piece.removal.why} if piece.removal else {}
        )
        yield orjson.dumps({"text": piece.text, "stays": piece.removal is None, **rule}).decode()
    if drop:
        yield orjson.dumps({"dropped": asdict(drop)}).decode()


def _in_words(article: Article, drop: Drop | None, *, alone: bool) -> Iterator[str]:
    yield from _head(article)
    if drop:
        likeness = f" Jaccard {drop.jaccard:.4f}, containment {drop.containment:.4f}." if drop.keeper else ""
        keeper = f" {drop.keeper} stays in its place." if drop.keeper else ""
        yield click.style(f"  dropped: {printable(f'{drop.reason} ({drop.detail}).{keeper}{likeness}')}", fg="yellow")
    yield ""
    for piece in shown_lines(article):
        yield from _shown(piece)
    if alone:
        yield ""
        yield click.style(_ALONE, dim=True)


def explain_one_line(line: str, language: str, extra_dir: str = "") -> Iterator[str]:
    """Which rules would take a line that stands alone, as lines to print."""
    found = explain_line(line, language, extra_dir)
    if not found:
        yield "No rule takes this line by itself."
    yield from (f"{kind}, by {rule}: {why}" for rule, kind, why in found)


def _article(file: str, options: Options, wanted: str) -> Article:
    for item in plan_tasks(list_sources([file], options), options):
        for raw in [item] if isinstance(item, Reject) else read_records(item, options):
            if isinstance(raw, Reject):
                if not wanted:
                    raise InputError(f"{raw.source}: {raw.detail}", raw.advice)
            elif not wanted or wanted == _identity(raw):
                return load_article(raw, options)
    raise OptionError(f"{file} holds no article" + (f" with the id {wanted!r}." if wanted else "."))


def _identity(raw: Raw) -> str:
    return raw.id or (f"{raw.source}#{raw.record}" if raw.record else raw.source)


def _head(article: Article) -> Iterator[str]:
    yield click.style(printable(article.id), bold=True)
    facts = [f"language {article.language} ({article.language_score:.4f})", f"encoding {article.encoding}"]
    facts += [f"read as {article.input_kind}"]
    facts += [
        f"{name} {value}" for name in ("title", "author", "date", "place", "site") if (value := getattr(article, name))
    ]
    facts += [f"repaired: {step}" for step in article.repair] + [f"flag {flag}" for flag in article.flags]
    facts += [f"stands also for {name}" for name in article.duplicates]
    yield from (f"  {printable(fact)}" for fact in facts)


def _shown(piece: ShownLine) -> Iterator[str]:
    if piece.removal is None:
        yield f"  {printable(piece.text)}"
        return
    yield click.style(f"- {printable(piece.text)}", fg="red")
    why = printable(f"{piece.removal.kind}, by {piece.removal.rule}: {piece.removal.why}")
    yield click.style(f"    {why}", dim=True)
