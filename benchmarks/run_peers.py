"""The peers of benchmarks/run.py, each called as `python run_peers.py NAME INPUT FOLDER`.

The plain pipeline is what one writes from the packages in an afternoon, in one process: a split into lines (jusText for
pages), ftfy.fix_text, langid.classify, datasketch MinHash and its LSH. datatrove is its reader, C4 filter and the four
MinHash stages, with its writer between them.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

COUNT = 128


def rows(path: str) -> Iterator[str]:
    """The texts of zst JSON lines."""
    import orjson
    import zstandard

    with open(path, "rb") as raw:
        for line in io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(raw)):
            yield orjson.loads(line)["text"]


def plain(path: str, folder: str) -> None:
    """Text articles."""
    _plain("\n".join(part.strip() for part in text.split("\n") if part.strip()) for text in rows(path))


def plain_pages(path: str, folder: str) -> None:
    """A folder of saved pages."""
    import justext

    stop = justext.get_stoplist("English")
    pages = (justext.justext(file.read_bytes(), stop) for file in sorted(Path(path).iterdir()))
    _plain("\n".join(p.text for p in page if not p.is_boilerplate) for page in pages)


def _plain(texts: Iterator[str]) -> None:
    import ftfy
    import langid
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=0.6, num_perm=COUNT)
    for n, text in enumerate(texts):
        text = ftfy.fix_text(text)
        langid.classify(text)
        words = text.lower().split()
        sketch = MinHash(num_perm=COUNT)
        sketch.update_batch([" ".join(words[i : i + 3]).encode() for i in range(max(1, len(words) - 2))])
        if not lsh.query(sketch):
            lsh.insert(str(n), sketch)


def datatrove(path: str, folder: str) -> None:
    """Its nearest pipeline; one task, in this process."""
    import loguru
    from datatrove.pipeline.dedup.minhash import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.filters import C4QualityFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from datatrove.utils.hashing import HashConfig

    loguru.logger.remove()
    language, config = "ind_Latn", MinhashConfig(3, 32, 4, hash_config=HashConfig(precision=64, hash_fc="xxhash"))

    def through(documents: object, *steps: object) -> None:
        for step in steps:
            documents = step.run(documents, 0, 1)  # type: ignore[attr-defined]
        for _ in documents or ():  # type: ignore[attr-defined]
            pass

    name = Path(path).name
    through(
        None,
        JsonlReader(str(Path(path).parent), glob_pattern=name, compression="zstd"),
        C4QualityFilter(filter_no_terminal_punct=False, language=language),
        JsonlWriter(f"{folder}/filtered", compression=None),
    )
    through(
        JsonlReader(f"{folder}/filtered").run(None, 0, 1),
        MinhashDedupSignature(f"{folder}/signatures", config, language=language),
    )
    buckets = MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config)
    for bucket in range(config.num_buckets):
        buckets.run(None, bucket, config.num_buckets)
    MinhashDedupCluster(f"{folder}/buckets", f"{folder}/removed", config=config).run(None, 0, 1)
    through(
        JsonlReader(f"{folder}/filtered").run(None, 0, 1),
        MinhashDedupFilter(f"{folder}/removed"),
        JsonlWriter(f"{folder}/clean", compression=None),
    )


PEERS: dict[str, Callable[[str, str], None]] = {"plain": plain, "plain_pages": plain_pages, "datatrove": datatrove}


if __name__ == "__main__":
    PEERS[sys.argv[1]](*sys.argv[2:])
