"""What a corpus costs on a cluster, on paper: units measured on a small corpus, times the number of articles.

    python benchmarks/cluster.py [--measured 10000] [--articles 1000000000] [--cores 1000] [--ratio 1.5] [--label]

Measured in one process, by the functions that executors call: CPU and bytes that travel, per article, step by step.
`--ratio` is what Spark adds to the CPU (benchmarks/spark.py). Bytes are before Spark's compression.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import orjson
from articles import articles

from cleaner import Options
from cleaner.corpus.candidates import label_components
from cleaner.corpus.clean import finish_corpus, read_corpus, write_corpus
from cleaner.corpus.run import Run
from cleaner.engine.pool import Pool
from cleaner.engine.shuffle import PART_BYTES, InMemory
from cleaner.engine.work import Work
from cleaner.neardup.lsh import CandidatePairs
from cleaner.options import stage_options
from cleaner.read.files import list_sources

SHARD = 20_000  # records per shard on a cluster
BATCH = PART_BYTES // 8  # pairs that the driver labels at once
SORTED = 6  # times the bytes of a part while it is sorted, numpy's copies included


class Counting(InMemory):
    """An engine of one process that counts the bytes that its shuffles move, by the module of the step."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(size=4)
        self.bytes: dict[str, int] = defaultdict(int)
        self.map, self.deaths = pool.map, 0

    def shuffle(self, tasks, emit, reduce):  # type: ignore[no-untyped-def]
        step = getattr(emit, "func", emit).__module__.rpartition(".")[2]

        def counted(task: object) -> Iterator[tuple[int, bytes]]:
            for part, packed in emit(task):
                self.bytes[step] += len(packed)
                yield part, packed

        return super().shuffle(tasks, counted, reduce)


def measure(count: int) -> tuple[dict[str, float], dict[str, float], dict[str, float], float]:
    """CPU seconds by pass, bytes that travel by step, figures of near-duplicates, bytes of the work directory."""
    cpu: dict[str, float] = {}

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        start = time.process_time()
        yield
        cpu[step] = time.process_time() - start

    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{n}.jsonl") for n in range(8)]
        rows = [orjson.dumps(row) + b"\n" for row in articles(count)]
        for n, path in enumerate(paths):
            path.write_bytes(b"".join(rows[n :: len(paths)]))
        options = Options(shard_records=1, workers=1)
        with Work(Path(folder, "work"), inputs={}, stages=stage_options(options)) as work, Pool(1) as pool:
            engine = Counting(pool)
            run = Run(work, engine, options)
            with timed("read"):
                read_corpus(run, list_sources([str(path) for path in paths], options))
            with timed("ids and repeats, then finish"):
                finish_corpus(run)
            with timed("duplicates, then write"):
                counts = write_corpus(run)
            disk = sum(path.stat().st_size for path in Path(folder, "work").rglob("*") if path.is_file())
    return cpu, dict(engine.bytes), {name: float(n) for name, n in counts.items()}, disk


def label(articles: int, pairs: int) -> tuple[float, float]:
    """CPU seconds and MB in all that the driver takes to label the components of generated pairs: of stories in four
    copies, spread over all ranks."""
    draw = np.random.default_rng(1)

    def batches() -> Iterator[CandidatePairs]:
        for first in range(0, pairs, BATCH):
            story = draw.integers(0, articles // 4, min(BATCH, pairs - first)) * 2_654_435_761
            one, other = ((story + draw.integers(0, 4, len(story)) * 40_503) % articles for _ in range(2))
            yield CandidatePairs(np.minimum(one, other), np.maximum(one, other))

    began = time.process_time()
    label_components(articles, batches())
    return time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measured", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=1_000_000_000)
    parser.add_argument("--cores", type=int, default=1000)
    parser.add_argument("--ratio", type=float, default=1.5)
    parser.add_argument("--label", action="store_true", help="label the components of so many pairs as well")
    chosen = parser.parse_args()
    cpu, sent, counts, disk = measure(chosen.measured)
    few, many = chosen.measured, chosen.articles
    print(f"{few} articles measured, {many:,} on paper, {chosen.cores} cores\n")
    print("| pass | CPU ms an article | core-hours |\n|---|---|---|")
    for step, seconds in cpu.items():
        print(f"| {step} | {1000 * seconds / few:.3f} | {seconds / few * many / 3600:,.0f} |")
    hours = sum(cpu.values()) / few * many / 3600 * chosen.ratio
    print(
        f"| all, times {chosen.ratio} for Spark | {1000 * sum(cpu.values()) / few * chosen.ratio:.3f} | {hours:,.0f} |"
    )
    print("\n| step | bytes an article that travel | TB | parts |\n|---|---|---|---|")
    for step, size in sorted(sent.items(), key=lambda item: -item[1]):
        each = size / few
        print(f"| {step} | {each:.0f} | {each * many / 1e12:.2f} | {max(1, round(each * many / PART_BYTES)):,} |")
    print(f"| all | {sum(sent.values()) / few:.0f} | {sum(sent.values()) / few * many / 1e12:.2f} | |")
    pairs = counts["candidates"] / few * many
    print(f"\nwall time on {chosen.cores} cores, all busy: {hours / chosen.cores:.1f} h")
    print(f"shards of {SHARD:,} records: {many // SHARD:,}; work directory {disk / few * many / 1e12:.1f} TB")
    print(f"candidate pairs: {pairs:,.0f}, {8 * pairs / 1e9:.1f} GB")
    if chosen.label:
        seconds, megabytes = label(many, round(pairs))
        print(f"their components on the driver: {seconds:.0f} s CPU, {megabytes:,.0f} MB")
    print(f"memory of a task: {SORTED * PART_BYTES >> 20} MB for a part, and one shard's articles")


if __name__ == "__main__":
    main()
