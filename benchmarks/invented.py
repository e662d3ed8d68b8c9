"""Invented articles and files of every format that Cleaner reads: what `crash.py` and `mutate.py` work on.

Everything is made of a number, so that the same number gives the same bytes on every machine.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable, Sequence

__all__ = ["FORMATS", "Record", "article", "pack", "page", "records", "tar", "zipped"]

Record = dict[str, str]

WHO = (
    "The harbour master", "A retired ferry pilot", "The school's only cook", "Her younger brother",
    "The village clerk", "A beekeeper from the hills", "The night nurse", "The owner of the sawmill",
    "A student of maps", "The lighthouse crew",
)  # fmt: skip
DID = (
    "repaired", "measured", "painted over", "bought back", "moved", "counted again", "lent to the town", "took apart",
    "drew from memory", "sold by lot",
)  # fmt: skip
WHAT = (
    "the old weighbridge", "nine benches of the square", "a boat without an engine", "the lower sluice gate",
    "forty crates of apples", "the bell of the chapel", "every lamp on the pier", "the archive of the newspaper",
    "a footbridge of larch", "two wells behind the mill",
)  # fmt: skip
WHEN = (
    "on a wet Tuesday in March", "before the first snow", "while the road was closed", "after the council had voted",
    "in less than a fortnight", "during the longest night of the year", "when the river fell", "on market day",
    "for the third time since the flood", "without asking for a coin",
)  # fmt: skip
WHY = (
    "because nobody else had the key", "so that children could cross in safety", "to the surprise of the engineers",
    "although the money had run out", "as a wager with the baker", "which cost less than was feared",
    "and wrote down how it was done", "since the insurance had refused", "with tools from three households",
    "as the almanac had advised",
)  # fmt: skip


def article(number: int, paragraphs: int = 4) -> list[str]:
    """The paragraphs of article `number`; the first names it by a word that no other has, as `mark` tells."""
    rng = random.Random(f"article {number}")
    texts = [" ".join(_sentence(rng) for _ in range(rng.randint(2, 3))) for _ in range(paragraphs)]
    return [f"The people of {mark(number)} tell it so. {texts[0]}", *texts[1:]]


def mark(number: int) -> str:
    """A name that stands in article `number` alone.

    >>> mark(0), mark(27)
    ('Kelvaa', 'Kelvbb')
    """
    return "Kelv" + chr(97 + number // 26 % 26) + chr(97 + number % 26) + ("x" * (number // 676))


def _sentence(rng: random.Random) -> str:
    return (
        " ".join(rng.choice(words) for words in (WHO, DID, WHAT, WHEN, WHY)) + f", says note {rng.randint(100, 999)}."
    )


def records(numbers: Sequence[int], site: str = "") -> list[Record]:
    """Articles as records with the usual fields."""
    site = site or f"site-{numbers[0] if numbers else 0}.example"
    return [
        {
            "id": f"n{n}",
            "url": f"https://{site}/{n}",
            "title": f"What was done in {mark(n)}",
            "date": f"2024-03-{n % 28 + 1:02d}",
            "text": "\n\n".join(article(n)),
        }
        for n in numbers
    ]


def page(record: Record) -> bytes:
    """A record as an HTML page."""
    body = "\n".join(f"<p>{each}</p>" for each in record["text"].split("\n\n"))
    head = f'<meta charset="utf-8"><title>{record["title"]}</title><link rel="canonical" href="{record["url"]}">'
    return (
        f"<!doctype html><html lang=en><head>{head}</head><body><nav><a href=/>Home</a> <a href=/sea>Sea</a></nav>"
        f"<article><h1>{record['title']}</h1>\n{body}</article><footer>All rights reserved.</footer></body></html>"
    ).encode()


def _txt(rows: Sequence[Record]) -> bytes:
    return rows[0]["text"].encode()


def _html(rows: Sequence[Record]) -> bytes:
    return page(rows[0])


def _jsonl(rows: Sequence[Record]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _json(rows: Sequence[Record]) -> bytes:
    return json.dumps(list(rows), indent=1).encode()


def _table(separator: str) -> Callable[[Sequence[Record]], bytes]:
    def write(rows: Sequence[Record]) -> bytes:
        out = io.StringIO(newline="")
        table = csv.DictWriter(out, list(rows[0]), delimiter=separator)
        table.writeheader()
        table.writerows(rows)
        return out.getvalue().encode()

    return write


def _columns(rows: Sequence[Record]) -> object:
    """With dates and coded strings beside the text, whose values can be out of range once bytes are flipped."""
    import pyarrow as pa

    days = pa.array([19_000 + i for i in range(len(rows))], pa.int32())
    table = pa.Table.from_pylist(list(rows))
    table = table.append_column("section", pa.array(["sea", "land"] * len(rows))[: len(rows)].dictionary_encode())
    table = table.append_column("day", days.cast(pa.date32()))
    table = table.append_column("seen", pa.array([1_700_000_000_000 + i for i in range(len(rows))], pa.timestamp("ms")))
    return table.append_column("tags", pa.array([["a", "b"]] * len(rows), pa.list_(pa.string())))


def _parquet(rows: Sequence[Record]) -> bytes:
    import pyarrow.parquet as pq

    out, plain = io.BytesIO(), len(rows) > 2  # plain: a flipped byte is another value, and not a page that is damaged
    pq.write_table(_columns(rows), out, compression="none" if plain else "snappy", use_dictionary=not plain)
    return out.getvalue()


def _arrow(stream: bool) -> Callable[[Sequence[Record]], bytes]:
    def write(rows: Sequence[Record]) -> bytes:
        import pyarrow as pa

        out, table = io.BytesIO(), _columns(rows)
        with (pa.ipc.new_stream if stream else pa.ipc.new_file)(out, table.schema) as writer:  # type: ignore[attr-defined]
            writer.write_table(table)
        return out.getvalue()

    return write


def _warc(rows: Sequence[Record]) -> bytes:
    """A response as it is, one gzipped and in chunks, as recorders keep it."""
    blocks = []
    for n, row in enumerate(rows):
        body, fields = page(row), b""
        if n % 2:
            body = gzip.compress(body, mtime=0)
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
            fields = b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n" + fields + b"\r\n" + body
        blocks.append(_warc_record(n, row["url"], "response", "application/http; msgtype=response", http))
    return b"".join(blocks)


def _wet(rows: Sequence[Record]) -> bytes:
    return b"".join(
        _warc_record(n, row["url"], "conversion", "text/plain", row["text"].encode()) for n, row in enumerate(rows)
    )


def _warc_record(number: int, url: str, kind: str, mime: str, block: bytes) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-08-20T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\nContent-Type: {mime}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    """A ZIP archive of named members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2024, 8, 20, 10, 0, 0)), data)
    return out.getvalue()


