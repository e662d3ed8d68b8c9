"""The three stages of a run over one shard: pure functions of a task, each of which writes one Arrow file.

read_stage    a part of the input -> articles, loaded and stripped; their lines, to find those that repeat per site
finish_stage  those -> repeats removed, language, guards: the lines of the output and its logs; sketches, for duplicates
write_stage   those lines and the decisions on duplicates -> the lines as they are written

hash_stage is about no shard: it hashes some files of the input for the manifest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from cleaner.article import SPLIT_KEY, Article, Drop, LeftOut, Reject, Removal, claim
from cleaner.audit.tally import dropped_line, kept_line, marked_line, tally
from cleaner.characters import visible_length
from cleaner.corpus.amend import amend_article, marks
from cleaner.corpus.decisions import CorpusDecisions, ShardDecisions
from cleaner.corpus.headlines import Headlines
from cleaner.corpus.ids import NewIds
from cleaner.corpus.shards import LINES, SKETCH, id_hash, lines_of
from cleaner.dates import sort_key
from cleaner.engine.columns import (
    binary_column,
    binary_values,
    fixed_column,
    list_column,
    number_column,
    number_values,
)
from cleaner.engine.progress import Done
from cleaner.engine.work import read_attached, read_shard, write_shard
from cleaner.engine.worker import Watch
from cleaner.neardup.sketches import sketch
from cleaner.options import Options
from cleaner.output.left_out import left_out_of_row
from cleaner.output.manifest import sha256
from cleaner.output.records import dropped_row, pack_article, record, removal_of, removed_rows, unpack_article
from cleaner.phrases.phrases import normalise_wording
from cleaner.read.changes import Stamps, changed_sources
from cleaner.read.task import Source, Task
from cleaner.repeats.headlines import linked_headlines
from cleaner.repeats.repeats import Repeats
from cleaner.repeats.site_lines import Keys, SiteLines, site_key, site_lines
from cleaner.repeats.site_rules import wordings_taken
from cleaner.strip.own_files import allowed_lines
from cleaner.strip.space import close_gaps

__all__ = ["FinishTask", "ReadTask", "WriteTask", "finish_stage", "hash_stage", "read_stage", "write_stage"]

_Counts = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A part of the input and the path of its shard. `stamps` are the sizes and times of its files."""

    input: Task  # as `plan_tasks` cut it
    out: Path  # the file that the stage writes
    options: Options
    stamps: Stamps = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FinishTask:
    """A shard after reading, and what the steps over all shards found about it."""

    read: Path  # the file of `read_stage`
    out: Path
    options: Options
    ids: NewIds | Mapping[int, str] | None = None  # new ids of records with a repeated one, in files or by row
    repeats: Path | None = None  # the file of the lines that repeat on sites
    number: int = 0
    headlines: Headlines | Keys | None = None  # of other articles, in files for all shards, or sent for this one


@dataclass(frozen=True, slots=True)
class WriteTask:
    """A finished shard, and the decisions of the global steps."""

    finished: Path  # the file of `finish_stage`
    out: Path
    number: int
    options: Options
    decided: CorpusDecisions | ShardDecisions  # in files for all shards, or sent for this one


def read_stage(task: ReadTask, watch: Watch) -> Done:
    """Read, decode, extract, repair and strip the records of a task."""
    from cleaner.corpus.watched import strip_records

    rejects: list[Reject] = []
    articles, sites = strip_records(task.input, task.options, watch, rejects)
    rejects += changed_sources(task.stamps)
    # hashes of ids stand beside the articles, so that repeated ids are found without unpacking an article
    columns = {
        "id": number_column(np.array([id_hash(a.id) for a in articles], np.uint64)),
        "article": binary_column([pack_article(a) for a in articles]),
    }
    if task.options.repeats:
        lines = site_lines([a.text for a in articles], sites, [a.title for a in articles])
        columns |= {"site": number_column(lines.sites), "titles": number_column(lines.titles)}
        columns |= {name: list_column(lines.offsets, getattr(lines, name)) for name in LINES[2:]}
    notes = {"rejects": [asdict(r) for r in rejects], "sites": {str(site_key(s)): s for s in sorted({*sites})}}
    write_shard(task.out, columns, notes)
    size = sum(len(a.before.encode("utf-8", "surrogatepass")) for a in articles)
    return Done(len(articles), size, rejected=len(rejects))


