"""Compare two runs by their outputs and logs: articles, texts, and removals per kind and rule."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
import xxhash

from cleaner.audit.logs import Row, open_logs, records, rows
from cleaner.audit.spans import printable

__all__ = ["Change", "Differences", "RuleDifference", "differences"]

_EXAMPLES = 3  # ids or texts shown of each difference
_CLIP = 100  # characters shown of a removed text


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """The numbers of spans that one rule removed as one kind in the first run only, in the second only, and in both.

    Two spans are the same if article, start, end, kind and rule are. Spans of articles that only one run has do not
    count. The examples are texts that only one side removed.
    """

    kind: str
    rule: str
    only_a: int
    only_b: int
    both: int
    examples_a: tuple[str, ...] = ()
    examples_b: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """The number of articles that have one outcome or language in the first run and another in the second."""

    was: str
    now: str
    articles: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything in which two runs differ. Articles are matched by their ids.

    `settings` are the versions and options that differ as (name, in a, in b), with "" where a run had none of that
    name. `texts` counts the articles that both wrote with different texts. `rejected` are the numbers of inputs that
    each run set aside.
    """

    a: str
    b: str
    settings: tuple[tuple[str, str, str], ...]
    only_a: int
    only_b: int
    both: int
    texts: int
    texts_examples: tuple[str, ...]
    outcomes: tuple[Change, ...]
    languages: tuple[Change, ...]
    rules: tuple[RuleDifference, ...]
    rejected: tuple[int, int]

    @property
    def none(self) -> bool:
        """True if the runs did the same to the same articles; settings may differ."""
        # Settings are left out on purpose: whoever compares two versions hopes that they do the same.
        same = not (self.only_a or self.only_b or self.texts or self.outcomes or self.languages)
        return same and not any(r.only_a or r.only_b for r in self.rules) and self.rejected[0] == self.rejected[1]

    def json(self) -> str:
        """Return all of it as indented JSON."""
        return orjson.dumps({**asdict(self), "same": self.none}, option=orjson.OPT_INDENT_2).decode()

    def lines(self) -> Iterator[str]:
        """Yield all of it as lines for people."""
        yield f"a: {self.a}"
        yield f"b: {self.b}"
        yield from (f"  {name}: {was or '-'} -> {now or '-'}" for name, was, now in self.settings)
        if self.none:
            yield f"Both did the same to the same {self.both:,} articles."
            return
        yield f"articles in both: {self.both:,}; only in a: {self.only_a:,}; only in b: {self.only_b:,}"
        yield f"written by both with different text: {self.texts:,}{_such_as(self.texts_examples)}"
        for change in self.outcomes:
            yield f"{change.was} -> {change.now}: {change.articles:,}{_such_as(change.examples)}"
        for change in self.languages:
            yield f"language {change.was} -> {change.now}: {change.articles:,}{_such_as(change.examples)}"
        if self.rejected[0] != self.rejected[1]:
            yield f"set aside: {self.rejected[0]:,} -> {self.rejected[1]:,}"
        for rule in self.rules:
            if rule.only_a or rule.only_b:
                only = f"{rule.only_a:,} only by a, {rule.only_b:,} only by b"
                yield f"{rule.kind}, by {rule.rule}: {rule.both:,} spans removed by both, {only}"
                yield from (f"  only a: {printable(text)}" for text in rule.examples_a)
                yield from (f"  only b: {printable(text)}" for text in rule.examples_b)


def differences(a: str, b: str, *, audit_a: str | Path | None = None, audit_b: str | Path | None = None) -> Differences:
    """Compare the outputs `a` and `b` of two finished runs. Raises OutputError when an output or its logs are missing.

    The rows are compared in a temporary database on disk, so that memory does not grow with the corpora.
    """
    logs = open_logs(a, audit_a), open_logs(b, audit_b)
    folders, manifests = [folder for folder, _ in logs], [manifest for _, manifest in logs]
    with closing(sqlite3.connect("")) as db:  # "" is a file that SQLite makes and deletes
        # Both runs go into the same tables, and every question after that is a query.
        db.executescript(_TABLES)
        for run, output, folder in zip("ab", (a, b), folders, strict=True):
            _load(db, run, output, folder)
        db.execute(f"DELETE FROM span WHERE id NOT IN (SELECT a.id {_BOTH})")  # of articles in one run alone
        rules = []
        for kind, rule, only_a, only_b, both in db.execute(_PER_RULE).fetchall():
            examples_a = _column(db, _EXAMPLES_OF, ("a", kind, rule)) if only_a else ()
            examples_b = _column(db, _EXAMPLES_OF, ("b", kind, rule)) if only_b else ()
            rules.append(RuleDifference(kind, rule, only_a, only_b, both, examples_a, examples_b))
        [only_in_a] = _column(db, _ONLY_ARTICLES, {"run": "a", "other": "b"})
        [only_in_b] = _column(db, _ONLY_ARTICLES, {"run": "b", "other": "a"})
        [in_both] = _column(db, f"SELECT count(*) {_BOTH}")
        [texts] = _column(db, f"SELECT count(*) {_BOTH} AND {_TEXT_DIFFERS}")
        rejected = [sum(manifest["counts"].get("rejected", {}).values()) for manifest in manifests]
        settings: list[tuple[str, str, str]] = []
        for what in ("cleaner", "libraries", "options"):
            was, now = (run[what] if isinstance(run[what], dict) else {"": run[what]} for run in manifests)
            for name in sorted(was.keys() | now.keys()):
                in_a, in_b = (str(side[name]) if name in side else "" for side in (was, now))
                if in_a != in_b:
                    settings.append((f"{what} {name}".rstrip(), in_a, in_b))
        return Differences(
            a=a,
            b=b,
            settings=tuple(settings),
            only_a=only_in_a,
            only_b=only_in_b,
            both=in_both,
            texts=texts,
            texts_examples=_column(db, f"SELECT a.id {_BOTH} AND {_TEXT_DIFFERS} ORDER BY a.id LIMIT {_EXAMPLES}"),
            outcomes=tuple(_changes(db, "outcome")),
            languages=tuple(_changes(db, "language")),
            rules=tuple(rules),
            rejected=(rejected[0], rejected[1]),
        )


