"""Whole runs: CPU, memory and time of `cleaner clean` over generated articles, beside a plain pipeline.

    python benchmarks/run.py [--articles 20000] [--workers 1] [--memory 1.5G]

The plain pipeline is what one writes from the packages in an afternoon, in one process: ftfy.fix_text, a split into
lines, langid.classify, datasketch MinHash and its LSH. CPU time of whole processes with OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson
import zstandard
from articles import articles


def generate(path: Path, count: int) -> None:
    """Write the articles as zst JSON lines."""
    with path.open("wb") as raw, zstandard.ZstdCompressor(level=1).stream_writer(raw) as out:
        for record in articles(count):
            out.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


def plain(path: Path) -> None:
    """The plain pipeline; prints its own CPU seconds, models loaded before."""
    import ftfy
    import langid
    from datasketch import MinHash, MinHashLSH

    langid.classify("warm")
    start = time.process_time()
    lsh = MinHashLSH(threshold=0.6, num_perm=128)
    with path.open("rb") as raw:
        for n, line in enumerate(io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(raw))):
            text = ftfy.fix_text(orjson.loads(line)["text"])
            text = "\n".join(part.strip() for part in text.split("\n") if part.strip())
            langid.classify(text)
            words = text.lower().split()
            sketch = MinHash(num_perm=128)
            sketch.update_batch([" ".join(words[i : i + 3]).encode() for i in range(max(1, len(words) - 2))])
            if not lsh.query(sketch):
                lsh.insert(str(n), sketch)
    print(time.process_time() - start)


def measured(command: list[str]) -> dict[str, float]:
    """Wall seconds, CPU seconds of the process and its children, and the largest process of them."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        command, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "wall s": round(time.monotonic() - start, 1),
        "cpu s": round(cpu, 1),
        "largest process MB": round(after.ru_maxrss / 1024),
        "printed": float(done.stdout) if done.stdout.strip() else 0.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--workers", default="1")
    parser.add_argument("--memory", default="1.5G")
    parser.add_argument("--plain", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.plain:
        plain(Path(chosen.plain))
        return
    with tempfile.TemporaryDirectory() as folder:
        path, small = Path(folder, "articles.jsonl.zst"), Path(folder, "one.jsonl.zst")
        generate(path, chosen.articles)
        generate(small, 1)
        command = [sys.executable, "-m", "cleaner", "clean", "-o", f"{folder}/clean.jsonl", "--quiet", "--force"]
        command += ["--workers", chosen.workers, "--memory", chosen.memory]
        start = measured([*command, str(small)])
        ours = measured([*command, str(path)])
        theirs = measured([sys.executable, __file__, "--plain", str(path)])
        cpu = ours["cpu s"] - start["cpu s"]
        print(json.dumps({"cleaner": ours, "its start": start, "plain": theirs}, indent=1))
        print(f"{chosen.articles} articles: cleaner {1000 * cpu / chosen.articles:.3f} ms, ", end="")
        print(f"plain {1000 * theirs['printed'] / chosen.articles:.3f} ms, {theirs['printed'] / cpu:.2f} times")


if __name__ == "__main__":
    main()
