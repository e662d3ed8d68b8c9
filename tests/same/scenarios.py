"""What the check of sameness runs: every scenario leaves files in a folder of its own, and all of them are compared.

A scenario names what it does and the ways in which it is done. The ways differ in what must never change a byte (number
of workers, size of shards, bound of memory, engine), so all ways of a scenario have to leave the same files.
Names of options stand in this file alone, and only public names of the package are used.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inputs import record_files

import cleaner

__all__ = ["SCENARIOS", "WAYS", "Scenario"]

WAYS: dict[str, dict[str, Any]] = {
    "one worker": {"workers": 1},
    "two workers": {"workers": 2},
    "shards of 7": {"workers": 2, "shard_records": 7},
    "64 MB": {"workers": 0, "memory": "64M"},
    "shards of 1": {"workers": 2, "shard_records": 1},
    "spark": {"engine": "spark", "master": "local[2]"},
}
"""How a run goes. Its name -> the options that say so; the first is what `--quick` does."""

POOLS = ("one worker", "two workers")
LOCAL = (*POOLS, "shards of 7", "64 MB")
SLOW = ("shards of 1", "spark")  # with --all alone

LOGS = ("removed.jsonl", "dropped.jsonl", "rejected.jsonl")

Way = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """One row of the stored list. `do(folder, way)` runs in the folder of the inputs and writes into `folder`."""

    input: str
    do: Callable[[Path, Way], None]
    ways: tuple[str, ...] = ("one worker",)
    slow: tuple[str, ...] = field(default=())


def corpus(inputs: str | list[str], **options: Any) -> Callable[[Path, Way], None]:
    """A run of `clean_corpus` with these options."""
    return lambda folder, way: _clean(folder, inputs, {**options, **way})


def _clean(folder: Path, inputs: str | list[str], options: dict[str, Any], out: str = "out.jsonl") -> None:
    """Run, and keep of the logs what must be the same: not the options, the versions and the times of the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    # the HTML report takes a fifth of a small run, and is no output that is compared
    report = cleaner.clean_corpus(inputs, folder / out, cleaner.Options(report=False, **options))
    _keep_logs(folder, Path(report.audit))


def _keep_logs(folder: Path, audit: Path) -> None:
    for name in LOGS:
        (audit / name).rename(folder / name)
    counts = json.loads((audit / "manifest.json").read_text("utf-8"))["counts"]
    (folder / "counts.json").write_text(json.dumps(counts, ensure_ascii=False, indent=1), "utf-8")
    if (audit / "pairs.parquet").exists():
        _write_rows(folder / "pairs.jsonl", _parquet_rows(audit / "pairs.parquet"))
    for path in audit.iterdir():
        path.unlink()
    audit.rmdir()