def finish_stage(task: FinishTask, watch: Watch) -> Done:
    """Remove lines that repeat on the site, identify the language, apply the guards, and sketch the clean texts."""
    from cleaner.corpus.watched import finish_records
    from cleaner.pipeline import with_new_id

    table, made = read_shard(task.read, ("article", *(LINES if task.repeats else ())))
    articles = [unpack_article(cell) for cell in binary_values(table["article"])]
    renamed = task.ids.of_shard(task.number) if isinstance(task.ids, NewIds) else task.ids or {}
    for row, new in renamed.items():  # an earlier record has the same id
        articles[row] = with_new_id(articles[row], new)
    learned: dict[str, list[str]] = {}
    if task.repeats:
        known, lines = Repeats.load(task.repeats), lines_of(table)
        linked = _linked_headlines(task, articles, lines)
        articles = known.take_all(articles, lines)
        for row, links in linked.items():  # in offsets of *before*, which other removals do not move
            claimed = claim((*articles[row].removals, *links))
            articles[row] = articles[row]._replace(removals=close_gaps(articles[row].before, claimed))
        if task.options.site_rules:
            # the file of site rules names sites and wordings, of which the columns of lines have only hashes
            for article, site in zip(articles, number_values(table["site"]).tolist(), strict=True):
                name = made["sites"][str(site)]
                learned |= {str(key): [name, wording] for key, wording in wordings_taken(article, name, known)}
    # from here on an article may be dropped, and then has a row in the log
    rejects: list[Reject] = []
    finished = finish_records(articles, task.options, watch, rejects)
    texts = [a.text for a, _ in finished]
    rows = [record(a, text) for (a, _), text in zip(finished, texts, strict=True)]
    left_out = [a.left_out for a, _ in finished]
    gone = [[a.before[one.start : one.end] for one in a.removals if one.kind != "space"] for a, _ in finished]
    tallied = tally([a.id for a, _ in finished], rows, [a.removals for a, _ in finished], gone, left_out)
    counts = _counted(finished, texts)
    for kind, rule, spans, characters, *_ in tallied["rules"]:
        counts["removals", kind, rule] = spans
        counts["removed_characters", kind, rule] = characters
    columns = {
        "record": binary_column([_line(row) for row in rows]),
        "removed": binary_column([b"".join(map(_line, removed_rows(a))) for a, _ in finished]),
        "drop": binary_column([orjson.dumps(drop) if drop else b"" for _, drop in finished]),
        **{name: binary_column([getattr(a, name).encode() for a, _ in finished]) for name in ("id", "url", "site")},
        "date": binary_column([sort_key(a.date).encode() for a, _ in finished]),
        "length": number_column(np.array([*map(visible_length, texts)], np.int64)),
    }
    sketches = sketch(texts)
    columns |= {name: fixed_column(getattr(sketches, name)) for name in SKETCH}
    notes = {
        "rejects": [*made["rejects"], *(asdict(r) for r in rejects)],
        "counts": _listed(counts),
        "learned": dict(sorted(learned.items())),
    }
    write_shard(task.out, columns, notes, {"tally": orjson.dumps(tallied)})
    dropped = sum(drop is not None for _, drop in finished)
    return Done(len(finished), sum(len(t.encode("utf-8", "surrogatepass")) for t in texts), dropped, len(rejects))


def _linked_headlines(task: FinishTask, articles: Sequence[Article], lines: SiteLines) -> dict[int, list[Removal]]:
    """Return, by row, the removals of headlines of other articles, without those that the options keep."""
    headlines, options = task.headlines, task.options
    if (
        headlines is None
        or "related" in options.keep_kinds
        or (options.only_kinds and "related" not in options.only_kinds)
    ):
        return {}
    known = headlines.of_shard(task.number) if isinstance(headlines, Headlines) else headlines
    linked = linked_headlines(articles, lines, known)
    if not options.allow:
        return linked
    allowed = allowed_lines(options.allow)
    return {
        row: [r for r in removals if normalise_wording(articles[row].before[r.start : r.end]) not in allowed]
        for row, removals in linked.items()
    }