# Both runs stand in the same tables, told apart by `run`. The primary key of `span` begins with what makes two spans
# the same, so that grouping them needs no sort. Of an article's text there is only the hash.
_TABLES = """
CREATE TABLE article (run TEXT, id TEXT, outcome TEXT, language TEXT, text INTEGER,
                      PRIMARY KEY (run, id)) WITHOUT ROWID;
CREATE TABLE span (run TEXT, id TEXT, start INTEGER, "end" INTEGER, kind TEXT, rule TEXT, text TEXT,
                   PRIMARY KEY (id, start, "end", kind, rule, run)) WITHOUT ROWID;
"""
_ONLY_ARTICLES = """
SELECT count(*) FROM article AS x WHERE run = :run
    AND NOT EXISTS (SELECT 1 FROM article AS y WHERE y.run = :other AND y.id = x.id)
"""
_BOTH = "FROM article AS a JOIN article AS b ON b.id = a.id WHERE a.run = 'a' AND b.run = 'b'"
_TEXT_DIFFERS = "a.text != b.text AND a.outcome = 'written' AND b.outcome = 'written'"
# A span that both runs removed is there twice, one of a single run once, and then min(run) says whose it is.
_MATCHED = """
SELECT id, start, kind, rule, text, count(*) AS runs, min(run) AS run FROM span
    GROUP BY id, start, "end", kind, rule
"""
_PER_RULE = f"""
SELECT kind, rule, sum(runs = 1 AND run = 'a'), sum(runs = 1 AND run = 'b'), sum(runs = 2) FROM ({_MATCHED})
    GROUP BY kind, rule ORDER BY sum(runs = 1) DESC, kind, rule
"""
# Each text once, in the order of the corpus.
_EXAMPLES_OF = f"""
SELECT text FROM ({_MATCHED}) WHERE runs = 1 AND run = ? AND kind = ? AND rule = ?
    GROUP BY text ORDER BY min(id), min(start) LIMIT {_EXAMPLES}
"""


def _load(db: sqlite3.Connection, run: str, output: str, folder: Path) -> None:
    """Put the articles and removals of one run into the tables."""

    def article(record: Row, outcome: str) -> tuple[object, ...]:
        digest = xxhash.xxh3_64_intdigest(record["text"].encode()) - (1 << 63)  # SQLite's integers are signed
        return run, record["id"], outcome, record["language"], digest

    written = (article(record, "written") for record in records(output, folder))
    dropped = (article(row["record"], f"dropped ({row['reason']})") for row in rows(folder / "dropped.jsonl"))
    db.executemany("INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?, ?)", chain(written, dropped))
    keys = ("id", "start", "end", "kind", "rule")
    # A removal of space closes the gap of another removal. Where that one differs the space differs too, and would be
    # counted as a second difference.
    spans = (
        (run, *(row[key] for key in keys), row["text"][:_CLIP])
        for row in rows(folder / "removed.jsonl")
        if row["kind"] != "space" and row["start"] >= 0
    )
    db.executemany("INSERT OR REPLACE INTO span VALUES (?, ?, ?, ?, ?, ?, ?)", spans)


def _changes(db: sqlite3.Connection, column: str) -> Iterator[Change]:
    """Yield how many articles of both runs differ in a column, for each pair of its values."""
    differs = f"{_BOTH} AND a.{column} != b.{column}"
    changed = db.execute(f"SELECT a.{column}, b.{column}, a.id {differs} ORDER BY 1, 2, 3")
    for (was, now), group in groupby(changed, key=itemgetter(0, 1)):
        n, examples = 0, []
        for row in group:  # a group may be half a corpus, so only a few ids are held
            n += 1
            examples += [row[2]] if n <= _EXAMPLES else []
        yield Change(was, now, n, tuple(examples))


def _column(db: sqlite3.Connection, query: str, values: Sequence[str] | Mapping[str, str] = ()) -> tuple[Any, ...]:
    """Return the first column of the answer to a query with these values."""
    return tuple(row[0] for row in db.execute(query, values))


def _such_as(examples: Iterable[str]) -> str:
    """Return the end of a line that gives examples; "" if there are none."""
    shown = ", ".join(map(printable, examples))
    return f", such as {shown}" if shown else ""
