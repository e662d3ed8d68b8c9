"""Finished shards of small corpora that have what the global steps must deal with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from cleaner import Options
from cleaner.corpus.clean import finish_corpus, read_corpus
from cleaner.corpus.duplicates import find_duplicates
from cleaner.corpus.run import Run
from cleaner.corpus.shards import SKETCH, ShardSet
from cleaner.engine.columns import binary_column, fixed_column, number_column
from cleaner.engine.pool import Pool
from cleaner.engine.shuffle import Carrier, Shuffle
from cleaner.engine.work import Work, write_shard
from cleaner.neardup.sketches import sketch
from cleaner.options import stage_options
from cleaner.read.files import list_sources

__all__ = ["bucket", "check_bucket", "finished", "records", "write"]

SYLLABLES = ["ka", "ri", "ta", "na", "bu", "so", "le", "mi", "du", "pa", "ga", "wi", "jo", "ne", "ha"]


def records(count: int, *, seed: int = 5) -> Iterator[dict[str, Any]]:
    """Articles with taken ids, URLs met twice, exact and near copies, furniture of sites, and reports of one form."""
    draw = random.Random(seed)
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(1, 3))) for _ in range(400)]
    form = draw.choices(words, k=45)
    furniture = {site: draw.choices(words, k=60) for site in range(4)}  # too long to be taken as a line
    bodies: list[list[str]] = []
    for n in range(count):
        site, kind = draw.randrange(4), draw.random()
        if kind < 0.2 and bodies:
            body = list(draw.choice(bodies[-60:]))
            for _ in range(draw.choice((0, 0, 1, 4))):
                body[draw.randrange(len(body))] = draw.choice(words)
        elif kind < 0.35:
            body = [*form, *map(str, draw.choices(range(40), k=3)), *draw.choices(words, k=8)]
        else:
            body = draw.choices(words, k=draw.randint(40, 120))
        bodies.append(body)
        lines = [" ".join(body[i : i + 17]).capitalize() + "." for i in range(0, len(body), 17)]
        if draw.random() < 0.6:
            lines.append(" ".join(furniture[site]).capitalize() + ".")
        lines.append(f"Kantor redaksi situs {site} di jalan {words[site]}")
        number = draw.randrange(n + 1) if draw.random() < 0.1 else n
        yield {
            "id": "sama" if draw.random() < 0.03 else f"a{n}",
            "url": f"https://situs{site}.example/{number}",
            "date": draw.choice(("", f"2024-0{draw.randint(1, 9)}-01")),
            "text": "\n\n".join(lines),
        }


def write(folder: Path, rows: Iterator[dict[str, Any]], files: int = 1) -> list[Path]:
    """The records as so many files of JSON lines."""
    lines = [orjson.dumps(row) + b"\n" for row in rows]
    paths = [folder / f"in-{n:02d}.jsonl" for n in range(files)]
    for n, path in enumerate(paths):
        path.write_bytes(b"".join(lines[n::files]))
    return paths


@contextmanager
def finished(folder: Path, inputs: list[Path], options: Options) -> Iterator[tuple[Work, list[Path], list[Path]]]:
    """A work directory, its shards after reading, and its finished shards."""
    sources = list_sources([str(path) for path in inputs], options)
    with Work(folder / "work", inputs={}, stages=stage_options(options)) as work, Pool(1) as pool:
        run = Run(work, pool, replace(options, keep_work=True))  # of all stages
        read_corpus(run, sources)
        finish_corpus(run)
        yield work, run.shards("read"), run.shards("finish")


def bucket(folder: Path, count: int, *, variants: int, shards: int) -> list[Path]:
    """Finished shards of `count` texts on as many sites, of which `variants` differ, each in one word of many."""
    words = [f"{a}{b}{c}" for a in SYLLABLES for b in SYLLABLES[:4] for c in SYLLABLES[:3]]
    texts = [" ".join([*words, f"akhir{n}"]) + "." for n in range(variants)]
    sketches = sketch(texts)
    records = [orjson.dumps({"text": text}) for text in texts]
    paths = [folder / f"{n:08d}.arrow" for n in range(shards)]
    for n, path in enumerate(paths):
        numbers_here = np.arange(n, count, shards)
        which = numbers_here % variants
        names = [f"{i:07d}".encode() for i in numbers_here.tolist()]
        write_shard(
            path,
            {
                "record": binary_column([records[i] for i in which.tolist()]),
                "drop": binary_column([b""] * len(names)),
                "id": binary_column(names),
                "site": binary_column(names),
                "date": binary_column([b""] * len(names)),
                "url": binary_column([b""] * len(names)),
                "length": number_column(np.array([len(texts[i]) for i in which.tolist()], np.int64)),
                **{name: fixed_column(getattr(sketches, name)[which]) for name in SKETCH},
            },
        )
    return paths


def check_bucket(carrier: Carrier, folder: Path, *, count: int, variants: int) -> None:
    """All such texts but one are dropped on every carrier, and no table of the steps grows beyond its bound."""
    shards = ShardSet.of(bucket(folder, count, variants=variants, shards=10))
    found = find_duplicates(Shuffle(carrier, folder / "tables", 1 << 28), shards, Options())
    drops = [drop for number in shards.numbers for drop in found.of_shard(number)[0].values()]
    assert len(drops) == count - 1
    # the longest stay: the first of those with the most digits at their end
    assert {drop.keeper for drop in drops} == {f"{min(variants - 1, 10 ** len(str(variants - 1)) // 10):07d}"}
    assert found.counts["exact"] == count - variants
    assert found.counts["components"] == 1
    assert found.counts["candidates"] < 40 * variants  # stars of the bands, not variants * variants / 2
    largest = max(path.stat().st_size for path in (folder / "tables").rglob("*.npy"))
    assert largest < max(32 << 20, 1024 * variants)
