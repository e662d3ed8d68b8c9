"""Near-duplicates beside the peers: quality and CPU end to end, signatures, and the join of millions of signatures.

    python benchmarks/dedup.py [--seed 7] [--only quality,signatures,scale,memory] [--peers rensa,gaoya]

The generated set is made and scored by the scripts in $CLEANER_BENCH/dedup (default: ../shared/bench beside the
repository). CPU is process time of one method in a process of its own, on one thread; peak is resident memory over the
input. A peer that is not installed is named as absent.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import mmap
import multiprocessing
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from dedup_peers import PEERS, gaoya_signatures

from cleaner.corpus.candidates import find_candidates
from cleaner.corpus.duplicates import find_duplicates_of_texts
from cleaner.engine.pool import Pool
from cleaner.engine.shuffle import OnPool, Shuffle
from cleaner.neardup.clusters import choose_keepers
from cleaner.neardup.lsh import LOWEST_FIRST, CandidatePairs
from cleaner.neardup.minhash import PERMUTATIONS, likely
from cleaner.neardup.sketches import sketch

BENCH = Path(os.environ.get("CLEANER_BENCH", Path(__file__).parents[2] / "shared" / "bench")) / "dedup"
THREADS = ("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "OPENBLAS_NUM_THREADS")
STEP = 1 << 15  # signatures in one task
FIGURES = ("removal_recall", "removal_precision", "lost", "lost_footer", "lost_template", "pair_f1", "right_keeper")


def cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def apart(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """CPU seconds, peak in MB over the start, and the result of `work` in a process of its own."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()

    def run() -> None:
        # the parent's peak is inherited; its present size is what counts
        before, began = resident(), cpu()
        try:
            result = work()
        except Exception as error:
            theirs.send((0.0, 0.0, error))
            return
        spent = cpu() - began
        theirs.send((spent, peak() - before, result))

    child = context.Process(target=run)
    child.start()
    theirs.close()
    try:
        answer = ours.recv()
    except EOFError:
        answer = (0.0, 0.0, RuntimeError("the process died"))
    child.join()
    return answer


def resident() -> float:
    Path("/proc/self/clear_refs").write_text("5")
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def peak() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1e3


def generated(seed: int, folder: Path) -> Path:
    path = folder / f"bench-{seed}.jsonl"
    if not path.exists():
        make = [sys.executable, str(BENCH / "make_bench.py"), "--seed", str(seed), "--out", str(path)]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    return path


def load(path: Path) -> tuple[list[str], list[str], list[str]]:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["id"] for row in rows], [row["text"] for row in rows], [row["site"] for row in rows]


def cleaner(ids: list[str], texts: list[str], sites: list[str]) -> dict[int, int]:
    found = find_duplicates_of_texts(texts, ids, sites=sites)
    print("   ", found.counts, dict(Counter(rule for *_, rule in found.dropped)))
    return {text: keeper for text, keeper, *_ in found.dropped}


