"""What the check of sameness runs over: one folder, so that `source` is the same relative path on each machine."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from pathlib import Path

from formats import PACKED, write_formats
from generated import articles

__all__ = ["ROOT", "lay_out", "record_files"]

ROOT = Path(__file__).parents[2]
BENCH = Path(os.environ.get("CLEANER_BENCH", ROOT.parent / "shared" / "bench")) / "extraction"
SAVED = {"daniel": ("", 40), "indonesia": ("", 20), "wcxb": ("dev", 40)}
"""For each set of saved pages the folder in it that holds them, and how many are taken."""


def lay_out(folder: Path) -> dict[str, str]:
    """Write the inputs into `folder`, which is emptied. Returns the sha256 of each; saved pages may be absent.

    raw: the sample corpus. formats: one generated file of each format that is read, and damaged ones.
    articles: 20,000 generated articles in four files. few: 2,000 from fewer sites in two files, for options.
    pages: 100 saved web pages, half of them files and half records with their URL. some: a third of them.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(ROOT / "corpus" / "raw", folder / "raw")
    _generate(folder / "articles", count=20_000, files=4, seed=1, sites=60)
    _generate(folder / "few", count=2_000, files=2, seed=2, sites=9)
    write_formats(folder / "formats")
    if BENCH.is_dir():
        _unpack(folder / "pages", every=1)
        _unpack(folder / "some", every=3)
    return {path.name: _hash(path) for path in sorted(folder.iterdir())}


def record_files(folder: Path) -> list[dict[str, object]]:
    """All records of the JSON lines in `folder`, in the order of file names."""
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.open(encoding="utf-8")]


def _generate(folder: Path, *, count: int, files: int, seed: int, sites: int) -> None:
    folder.mkdir()
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in articles(count, seed=seed, sites=sites)]
    for n in range(files):
        part = lines[n * count // files : (n + 1) * count // files]
        (folder / f"{n + 1}.jsonl").write_text("".join(part), "utf-8")


def _unpack(folder: Path, *, every: int) -> None:
    """Pages from all over each set, every second one as a record, whose URL names its site and its kind."""
    folder.mkdir()
    records = []
    for name, (inside, count) in SAVED.items():
        packed = sorted((BENCH / name / inside / "html").glob("*.html.gz"))
        chosen = packed[:: max(1, len(packed) // count)][:count:every]
        for n, path in enumerate(chosen):
            page = gzip.decompress(path.read_bytes())
            own = f"{name}-{path.name.partition('.')[0]}"
            if n % 2:
                truth = json.loads((path.parents[1] / "ground-truth" / f"{path.name[:-8]}.json").read_text("utf-8"))
                records.append({"id": own, "url": truth["url"], "html": page.decode("utf-8", "replace")})
            else:
                (folder / f"{own}.html").write_bytes(page)
    (folder / "records.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")


def _hash(folder: Path) -> str:
    """Of all files but packed ones: another version of a compressor gives other bytes for the same content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in PACKED:
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()
