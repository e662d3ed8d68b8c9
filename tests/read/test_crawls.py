"""Crawls as they are found: bodies in every coding, true or false, and damage that costs one record and no other."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from alike import read

from cleaner.article import Raw, Reject
from cleaner.options import Options
from cleaner.pipeline import load_article, strip_article


def page(name: str) -> bytes:
    text = f"The ferry to {name} runs on Sundays only. " * 9
    return f"<!doctype html><html><body><p>{text}</p></body></html>".encode()


FIRST, SECOND, THIRD = page("Aldra"), page("Brenna"), page("Corvo")


def http(body: bytes, *fields: str, kind: str = "text/html; charset=utf-8", end: str = "\r\n") -> bytes:
    return end.join(["HTTP/1.1 200 OK", f"Content-Type: {kind}", *fields, "", ""]).encode() + body


def record(
    block: bytes,
    number: int = 1,
    kind: str = "response",
    mime: str = "application/http; msgtype=response",
    url: str = "",
    length: int | str | None = None,
) -> bytes:
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url or f'https://sea.example/{number}'}\r\n"
        f"WARC-Date: 2024-08-20T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:{number}>\r\nContent-Type: {mime}\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def bodies(path: Path, data: bytes, options: Options = Options()) -> tuple[list[bytes | str], list[str]]:  # noqa: B008
    """Return the bodies of a crawl, and its errors."""
    path.write_bytes(data)
    found = read(path, options)
    return [r.body for r in found if isinstance(r, Raw)], [r.error for r in found if isinstance(r, Reject)]


def chunked(body: bytes, size: int = 100, line: str = "{:x}", last: bytes = b"0\r\n\r\n") -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(line.format(len(part)).encode() + b"\r\n" + part + b"\r\n" for part in parts) + last


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


CHUNKED = "Transfer-Encoding: chunked"
WHOLE = {
    "plain": http(SECOND),
    "chunked": http(chunked(SECOND), CHUNKED),
    "padded last chunk": http(chunked(SECOND, last=b"00000000\r\n\r\n"), CHUNKED),
    "padded chunks": http(chunked(SECOND, line="{:08X}"), CHUNKED),
    "no line end behind the last chunk": http(chunked(SECOND, last=b"0\r\n"), CHUNKED),
    "words behind the last chunk": http(chunked(SECOND, last=b"0\r\n\r\n<!-- 0.543 s -->"), CHUNKED),
    "chunked twice": http(chunked(SECOND), CHUNKED, CHUNKED.lower()),
    "a type in quotes": http(SECOND, kind='"text/html"'),
    "headers that are none": http(SECOND, "Power by: x", ": empty", "P3P : CP=1", "<b>x</b>: \x01"),
    "blanks behind sizes": http(chunked(SECOND, line="{:x}   "), CHUNKED),
    "extensions of chunks": http(chunked(SECOND, line="{:x};name=value"), CHUNKED),
    "trailers": http(chunked(SECOND, last=b"0\r\nExpires: never\r\n\r\n"), CHUNKED),
    "chunks undone": http(SECOND, CHUNKED),
    "gzip": http(gzip.compress(SECOND), "Content-Encoding: gzip"),
    "x-gzip": http(gzip.compress(SECOND), "content-encoding: x-gzip"),
    "gzip in members": http(gzip.compress(SECOND[:99]) + gzip.compress(SECOND[99:]), "Content-Encoding: gzip"),
    "gzip and chunks": http(chunked(gzip.compress(SECOND)), "Content-Encoding: gzip", CHUNKED),
    "gzip as transfer": http(chunked(gzip.compress(SECOND)), "Transfer-Encoding: gzip, chunked"),
    "gzip, chunks undone": http(gzip.compress(SECOND), "Content-Encoding: gzip", CHUNKED),
    "gzip unsaid": http(gzip.compress(SECOND)),
    "gzip called deflate": http(gzip.compress(SECOND), "Content-Encoding: deflate"),
    "gzip twice": http(gzip.compress(gzip.compress(SECOND)), "Content-Encoding: gzip"),
    "zlib": http(zlib.compress(SECOND), "Content-Encoding: deflate"),
    "raw deflate": http(raw_deflate(SECOND), "Content-Encoding: deflate"),
    "zstd": http(zstandard.compress(SECOND), "Content-Encoding: zstd"),
    "false gzip": http(SECOND, "Content-Encoding: gzip"),
    "false deflate": http(SECOND, "Content-Encoding: deflate"),
    "false br": http(SECOND, "Content-Encoding: br"),
    "false compress": http(SECOND, "Content-Encoding: compress"),
    **{
        f"coding {name!r}": http(SECOND, f"Content-Encoding: {name}")
        for name in ("none", "identity", "utf-8", "", "8bit")
    },
    "bare line feeds": http(SECOND, end="\n"),
    "empty line first": b"\r\n" + http(SECOND),
    "empty line in the head": b"HTTP/1.1 200 OK\r\n\r\n" + http(SECOND).partition(b"\r\n")[2],
    "an empty line behind the type": http(SECOND).replace(b"\r\n\r\n", b"\r\n\r\nServer: x\r\nAge: 1\r\n\r\n", 1),
    "an empty line before the coding": http(gzip.compress(SECOND)).replace(
        b"\r\n\r\n", b"\r\n\r\nContent-Encoding: gzip\r\n\r\n", 1
    ),
    "empty lines before gzip": http(b"\r\n" + gzip.compress(SECOND), "Content-Encoding: gzip"),
    "empty lines before chunks": http(b"\r\n" + chunked(SECOND), CHUNKED),
    "a folded header": http(SECOND, "X-Long: a\r\n\tb"),
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n" + http(SECOND),
    "http 2": http(SECOND).replace(b"HTTP/1.1 200 OK", b"HTTP/2 200"),
    "no type": http(SECOND).replace(b"Content-Type", b"X-Type"),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("packed", [False, True])
def test_a_body_is_read_as_it_is_packed_and_not_as_its_head_says(tmp_path: Path, name: str, packed: bool) -> None:
    crawl = [record(http(FIRST), 1), record(WHOLE[name], 2), record(http(THIRD), 3)]
    data = b"".join(map(gzip.compress, crawl)) if packed else b"".join(crawl)
    assert bodies(tmp_path / ("a.warc.gz" if packed else "a.warc"), data) == ([FIRST, SECOND, THIRD], [])


def test_brotli(tmp_path: Path) -> None:
    brotli = pytest.importorskip("brotli")
    packed = record(http(brotli.compress(SECOND), "Content-Encoding: br"), 2)
    assert bodies(tmp_path / "a.warc", packed + record(http(THIRD), 3)) == ([SECOND, THIRD], [])
    bomb = record(http(brotli.compress(bytes(1 << 24)), "Content-Encoding: br"), 2)
    small = Options(max_record_bytes=1 << 20)
    assert bodies(tmp_path / "a.warc", bomb + record(http(THIRD), 3), small) == ([THIRD], ["TooLarge"])


@pytest.mark.parametrize("begin", [b"a\r\nlist of ten things", b"2024\r\nwas dry", b"beef\nand potatoes"])
def test_a_text_that_begins_like_a_chunk_stays_to_the_letter(tmp_path: Path, begin: bytes) -> None:
    data = record(http(begin, CHUNKED, kind="text/plain"))
    assert bodies(tmp_path / "a.warc", data) == ([begin], [])


def test_a_page_about_crawls_stays_to_the_letter(tmp_path: Path) -> None:
    about = b"<p>A record begins so:</p><pre>\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: 3\r\n\r\n</pre>"
    data = record(http(about), 1) + record(http(THIRD), 2)
    assert bodies(tmp_path / "a.warc", data) == ([about, THIRD], [])
    text = b"Content-Length: 5 metres.\r\nA note on the pier.\r\n\r\nIt is closed."
    data = record(http(text, kind="text/plain"), 1)
    assert bodies(tmp_path / "a.warc", data) == ([text], [])


@pytest.mark.parametrize("cut", [150, 250])
@pytest.mark.parametrize("packed", [False, True])
def test_a_body_that_is_cut_is_read_as_far_as_it_goes(tmp_path: Path, cut: int, packed: bool) -> None:
    body = chunked(SECOND)[:cut]
    fields = (CHUNKED,)
    if packed:
        body, fields = gzip.compress(SECOND)[: -cut // 20], ("Content-Encoding: gzip",)
    found, told = bodies(
        tmp_path / "a.warc", record(http(FIRST), 1) + record(http(body, *fields), 2) + record(http(THIRD), 3)
    )
    assert (found[0], found[-1], told) == (FIRST, THIRD, ["BrokenWarc"])
    assert all(SECOND.startswith(each) and len(each) > 40 for each in map(bytes, found[1:-1]))


def test_a_bomb_in_a_body_is_set_aside(tmp_path: Path) -> None:
    crawl = [record(http(gzip.compress(bytes(1 << 22)), "Content-Encoding: gzip"), 1), record(http(THIRD), 2)]
    assert bodies(tmp_path / "a.warc", b"".join(crawl), Options(max_record_bytes=1 << 20)) == ([THIRD], ["TooLarge"])


def test_what_is_no_page_is_skipped(tmp_path: Path) -> None:
    crawl = [
        record(b"20240820100000\nsea.example. 300 IN A 192.0.2.7\n", 1, mime="text/dns", url="dns:sea.example"),
        record(
            b"20240820100000\nsea.example. 300 IN A 192.0.2.7\n",
            2,
            kind="resource",
            mime="text/dns",
            url="dns:sea.example",
        ),
        record(
            b"--warc-cdx --level=2\n",
            3,
            kind="resource",
            mime="text/plain",
            url="metadata://tool.example/arguments.txt",
        ),
        record(http(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9), 4),
        record(http(FIRST).replace(b"200 OK", b"404 Not Found"), 5),
        record(b"software: x", 6, kind="metadata", mime="application/warc-fields"),
        record(http(THIRD), 7),
    ]
    expected = ["NotText", "NotText", "NotText", "NotText", "HttpStatus"]
    assert bodies(tmp_path / "a.warc", b"".join(crawl)) == ([THIRD], expected)


def test_resources_and_conversions_are_read(tmp_path: Path) -> None:
    crawl = [
        record(FIRST, 1, kind="resource", mime="text/html; charset=utf-8"),
        record(b"The pier.", 2, kind="resource", mime="text/plain", url="file:///notes/pier.txt"),
        record(http(SECOND), 3, kind="resource"),
        record(gzip.compress(THIRD), 4, kind="resource", mime="text/html"),
        record(b"GIF89a....", 5, kind="resource", mime="image/gif"),
        record(b"The mill.", 6, kind="conversion", mime="text/plain"),
    ]
    assert bodies(tmp_path / "a.warc", b"".join(crawl)) == (
        [FIRST, b"The pier.", SECOND, THIRD, b"The mill."],
        ["NotText"],
    )


DAMAGE: dict[str, Callable[[list[bytes]], bytes]] = {
    "a line of stray bytes": lambda r: r[0] + b"%%%% stray %%%%\r\n" + r[1] + r[2],
    "stray bytes without a line end": lambda r: r[0] + b"%%%% stray" + r[1] + r[2],
    "stray bytes first": lambda r: b"\0\0garbage\n" + b"".join(r),
    "NULs": lambda r: r[0] + bytes(5000) + r[1] + r[2],
    "a length that is short": lambda r: r[0] + record(http(SECOND), 2, length=100) + r[2],
    "a length that is long": lambda r: r[0] + record(http(SECOND), 2, length=1200) + r[2],
    "a length beyond the end": lambda r: r[0] + record(http(SECOND), 2, length=99_999) + r[2],
    "no length": lambda r: r[0] + record(http(SECOND), 2, length="") + r[2],
    "a length of letters": lambda r: r[0] + record(http(SECOND), 2, length="many") + r[2],
    "a short length at the end": lambda r: r[0] + r[1] + record(http(THIRD), 3, length=60),
    "a negative length": lambda r: r[0] + record(http(SECOND), 2, length=-7) + r[2],
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_told_and_every_record_is_read(tmp_path: Path, name: str) -> None:
    crawl = [record(http(each), n) for n, each in enumerate((FIRST, SECOND, THIRD), 1)]
    found, told = bodies(tmp_path / "a.warc", DAMAGE[name](crawl))
    assert ([*map(bytes, found)], told) == ([FIRST, SECOND, THIRD], ["BrokenWarc"])


@pytest.mark.parametrize("first", ["f" * 17, "0" * 20 + "fff", "7fffffff"])
def test_a_size_of_a_chunk_beyond_belief_is_told(tmp_path: Path, first: str) -> None:
    body = chunked(SECOND).replace(b"64\r\n", first.encode() + b"\r\n", 1)
    found, told = bodies(tmp_path / "a.warc", record(http(body, CHUNKED), 2) + record(http(THIRD), 3))
    assert (found[-1], told) == (THIRD, ["BrokenWarc"])
    assert not bytes(found[0]).startswith(first.encode())


@pytest.mark.parametrize("http_too", [False, True])
def test_a_crawl_whose_line_ends_were_shortened_is_whole(tmp_path: Path, http_too: bool) -> None:
    texts = [FIRST, SECOND.replace(b". ", b".\r\n" if http_too else b".\n"), THIRD]
    crawl = b"".join(record(http(each), n) for n, each in enumerate(texts, 1)).replace(b"\r\n", b"\n")
    assert bodies(tmp_path / "a.warc", crawl) == ([each.replace(b"\r\n", b"\n") for each in texts], [])


@pytest.mark.parametrize("kind", ["continuation", "oddity", ""])
def test_a_record_of_another_type_is_told(tmp_path: Path, kind: str) -> None:
    crawl = record(http(FIRST), 1) + record(SECOND, 2, kind=kind) + record(http(THIRD), 3)
    assert bodies(tmp_path / "a.warc", crawl) == ([FIRST, THIRD], ["BrokenWarc"])
    crawl = crawl.replace(b"WARC-Type: \r\n", b"")
    assert bodies(tmp_path / "a.warc", crawl) == ([FIRST, THIRD], ["BrokenWarc"])


@pytest.mark.parametrize("kind", ["warcinfo", "request", "metadata", "revisit", "Request"])
def test_a_record_that_holds_no_article_by_its_type_is_no_damage(tmp_path: Path, kind: str) -> None:
    crawl = record(http(FIRST), 1) + record(b"GET / HTTP/1.1", 2, kind=kind) + record(http(THIRD), 3)
    assert bodies(tmp_path / "a.warc", crawl) == ([FIRST, THIRD], [])


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.php", "a"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_crawl_under_another_name_is_read_as_one(tmp_path: Path, name: str, packed: bool) -> None:
    crawl = record(http(FIRST), 1) + record(http(SECOND), 2)
    assert bodies(tmp_path / name, gzip.compress(crawl) if packed else crawl) == ([FIRST, SECOND], [])


@pytest.mark.parametrize("name", ["a.arc", "a.arc.gz", "a", "a.txt", "a.gz"])
def test_an_arc_is_named(tmp_path: Path, name: str) -> None:
    data = b"filedesc://a.arc 0.0.0.0 20040109 text/plain 76\n1 0 Archive\nURL IP-address Archive-date\n\n" + FIRST
    assert bodies(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data)[0] == []


@pytest.mark.parametrize("length", [1 << 40, 1 << 62, 10**30])
def test_a_length_beyond_belief_costs_one_record(tmp_path: Path, length: int) -> None:
    crawl = record(http(FIRST), 1) + record(http(SECOND), 2, length=length) + record(http(THIRD), 3)
    found, told = bodies(tmp_path / "a.warc", crawl)
    assert (found[0], found[-1], len(told)) == (FIRST, THIRD, 1)


def test_a_record_that_is_too_large_is_passed_over(tmp_path: Path) -> None:
    crawl = record(http(FIRST), 1) + record(http(b"<p>" + b"x" * 5_000_000), 2) + record(http(THIRD), 3)
    assert bodies(tmp_path / "a.warc", crawl, Options(max_record_bytes=100_000)) == ([FIRST, THIRD], ["TooLarge"])


def _packed() -> list[bytes]:
    return [gzip.compress(record(http(each), n)) for n, each in enumerate((FIRST, SECOND, THIRD), 1)]


@pytest.mark.parametrize("at", [0.1, 0.3, 0.6, 0.95])
def test_a_damaged_member_costs_one_record(tmp_path: Path, at: float) -> None:
    members = _packed()
    damaged = bytearray(members[1])
    damaged[int(len(damaged) * at)] ^= 0x55
    found, told = bodies(tmp_path / "a.warc.gz", members[0] + bytes(damaged) + members[2])
    assert (found[0], found[-1]) == (FIRST, THIRD)
    assert told


def test_a_damaged_first_member_costs_one_record(tmp_path: Path) -> None:
    members = _packed()
    found, told = bodies(tmp_path / "a.warc.gz", members[0][:40] + members[1] + members[2])
    assert found[-2:] == [SECOND, THIRD]
    assert told


def test_what_stands_between_members(tmp_path: Path) -> None:
    members = _packed()
    empty = gzip.compress(b"")
    assert bodies(tmp_path / "a.warc.gz", empty.join(members)) == ([FIRST, SECOND, THIRD], [])
    assert bodies(tmp_path / "b.warc.gz", b"rubbish".join(members)) == ([FIRST, SECOND, THIRD], ["Truncated"] * 2)
    frames = [zstandard.compress(record(http(each), n)) for n, each in enumerate((FIRST, SECOND, THIRD), 1)]
    assert bodies(tmp_path / "c.warc.zst", b"rubbish".join(frames)) == ([FIRST, SECOND, THIRD], ["Truncated"] * 2)


def test_the_date_of_the_crawl_is_not_taken_for_that_of_the_page(tmp_path: Path) -> None:
    dated = (
        b'<html><head><meta property="article:published_time" content="2023-10-05T08:00:00Z"></head><body><p>'
        + b"The ferry runs. " * 9
    )
    (tmp_path / "a.warc").write_bytes(record(http(dated), 1) + record(http(SECOND), 2))
    raws = [each for each in read(tmp_path / "a.warc") if isinstance(each, Raw)]
    for options in (Options(), Options(strip=False)):
        articles = [strip_article(load_article(raw, options), options) for raw in raws]
        assert [article.date[:10] for article in articles] == ["2023-10-05", ""]
        assert [article.crawled[:10] for article in articles] == ["2024-08-20", "2024-08-20"]


@pytest.mark.parametrize(
    ("url", "read_as_article"),
    [
        ("https://sea.example/robots.txt", False),
        ("http://sea.example/ads.txt", False),
        ("https://sea.example/.well-known/security.txt", False),
        ("https://sea.example/ROBOTS.TXT", False),
        ("https://sea.example/robots.txt?page=2", True),
        ("https://sea.example/news/robots.txt", True),
        ("https://sea.example/robots.txt.html", True),
        ("https://sea.example/about-robots", True),
    ],
)
@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_files_that_sites_keep_for_programs_are_no_articles(
    tmp_path: Path, url: str, read_as_article: bool, kind: str
) -> None:
    data = record(http(FIRST, kind=kind)) + record(http(SECOND, kind=kind), 2, url=url)
    found, errors = bodies(tmp_path / "a.warc", data)
    assert (len(found), errors) == ((2, []) if read_as_article else (1, ["NotText"]))