def score(path: Path, ids: list[str], dropped: dict[int, int | None], folder: Path) -> dict[str, Any]:
    log = folder / "dropped.jsonl"
    with log.open("w", encoding="utf-8") as file:
        for row, keeper in dropped.items():
            file.write(json.dumps({"id": ids[row], "keeper": None if keeper is None else ids[keeper]}) + "\n")
    command = [sys.executable, str(BENCH / "score.py"), str(path), str(log)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def quality(seed: int, peers: list[str], folder: Path) -> None:
    path = generated(seed, folder)
    ids, texts, sites = load(path)
    print(f"\n## Generated set, seed {seed}: {len(ids)} documents, {sum(map(len, texts)) / 1e6:.1f} M characters\n")
    print(f"| {'method':28} | CPU s | peak MB | {' | '.join(FIGURES)} | syndicated |")
    print("|" + "---|" * (len(FIGURES) + 4))
    methods: dict[str, Callable[[], Any]] = {"cleaner": lambda: cleaner(ids, texts, sites)}
    methods |= {name: lambda peer=peer: peer(texts) for name, peer in PEERS.items() if name.split()[0] in peers}
    for name, method in methods.items():
        seconds, megabytes, result = apart(method)
        if isinstance(result, Exception):
            print(f"| {name:28} | absent or failing: {result!r:.120} |")
            continue
        figures = score(path, ids, result, folder)
        cells = " | ".join(f"{figures[f]:.4f}" if isinstance(figures[f], float) else str(figures[f]) for f in FIGURES)
        found = f"{figures['syndicated_removed']} of {figures['syndicated_redundant']}"
        print(f"| {name:28} | {seconds:5.1f} | {megabytes:7.0f} | {cells} | {found} |", flush=True)


def signatures(seed: int, folder: Path) -> None:
    texts = load(generated(seed, folder))[1][:4000]
    size = sum(len(text.encode()) for text in texts) / len(texts)
    print(f"\n## Signature from text, 128 permutations, {len(texts)} documents of {size:.0f} bytes, word 3-grams\n")
    spent: dict[str, list[float]] = {}
    for _ in range(7):
        for name, work in {"cleaner": lambda: sketch(texts), "gaoya": lambda: gaoya_signatures(texts)}.items():
            began = time.process_time()
            try:
                work()
            except ImportError as error:
                print(f"{name} is absent: {error}; pip install gaoya")
                continue
            spent.setdefault(name, []).append((time.process_time() - began) / len(texts) * 1e6)
    for name, times in spent.items():
        print(f"{name}: best {min(times):.1f} us, median {sorted(times)[len(times) // 2]:.1f} us a document")
    if "gaoya" in spent:
        print(f"gaoya takes {min(spent['gaoya']) / min(spent['cleaner']):.2f} times as long")


def made_signatures(n: int, folder: Path) -> np.ndarray:
    """Signatures of which a tenth are near copies (similarity 0.8 and more) of an earlier one, in a mapped file."""
    draw = np.random.default_rng(n)
    table = np.memmap(folder / "signatures.u32", np.uint32, "w+", shape=(n, PERMUTATIONS))
    step = 1 << 17
    for first in range(0, n, step):
        rows = draw.integers(0, 1 << 32, (min(step, n - first), PERMUTATIONS), dtype=np.uint32)
        copies = np.flatnonzero(draw.random(len(rows)) < 0.1)[1:]
        other = draw.random((len(copies), PERMUTATIONS)) < draw.random((len(copies), 1)) * 0.2
        rows[copies] = np.where(other, rows[copies], rows[(draw.random(len(copies)) * copies).astype(np.int64)])
        table[first : first + step] = rows
    table.flush()
    del table
    return np.memmap(folder / "signatures.u32", np.uint32, "r", shape=(n, PERMUTATIONS))


def ours_joined(table: np.ndarray, memory: int, folder: Path) -> int:
    """Candidates and keepers in one process, the records of the shuffles in files."""

    def given_back(found: np.ndarray) -> np.ndarray:
        if isinstance(table, np.memmap):  # pages of a mapped file stay, but count as ours until they are given back
            table.base.madvise(mmap.MADV_DONTNEED)
        return found

    def signatures(ranks: np.ndarray) -> np.ndarray:
        return given_back(table[ranks])

    def near(pairs: CandidatePairs) -> np.ndarray:
        return given_back(likely(table, pairs.low, pairs.high, np.float32(0.6)))

    def signed(first: int) -> tuple[np.ndarray, np.ndarray]:
        return table[first : first + STEP], np.arange(first, min(first + STEP, len(table)))

    with tempfile.TemporaryDirectory(dir=folder) as tables, Pool(1) as pool:
        shuffle = Shuffle(OnPool(pool, Path(tables, "spilled")), Path(tables), memory // 2)
        steps = range(0, len(table), STEP)
        found = find_candidates(shuffle, "first", steps, signed, len(table), 0, signatures, LOWEST_FIRST)
        pairs = CandidatePairs.join(*map(found.pairs, found.parts))
        keeper = choose_keepers(len(table), pairs, near)
    return int((keeper != np.arange(len(table))).sum())


def duckdb_joined(table: np.ndarray) -> int:
    import duckdb
    import pyarrow as pa
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    from cleaner.neardup.lsh import BANDS, band_keys

    n = len(table)
    keys = np.concatenate([band_keys(table[i : i + 65536]) for i in range(0, n, 65536)])
    columns = {"b": np.repeat(np.arange(BANDS, dtype=np.uint8), n), "k": keys.T.ravel()}
    rows = pa.table({**columns, "i": np.tile(np.arange(n), BANDS)})
    connection = duckdb.connect()
    connection.execute("set threads=1")
    connection.register("t", rows)
    join = "select distinct x.i a, y.i b from t x join t y on x.b = y.b and x.k = y.k and x.i < y.i"
    found = connection.execute(join).fetchnumpy()
    edges = coo_matrix((np.ones(len(found["a"]), np.bool_), (found["a"], found["b"])), shape=(n, n))
    return n - int(connected_components(edges, directed=False)[0])


def scale(folder: Path) -> None:
    print("\n## Join and clusters of 1,000,000 signatures, 32 bands of 4, one thread\n")
    table = np.array(made_signatures(1_000_000, folder))
    for name, work in {
        "cleaner": lambda: ours_joined(table, 4 << 30, folder),
        "duckdb hash self-join": lambda: duckdb_joined(table),
    }.items():
        seconds, megabytes, result = apart(work)
        print(f"{name}: {seconds:.1f} s CPU, {megabytes:.0f} MB over the input, {result} removed", flush=True)


def memory(folder: Path) -> None:
    print("\n## Signatures in a file, memory set to 2 GB\n")
    for n in (1_000_000, 10_000_000):
        table = made_signatures(n, folder)
        seconds, _, result = apart(lambda table=table: (ours_joined(table, 2 << 30, folder), peak()))
        print(f"{n:>10,} signatures: {seconds:.1f} s CPU, (removed, peak MB in all) {result}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, nargs="*", default=[7, 8, 9])
    parser.add_argument("--only", default="quality,signatures,scale")
    parser.add_argument("--peers", default="datasketch,rensa,gaoya,datatrove,text-dedup")
    asked = parser.parse_args()
    if any(os.environ.get(name) != "1" for name in THREADS):  # read by the libraries when they are loaded
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | dict.fromkeys(THREADS, "1"))
    if not BENCH.exists():
        sys.exit(f"{BENCH} is missing: set CLEANER_BENCH to the folder of the labelled data")
    packages = ["numpy", *(p for p in ("datasketch", "rensa", "gaoya", "datatrove", "text-dedup", "duckdb"))]
    print(f"Python {platform.python_version()}, {platform.machine()};", ", ".join(map(version, packages)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, seed in enumerate(asked.seed):
            if "quality" in asked.only:
                quality(seed, asked.peers.split(",") if number == 0 else [], folder)
        if "signatures" in asked.only:
            signatures(asked.seed[0], folder)
        if "scale" in asked.only:
            scale(folder)
        if "memory" in asked.only:
            memory(folder)


def version(package: str) -> str:
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return f"{package} absent (pip install {package})"


if __name__ == "__main__":
    main()
