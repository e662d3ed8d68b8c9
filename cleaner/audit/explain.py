"""Show what the rules do: to an article line by line, to a single line, and what additional phrase lists remove."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path

import click
import orjson

from cleaner.article import Article, Drop, LeftOut, Reject
from cleaner.audit.restore import article_from_logs, has_logs
from cleaner.audit.spans import Row, clipped, printable, spans
from cleaner.errors import CleanerError, InputError, OptionError
from cleaner.options import Options
from cleaner.output.left_out import row_of_left_out
from cleaner.output.records import removed_rows
from cleaner.phrases.phrases import phrase_languages
from cleaner.pipeline import finish_articles, load_article, strip_article
from cleaner.read.records import records_of
from cleaner.strip.strip import explain_line

__all__ = ["ListGain", "explain_file", "explain_one_line", "gains_of_lists", "shown_lines"]

NAMED = 10
"""Languages that are named where the lists of several remove a line for the same reason; the others are counted."""

_FIRST = "This is the first article that it holds; --id ID shows another."
# Repeated lines and duplicates show only in a whole corpus, and a reader must not conclude that there are none.
_ALONE = "Looked at alone. What repeats on its site, or is a duplicate, a run tells: cleaner explain OUT --id ID"


def explain_file(file: str, options: Options, *, article: str = "", as_json: bool = False) -> Iterator[str]:
    """Return the lines to print for one article of a file: the first one, or the one whose id is `article`.

    Where the file is the output of a finished run, the article comes from its logs, with what the steps over the whole
    corpus decided. Raises InputError when the file cannot be read, OptionError when it holds no such article.
    """
    # An output is a file of records too. Were it read as input, its clean texts would be cleaned a second time.
    from_run = has_logs(file)
    if from_run:
        found, drop = article_from_logs(file, article)
    else:
        [(found, drop)] = finish_articles([strip_article(_load_one(file, options, article), options)], options)
    if as_json:
        return _as_json(found, drop)
    several = not article and (from_run or found.record > 0 or Path(file).is_dir())
    return chain(_in_words(found, drop, alone=not from_run), [_FIRST] if several else [])


def explain_one_line(line: str, language: str = "", extra_dir: str = "") -> Iterator[str]:
    """Yield the rules that would remove a line that stands alone, as lines to print.

    One line is too short to identify its language, so without a `language` the phrase lists of all languages are tried,
    which takes some seconds; a reason that several of them give is printed once.
    """
    found: dict[str, list[str]] = {}
    further = [path.stem for path in Path(extra_dir).glob("*.toml")] if extra_dir else []
    languages = [language] if language else [*dict.fromkeys((*phrase_languages(), *further))]
    for code in languages:
        for rule, kind, why in explain_line(line, code, extra_dir):
            # the English list is used with every language, so its reasons name it already
            said = why if language or code == "en" else why.removeprefix(f"{code} list, ")
            found.setdefault(f"{kind}, by {rule}: {said}", []).append(code)
    if not found:
        yield "No rule takes this line by itself" + ("." if language else ", in no language.")
    for said, codes in found.items():
        more = f" and {len(codes) - NAMED} more" if len(codes) > NAMED else ""
        where = "every language" if len(codes) == len(languages) else ", ".join(codes[:NAMED]) + more
        yield said if language else f"{said}; in {where}"


def shown_lines(article: Article) -> Iterator[tuple[str, Row | None]]:
    """Yield the text before stripping in order, as (line, the row of the removal that takes it, or None if it stays).

    Lines are cut at line ends and at the edges of removals. Removals of space, and kept lines of white space alone, are
    left out: they would be empty lines on the screen. Paragraphs that extraction left out of a page stand where they
    stood on the page. The logs of a run do not record that place, so for an article from there they come last.
    """
    left_out = deque(article.left_out)
    passed = 0  # line ends of the text before stripping
    for span, row in spans(article.text, removed_rows(article._replace(left_out=()))):
        for number, line in enumerate(span.split("\n")):
            passed += number > 0
            while left_out and 0 <= left_out[0].line <= passed and (number or not passed):
                yield from _lines_left_out(left_out.popleft())
            if row is None or row["kind"] != "space":
                yield from ((part, row) for part in line.splitlines() if row or part.strip())
    for paragraph in left_out:
        yield from _lines_left_out(paragraph)


def _lines_left_out(paragraph: LeftOut) -> Iterator[tuple[str, Row]]:
    """Yield a paragraph that extraction left out, as lines with the row that a log has of it."""
    row = row_of_left_out("", paragraph)
    yield from ((line, row) for line in paragraph.text.splitlines() or [""])


def _load_one(file: str, options: Options, wanted: str) -> Article:
    """Return the article of a file with the id `wanted`, or its first one if that is ""."""
    # Records without an id are found by the one that the run would give them.
    for raw in records_of([file], options):
        if isinstance(raw, Reject):
            if not wanted:  # otherwise the article with that id may still come
                raise InputError(f"{raw.source}: {raw.detail}", raw.advice)
        elif not wanted or wanted == (raw.id or (f"{raw.source}#{raw.record}" if raw.record else raw.source)):
            return load_article(raw, options, everything=True)
    raise OptionError(f"{file} holds no article" + (f" with the id {wanted!r}." if wanted else "."))


def _as_json(article: Article, drop: Drop | None) -> Iterator[str]:
    """Yield an article as lines of JSON, one for each line of its text."""
    # One object per line, so that a program can read them as they come.
    for line, row in shown_lines(article):
        reason = {key: row[key] for key in ("rule", "kind", "why")} if row else {}
        yield orjson.dumps({"text": line, "stays": row is None, **reason}).decode()
    if drop:
        yield orjson.dumps({"dropped": asdict(drop)}).decode()


def _in_words(article: Article, drop: Drop | None, *, alone: bool) -> Iterator[str]:
    """Yield an article as lines for people. `alone` says that the steps over the whole corpus have not seen it."""
    # First what is known of the article, then whether it was dropped, then its text line by line.
    yield click.style(printable(article.id), bold=True)
    facts = [f"language {article.language} ({article.language_score:.4f})", f"encoding {article.encoding}"]
    facts += [f"read as {article.input_kind}"]
    facts += [
        f"{name} {value}" for name in ("title", "author", "date", "place", "site") if (value := getattr(article, name))
    ]
    facts += [f"repaired: {step}" for step in article.repair] + [f"flag {flag}" for flag in article.flags]
    facts += [f"stands also for {name}" for name in article.duplicates]
    yield from (f"  {printable(fact)}" for fact in facts)
    if drop:
        likeness = f" Jaccard {drop.jaccard:.4f}, containment {drop.containment:.4f}." if drop.keeper else ""
        keeper = f" {drop.keeper} stays in its place." if drop.keeper else ""
        yield click.style(f"  dropped: {printable(f'{drop.reason} ({drop.detail}).{keeper}{likeness}')}", fg="yellow")
    yield ""
    for line, row in shown_lines(article):
        if row is None:
            yield f"  {printable(line)}"
        else:
            yield click.style(f"- {printable(line)}", fg="red")
            reason = f"{row['kind']}, by {row['rule']}: {row['why']}"
            yield click.style(f"    {printable(reason)}", dim=True)
    if alone:
        yield ""
        yield click.style(_ALONE, dim=True)


@dataclass(frozen=True, slots=True)
class ListGain:
    """The removals of one entry of an additional phrase list: the entry, how often, and the first text as an
    example."""

    why: str
    times: int
    example: str
    where: str  # the id of the article with the example


def gains_of_lists(inputs: Iterable[str], options: Options) -> list[ListGain]:
    """Return the removals that only the lists of `options.phrases` make, by entry, the most frequent first.

    Input that cannot be read is skipped.
    """
    # By entry and not by rule: the author of a list wants to see what each of its entries does.
    found: dict[str, ListGain] = {}
    for raw in records_of(inputs, options):
        if isinstance(raw, Reject):
            continue
        article = load_article(raw, options)
        try:
            removals = strip_article(article, options).removals
        except CleanerError:  # a list is wrong; `cleaner phrases test` reports that before it comes here
            continue
        shipped = [(r.start, r.end) for r in strip_article(article, replace(options, phrases="")).removals]
        for removal in removals:
            # A span inside one that is removed anyway is no gain, and neither is the space that closes a gap.
            covered = any(start <= removal.start and removal.end <= end for start, end in shipped)
            if covered or removal.kind == "space":
                continue
            text = clipped(" ".join(article.before[removal.start : removal.end].split()), 100)
            known = found.get(removal.why) or ListGain(removal.why, 0, text, article.id)
            found[removal.why] = replace(known, times=known.times + 1)
    return sorted(found.values(), key=lambda gain: (-gain.times, gain.why))