def _parquet_rows(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet

    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
    return rows


def _write_rows(path: Path, rows: Iterable[Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def parquet_and_shards(folder: Path, way: Way) -> None:
    """The other forms of an output: a Parquet file, by its rows, and a folder of three files."""
    _clean(folder / "parquet", "few/1.jsonl", way, "out.parquet")
    _write_rows(folder / "parquet/rows.jsonl", _parquet_rows(folder / "parquet/out.parquet"))
    (folder / "parquet/out.parquet").unlink()
    _clean(folder / "shards", "few/1.jsonl", {"shards": 3, **way}, "out")


def site_rules(folder: Path, way: Way) -> None:
    """What a first batch teaches about sites is written, then read and extended by a second, and read by iter_clean."""
    rules = folder / "rules"
    _clean(folder / "first", "few/1.jsonl", {"site_rules": str(rules), **way})
    (folder / "first/rules").write_bytes(rules.read_bytes())
    _clean(folder / "second", "few/2.jsonl", {"site_rules": str(rules), **way})
    _iterate(folder / "stream.jsonl", record_files(Path("few"))[:500], cleaner.Options(site_rules=str(rules)))


def against(folder: Path, way: Way) -> None:
    """The first batch is indexed; of the second goes what the index holds."""
    first, index = folder / "first", folder / "index"
    _clean(first, "few/1.jsonl", way)
    _command("index", "build", index, first / "out.jsonl")
    _clean(folder / "second", "few/2.jsonl", {"against": str(index), **way})
    for path in sorted(index.rglob("*"), reverse=True):  # its format is nobody's promise
        path.rmdir() if path.is_dir() else path.unlink()
    index.rmdir()


def command_dedup(inputs: str) -> Callable[[Path, Way], None]:
    """`cleaner dedup`, with the pairs."""

    def do(folder: Path, way: Way) -> None:
        flags = [part for name, value in way.items() for part in (f"--{name.replace('_', '-')}", str(value))]
        audit = folder / "audit"
        _command("dedup", inputs, "-o", folder / "out.jsonl", "--audit", audit, "--pairs", "--no-report", *flags)
        _keep_logs(folder, audit)

    return do


def restore(inputs: str) -> Callable[[Path, Way], None]:
    """`cleaner restore`: the texts before stripping, from OUT and its logs."""

    def do(folder: Path, way: Way) -> None:
        out = folder / "run" / "out.jsonl"
        report = cleaner.clean_corpus(inputs, out, cleaner.Options(report=False, **way))
        _command("restore", out, "-o", folder / "restored.jsonl")
        for path in (*Path(report.audit).iterdir(), out):
            path.unlink()
        Path(report.audit).rmdir()
        out.parent.rmdir()

    return do


def stream(inputs: str) -> Callable[[Path, Way], None]:
    """`iter_clean` over records, and over files as bytes."""

    def do(folder: Path, way: Way) -> None:
        files = [(p.name, p.read_bytes()) for p in sorted(Path(inputs).rglob("*")) if p.suffix in (".html", ".txt")]
        _iterate(folder / "stream.jsonl", [*record_files(Path(inputs)), *files], cleaner.Options())

    return do


def _iterate(path: Path, given: list[Any], options: cleaner.Options) -> None:
    # tuples, not names: a field that gets another name is no other result
    _write_rows(path, map(dataclasses.astuple, cleaner.iter_clean(given, options)))


def python_dedup(inputs: str) -> Callable[[Path, Way], None]:
    """`cleaner.dedup` of texts, of texts with an id, and of records with and without a site and a URL."""

    def do(folder: Path, way: Way) -> None:
        records = record_files(Path(inputs))
        for n, record in enumerate(records):
            record["id"] = f"{n:05}"
        sites = [{**r, "url": "", "site": str(r["url"]).split("/")[2] if r["url"] else ""} for r in records]
        forms: dict[str, list[Any]] = {
            "texts": [r["text"] for r in records],
            "pairs": [(r["id"], r["text"]) for r in records],
            "records": [{"id": r["id"], "text": r["text"], "date": r["date"]} for r in records],
            "urls": records,
            "sites": sites,
        }
        for name, given in forms.items():
            number = {id(article): n for n, article in enumerate(given)}
            keep = "earliest" if name == "records" else "longest"
            found = cleaner.dedup(given, keep_duplicate=keep)
            rows: list[Any] = [["kept", number[id(article)]] for article in found.kept]
            rows += [["dropped", *dataclasses.astuple(d)[1:]] for d in found.dropped]
            rows += [["doubtful", *dataclasses.astuple(pair)] for pair in found.doubtful]
            _write_rows(folder / f"{name}.jsonl", rows)

    return do


def _command(*arguments: str | Path) -> None:
    """Run the command line, in a process of its own; its messages are shown when it fails."""
    command = [sys.executable, "-m", "cleaner", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"cleaner {' '.join(map(str, arguments))}: {done.stderr.strip()}")


SCENARIOS: dict[str, Scenario] = {
    "raw": Scenario("raw", corpus("raw", pairs=True), LOCAL, SLOW),
    "raw, strict": Scenario("raw", corpus("raw", drop_foreign_paragraphs=True, guards=("gopher", "c4", "fineweb"))),
    "raw, as page": Scenario(
        "raw", corpus("raw", input_kind="page", title="drop", repeats=False, keep_duplicate="earliest")
    ),
    "raw, stream": Scenario("raw", stream("raw")),
    "raw, restored": Scenario("raw", restore("raw")),
    "formats": Scenario("formats", corpus("formats"), (*POOLS, "shards of 7"), SLOW),
    "formats, lines": Scenario(
        "formats", corpus("formats", txt_layout="lines", content="plain", max_record_bytes=2000)
    ),
    "few": Scenario("few", corpus("few", pairs=True), LOCAL, SLOW),
    "few, foreign": Scenario("few", corpus("few", drop_foreign_paragraphs=True, language=("id", "en", "ms")), POOLS),
    "few, newest": Scenario("few", corpus("few", one_per_url="newest", keep_duplicate="first"), POOLS, ("spark",)),
    "few, longest": Scenario("few", corpus("few", one_per_url="longest", min_similarity=0.8), POOLS, ("spark",)),
    "few, site rules": Scenario("few", site_rules, POOLS, ("spark",)),
    "few, against": Scenario("few", against, POOLS, ("spark",)),
    "few, kinds": Scenario("few", corpus("few", keep_kinds=("ad", "byline"), title="field", min_chars=300)),
    "few, one kind": Scenario("few", corpus("few", only_kinds=("related",), max_chars=2000, min_language_score=0.9)),
    "few, as it is": Scenario("few", corpus("few", strip=False, repeats=False, dedup=False)),
    "few, forms": Scenario("few", parquet_and_shards),
    "few, stream": Scenario("few", stream("few")),
    "few, restored": Scenario("few", restore("few")),
    "few, command dedup": Scenario("few", command_dedup("few"), (*POOLS, "64 MB"), ("spark",)),
    "few, dedup": Scenario("few", python_dedup("few")),
    "some": Scenario("some", corpus("some")),
    "some, justext": Scenario("some", corpus("some", extractor="justext", articles_only=True)),
    "some, stream": Scenario("some", stream("some")),
    "pages": Scenario("pages", corpus("pages"), LOCAL, SLOW),
    "articles": Scenario("articles", corpus("articles", pairs=True), (*POOLS, "64 MB"), ("spark",)),
    "articles, dedup": Scenario("articles", python_dedup("articles")),
}
"""All rows, by name. Those over "pages" and "articles" are left out of --quick."""
