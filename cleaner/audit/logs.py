"""Read an output and its logs back, in any of the forms in which a run writes them."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any

import orjson

from cleaner.audit.spans import Row
from cleaner.errors import OutputError
from cleaner.options import Options
from cleaner.output.formats import DELIMITERS, Layout, read_table
from cleaner.output.manifest import same_data
from cleaner.output.publish import LOGS, MANIFEST, SPLIT_LOG, audit_folder

__all__ = ["Row", "open_logs", "records", "removals_by_article", "rows", "rows_of_article"]


Manifest = Mapping[str, Any]


def open_logs(output: str, audit: str | Path | None = None, *, checked: bool = True) -> tuple[Path, Manifest]:
    """Return the folder of the logs of an output, and its manifest.

    Raises OutputError when logs are missing (the run did not finish), when they were changed since, and when they are
    those of another run. To find that out, the output and the logs are read once, and their sizes and hashes compared
    with the manifest. With `checked` False this is left out, for a run that has just written both.
    """
    folder = audit_folder(output, audit)
    for name in (MANIFEST, *LOGS):
        if not (folder / name).is_file():
            raise OutputError(
                f"{folder / name} is not there. Name the output of a finished run, or the folder of its logs with "
                "--audit."
            )
    manifest = _read_manifest(folder / MANIFEST)
    if checked and output != "-":
        _check_bound(output, folder, manifest)
    for name in LOGS if checked else ():
        known = manifest["outputs"].get(name)
        if known is not None and not same_data(folder / name, known):
            raise OutputError(_CHANGED.format(folder / name))
    return folder, manifest


_CHANGED = "{} was changed since it was written, or is damaged. Take it from a copy of these logs, or clean again."


def _read_manifest(path: Path) -> Manifest:
    """Return the manifest; OutputError where the file is none."""
    try:
        found: Manifest = orjson.loads(path.read_bytes())
        if isinstance(found["outputs"], dict) and isinstance(found["inputs"], list):
            return found
    except (ValueError, KeyError, TypeError):
        pass
    raise OutputError(_CHANGED.format(path))


def _check_bound(output: str, folder: Path, manifest: Manifest) -> None:
    """Raise OutputError where the manifest is not that of this output."""
    path, written = Path(output), manifest["outputs"]
    if not path.exists():
        raise OutputError(f"{path} is not there. Name the output of a finished run.")
    known = written.get("output", written.get("stdout"))
    if known is None or same_data(path, known) or ("stdout" in written and _unpacked(path) == known):
        return
    inputs = manifest["inputs"]
    source = f"{inputs[0]['source']}{f' and {len(inputs) - 1:,} more' if len(inputs) > 1 else ''}" if inputs else "-"
    size = known.get("bytes", sum(file["bytes"] for file in known.values() if isinstance(file, dict)))
    raise OutputError(
        f"{folder} holds the logs of another run than {path}: of one that read {source} and wrote {size:,} bytes of "
        f"other content. {path} was changed or replaced since. Name the folder of its own logs with --audit, or clean "
        "again."
    )


def _unpacked(path: Path) -> object:
    """Return size and hash of the unpacked lines of a file, such as one made by `cleaner clean ... | gzip`."""
    digest, size = sha256(), 0
    if path.suffix in (".gz", ".zst"):
        with _lines_of_file(path) as lines:
            for line in lines:
                digest.update(line)
                size += len(line)
    return {"bytes": size, "sha256": digest.hexdigest()}


def records(output: str, folder: Path) -> Iterator[Row]:
    """Yield the records of an output, in the order of the run, with the names and types that they have in the logs.

    `folder` is that of its logs. Raises OutputError when there is no output, and when it holds no ids or no texts: a
    folder of texts, or an output whose `--columns` left them out.
    """
    path = Path(output)
    options = _read_manifest(folder / MANIFEST)["options"]
    layout = Layout.of(Options(**{key: options[key] for key in ("columns", "mark", "split") if key in options}))
    if missing := {"id", "text"} - layout.columns.keys():
        raise OutputError(
            f"{path} has no column of the {' and no column of the '.join(sorted(missing))}, which --columns left out. "
            "Clean once more with both."
        )
    if path.is_dir():
        if any(path.rglob("*.txt")):
            raise OutputError(f"{path} is a folder of texts, which hold no ids. Clean into .jsonl or .parquet instead.")
        found = _records_of_folder(path, folder, layout)
    elif path.is_file():
        found = _records_of_file(path, layout)
    else:
        raise OutputError(f"{path} is not there. Name the output of a finished run.")
    yield from map(layout.record_of, found) if layout.changes else found


def _records_of_folder(path: Path, folder: Path, layout: Layout) -> Iterator[Row]:
    """Yield the records of a folder of numbered files, in the order of the run."""
    parts: dict[str, list[Path]] = {}
    for file in sorted(path.glob("*-*")):  # numbered with leading zeros, so that this is the order of the records
        parts.setdefault(file.name.rpartition("-")[0], []).append(file)
    readers = {
        name: chain.from_iterable(map(partial(_records_of_file, layout=layout), some)) for name, some in parts.items()
    }
    if "part" in parts:
        yield from readers["part"]
    elif parts:  # the output was split; the log has the part of each record
        with (folder / SPLIT_LOG).open() as log:
            for line in log:
                yield from islice(readers[line.strip()], 1)


def _records_of_file(path: Path, layout: Layout) -> Iterator[Row]:
    """Yield the records of one file of an output."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as table:
            for batch in table.iter_batches(batch_size=1000):  # as Python objects a whole row group takes a lot of room
                yield from batch.to_pylist()
        return
    form = path.name.removesuffix(".gz").removesuffix(".zst")[-4:]
    with _lines_of_file(path) as lines:
        yield from read_table(lines, DELIMITERS[form], layout) if form in DELIMITERS else map(orjson.loads, lines)


@contextmanager
def _lines_of_file(path: Path) -> Iterator[Iterable[bytes]]:
    """Give the unpacked lines of a file, which is open meanwhile."""
    with path.open("rb") as packed:
        lines: Any = packed
        if path.suffix == ".gz":
            lines = gzip.GzipFile(fileobj=packed)
        elif path.suffix == ".zst":
            import zstandard

            # Without read_across_frames the reader stops after the first frame, silently.
            lines = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True))
        yield lines


def rows(log: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a log, in order."""
    with log.open("rb") as lines:
        yield from map(orjson.loads, lines)


def rows_of_article(log: Path, article: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of one article of removed.jsonl or dropped.jsonl, where they stand together.

    Each row begins with the id of its article, so the rows of all other articles are skipped without parsing them.
    """
    beginning = b'{"id":' + orjson.dumps(article) + b","
    with log.open("rb") as lines:
        for is_own, group in groupby(lines, lambda line: line.startswith(beginning)):
            if is_own:
                yield from map(orjson.loads, group)
                return


def removals_by_article(log: Path) -> Iterator[tuple[str, Sequence[Row]]]:
    """Yield (id, its rows) of removed.jsonl, article by article.

    The rows of one article stand together, and each begins with the id. So the first bytes of a row say whether another
    article begins, and the rows of an article are parsed in one call.
    """
    with log.open("rb") as lines:
        for _, group in groupby(lines, lambda line: line[: line.index(b',"start":')]):
            found = orjson.loads(b"[" + b",".join(group) + b"]")
            yield found[0]["id"], found
