"""The peers of benchmarks/dedup.py: texts in, removed rows out, with the row that stays where the peer names one.

All use word 3-grams of lower-case tokens, 128 permutations and threshold 0.6 where they let us.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

Dropped = dict[int, int | None]
THRESHOLD = 0.6
_TOKEN = re.compile(r"\w+")


def grams(text: str, size: int = 3) -> list[str]:
    words = _TOKEN.findall(text.lower())
    return [" ".join(words[i : i + size]) for i in range(max(1, len(words) - size + 1))]


def first_of_group(n: int, edges: Iterable[tuple[int, int]]) -> Dropped:
    """What a tool that clusters by chaining removes: all but the first of each component."""
    root = list(range(n))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for a, b in edges:
        a, b = find(a), find(b)
        root[max(a, b)] = min(a, b)
    return {i: find(i) for i in range(n) if find(i) != i}


def datasketch_lsh(texts: list[str], checked: bool) -> Dropped:
    import xxhash
    from datasketch import MinHash, MinHashLSH

    sets = ([gram.encode("utf-8", "surrogatepass") for gram in grams(text)] for text in texts)
    minhashes = MinHash.bulk(sets, num_perm=128, hashfunc=xxhash.xxh32_intdigest)
    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=128)
    for i, minhash in enumerate(minhashes):
        lsh.insert(i, minhash, check_duplication=False)
    edges = ((j, i) for i, minhash in enumerate(minhashes) for j in lsh.query(minhash) if j < i)
    if checked:
        edges = ((i, j) for i, j in edges if minhashes[i].jaccard(minhashes[j]) >= THRESHOLD)
    return first_of_group(len(texts), edges)


def rensa_deduplicator(texts: list[str]) -> Dropped:
    import rensa

    kept = rensa.RMinHashDeduplicator(THRESHOLD, 128, True).add_pairs((str(i), grams(t)) for i, t in enumerate(texts))
    return {i: None for i, stays in enumerate(kept) if not stays}


def gaoya_index(texts: list[str]) -> Dropped:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, THRESHOLD, 32, 4, None, "word", True, (3, 3))
    for i, text in enumerate(texts):
        index.insert_document(i, text)
    return first_of_group(len(texts), ((j, i) for i, text in enumerate(texts) for j in index.query(text) if j < i))


def gaoya_signatures(texts: list[str]) -> None:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, 0.8, 16, 8, None, "word", True, (3, 3))
    for i, text in enumerate(texts):
        index.insert_document(i, text)


def datatrove_stages(texts: list[str]) -> Dropped:
    import loguru
    from datatrove.data import Document
    from datatrove.pipeline.dedup.minhash import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupSignature,
    )

    class Words:
        """Its default tokenizer needs a model; this is the plain one."""

        def word_tokenize(self, text: str) -> list[str]:
            return text.split()

    loguru.logger.remove()
    config = MinhashConfig(n_grams=3, num_buckets=32, hashes_per_bucket=4)
    with tempfile.TemporaryDirectory() as folder:
        sign = MinhashDedupSignature(f"{folder}/signatures", config)
        sign.word_tokenizer = Words()
        sign.run((Document(text=text, id=str(i)) for i, text in enumerate(texts)), 0, 1)
        buckets = MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config)
        for bucket in range(config.num_buckets):
            buckets.run(None, bucket, config.num_buckets)
        MinhashDedupCluster(f"{folder}/buckets", f"{folder}/removed", config=config).run(None, 0, 1)
        data = b"".join(path.read_bytes() for path in sorted(Path(folder, "removed").rglob("*.remove")))
    return dict.fromkeys(row for (row,) in struct.iter_unpack("<I", data))


def text_dedup_minhash(texts: list[str]) -> Dropped:
    from datasets import load_from_disk

    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder, "rows.jsonl")
        with rows.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps({"row": i, "text": text}) + "\n" for i, text in enumerate(texts))
        places = {
            "--path": "json",
            "--data_files": rows,
            "--output": f"{folder}/kept",
            "--cache_dir": f"{folder}/cache",
        }
        options = {"--split": "train", "--column": "text", "--num_perm": 128, "--ngram": 3, "--threshold": THRESHOLD}
        arguments = [str(x) for pair in (places | options | {"--num_proc": 1}).items() for x in pair]
        run = [sys.executable, "-m", "text_dedup.minhash", *arguments]
        done = subprocess.run(run, check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr[-200:])
        kept = set(load_from_disk(f"{folder}/kept")["row"])
    return {i: None for i in range(len(texts)) if i not in kept}


PEERS: dict[str, Callable[[list[str]], Dropped]] = {
    "rensa deduplicator": rensa_deduplicator,
    "gaoya": gaoya_index,
    "datasketch LSH": lambda texts: datasketch_lsh(texts, checked=False),
    "datasketch LSH, estimate checked": lambda texts: datasketch_lsh(texts, checked=True),
    "datatrove": datatrove_stages,
    "text-dedup": text_dedup_minhash,
}