def write_stage(task: WriteTask, watch: Watch) -> Done:
    """Make the lines of the output and of the logs, article by article."""
    table, notes = read_shard(task.finished, ("record", "removed", "drop"))
    counts: _Counts = Counter({tuple(key): n for *key, n in notes["counts"]})
    records, removed = binary_values(table["record"]), binary_values(table["removed"])
    dropped, options = [b""] * table.num_rows, task.options
    decided = task.decided
    if isinstance(decided, CorpusDecisions):
        decided = decided.of_shard(task.number)
    drops: Mapping[int, Drop] = decided.drops
    early = {row: Drop(**orjson.loads(drop)) for row, drop in enumerate(binary_values(table["drop"])) if drop}
    [tallied] = read_attached(task.finished, "tally")
    if options.mask or decided.paragraphs:
        tallied, emptied = _amend(records, removed, decided.paragraphs, early, options, counts)
        drops = {**emptied, **drops}
    for row, drop in drops.items():
        # it was counted as written when the shard was finished
        gone = orjson.loads(records[row])
        counts["dropped", drop.reason] += 1
        _count_written(counts, len(gone["text"]), gone["language"], gone["site"], -1)
    drops = {**drops, **early}
    # the record of a keeper names the articles in whose place it is kept
    kept: list[object] = []
    for row, ids in decided.duplicates.items():
        whole = orjson.loads(records[row])
        whole["duplicates"] = list(dict.fromkeys((*whole["duplicates"], *ids)))  # an earlier run may have found some
        kept.append(kept_line(row, whole))
        records[row] = memoryview(_line(whole))
    would_drop = sorted(drops)
    if options.mark or options.split:
        drops = _add_keys(records, drops, decided.parts, options, counts)
    marked = [marked_line(row, orjson.loads(records[row])) for row in would_drop] if options.mark else []
    tallied_drops: list[object] = []
    for row, drop in drops.items():
        whole = orjson.loads(records[row])
        tallied_drops.append(dropped_line(row, whole, drop))
        dropped[row] = _line(dropped_row(drop, whole))
        records[row] = memoryview(b"")
    columns = {"record": binary_column(records), "removed": binary_column(removed), "dropped": binary_column(dropped)}
    if options.split:
        parts = [part if line else "" for part, line in zip(decided.parts, records, strict=True)]
        counts.update({("split", part): n for part, n in Counter(filter(None, parts)).items()})
        columns["split"] = binary_column([f"{part}\n".encode() if part else b"" for part in parts])
    attached = {"tally": tallied, "verdicts": orjson.dumps({"dropped": tallied_drops, "kept": kept, "marked": marked})}
    write_shard(task.out, columns, {"counts": _listed(counts)}, attached)
    return Done(len(records), sum(map(len, records)), len(drops.keys() - early.keys()))


def _add_keys(
    records: list[memoryview], drops: Mapping[int, Drop], parts: Sequence[str], options: Options, counts: _Counts
) -> Mapping[int, Drop]:
    """Add the keys of --mark and --split to the lines of a shard. Returns the drops, of which --mark leaves none."""
    for row, line in enumerate(records):
        whole, drop = orjson.loads(line), drops.get(row)
        meta = whole.pop("meta")  # the last key
        if options.mark:
            whole |= marks(whole["id"], drop)
        if options.split:
            whole[SPLIT_KEY] = parts[row]
        records[row] = memoryview(_line(whole | {"meta": meta}))
        if options.mark and drop:
            counts["marked", drop.reason] += 1
            counts["dropped", drop.reason] -= 1
            _count_written(counts, len(whole["text"]), whole["language"], whole["site"])
    return {} if options.mark else drops