def tar(members: Sequence[tuple[str, bytes]]) -> bytes:
    """A tar archive of named members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def pack(data: bytes, how: str) -> bytes:
    """`data` as gz, zst, bz2, xz or lz4."""
    if how == "gz":
        return gzip.compress(data, mtime=0)
    if how == "zst":
        import zstandard

        return zstandard.compress(data)
    if how == "lz4":
        import lz4.frame

        return bytes(lz4.frame.compress(data))
    return bz2.compress(data) if how == "bz2" else lzma.compress(data)


def _box(make: Callable[[Sequence[tuple[str, bytes]]], bytes]) -> Callable[[Sequence[Record]], bytes]:
    def write(rows: Sequence[Record]) -> bytes:
        return make([("news/page.html", page(rows[0])), ("news/rest.jsonl", _jsonl(rows[1:] or rows))])

    return write


FORMATS: dict[str, Callable[[Sequence[Record]], bytes]] = {
    "txt": _txt, "html": _html, "jsonl": _jsonl, "json": _json, "csv": _table(","), "tsv": _table("\t"),
    "parquet": _parquet, "arrow": _arrow(stream=False), "arrows": _arrow(stream=True), "warc": _warc, "wet": _wet,
    "zip": _box(zipped), "tar": _box(tar),
}  # fmt: skip
"""How records are written in each format; `txt` and `html` hold the first of them alone."""