def _amend(
    records: list[memoryview],
    removed: list[memoryview],
    paragraphs: Mapping[int, Sequence[tuple[int, str]]],
    early: Collection[int],
    options: Options,
    counts: _Counts,
) -> tuple[bytes, dict[int, Drop]]:
    """Make the last removals in the lines of a shard, and count them.

    `early` are the rows of articles that were dropped before, and so are not counted as written. Returns the new tally
    of the shard, and drops of the articles of which nothing is left.
    """
    wholes: list[dict[str, Any]] = []
    removals: list[tuple[Removal, ...]] = []
    texts: list[list[str]] = []
    left_out: list[list[LeftOut]] = []
    emptied: dict[int, Drop] = {}
    for row, (line, log) in enumerate(zip(records, removed, strict=True)):
        whole, rows = orjson.loads(line), [*map(orjson.loads, bytes(log).splitlines())]
        changed, rows, found = amend_article(whole, rows, paragraphs.get(row, ()), options)
        if found:
            less = len(changed["text"]) - len(whole["text"])
            counts["characters", "stripped"] += less
            counts["characters", "written"] += less if row not in early else 0
            for (kind, rule, characters), times in found.items():
                counts["removals", kind, rule] += times
                counts["removed_characters", kind, rule] += characters * times
            if not changed["text"].strip():
                emptied[row] = Drop(whole["id"], "empty", "all of its paragraphs stand in other articles as well")
        wholes.append(changed)
        removals.append(tuple(removal_of(one) for one in rows if one["start"] >= 0))
        texts.append([one["text"] for one in rows if one["start"] >= 0 and one["kind"] != "space"])
        left_out.append([paragraph for one in rows if (paragraph := left_out_of_row(one))])
        records[row], removed[row] = memoryview(_line(changed)), memoryview(b"".join(map(_line, rows)))
    return orjson.dumps(tally([whole["id"] for whole in wholes], wholes, removals, texts, left_out)), emptied


def _counted(finished: Sequence[tuple[Article, Drop | None]], texts: Sequence[str]) -> _Counts:
    """Return the counts for the manifest, without removals. A key is (table, key ...), as in `count_tables`."""
    articles = [article for article, _ in finished]
    counts: _Counts = Counter()
    counts["articles", "read"] = len(articles)
    counts["characters", "before"] = sum(len(a.before) for a in articles)
    counts["characters", "stripped"] = sum(map(len, texts))
    for table, keys in (
        ("encoding", (a.encoding for a in articles)),
        ("input_kind", (a.input_kind for a in articles)),
        ("read_from", (a.form for a in articles)),
        ("repaired", ("yes" if a.repair else "no" for a in articles)),
        ("flag", (flag for a in articles for flag in a.flags)),
        ("dropped", (drop.reason for _, drop in finished if drop)),
    ):
        counts.update({(table, key): n for key, n in Counter(keys).items()})
    for kind, reason, paragraphs, characters in chain.from_iterable(a.left_out_counts for a in articles):
        counts["left_out", kind, reason] += paragraphs
        counts["left_out_characters", kind, reason] += characters
    stay = [(a, len(text)) for (a, drop), text in zip(finished, texts, strict=True) if not drop]
    for (language, site), n in Counter((a.language, a.site) for a, _ in stay).items():
        _count_written(counts, 0, language, site, n)
    counts["characters", "written"] = sum(length for _, length in stay)
    return counts


def _count_written(counts: _Counts, length: int, language: str, site: str, times: int = 1) -> None:
    """Count `times` articles of `length` characters as written; a negative number takes some back."""
    counts["articles", "written"] += times
    counts["characters", "written"] += times * length
    counts["language", language] += times
    counts["site", site] += times


def _listed(counts: _Counts) -> list[list[object]]:
    """Return counts as rows [*key, number], sorted."""
    return [[*key, n] for key, n in sorted(counts.items()) if n]


def hash_stage(sources: Sequence[Source], watch: Watch) -> list[tuple[str, int, str]]:
    """Return (source, bytes, sha256) of every source; the hash is "" for no local file, or one that cannot be read."""
    hashed = []
    for source in sources:
        try:
            digest = sha256(Path(source.path)) if Path(source.path).is_file() else ""
        except OSError:  # the log of rejects has it already
            digest = ""
        hashed.append((source.source, source.size, digest))
    return hashed


def _line(row: Mapping[str, object]) -> bytes:
    """Return a row as a line of JSON."""
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
