"""RSS and Atom: each entry is an article, with the longest of its texts."""

from __future__ import annotations

import gzip
import json
import tomllib
from contextlib import suppress
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from sample import ROOT, read_lines

from cleaner import Options, clean_corpus
from cleaner.article import Raw, Reject
from cleaner.errors import InputError
from cleaner.read.feed import parse_feed
from cleaner.read.files import list_sources
from cleaner.read.records import read_records
from cleaner.read.sniff import format_by_content
from cleaner.read.split import plan_tasks
from cleaner.read.task import Split, Task

TABLE = tomllib.loads((ROOT / "tests/cases/read/feeds.toml").read_text("utf-8"))
CASES = [*TABLE["case"], *TABLE["trap"]]


def records(path: Path, **options: Any) -> list[Raw | Reject]:
    chosen = Options(**options)
    found: list[Raw | Reject] = []
    for task in plan_tasks(list_sources([str(path)], chosen), chosen):
        found.extend(read_records(task, chosen) if isinstance(task, Task) else [task])
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_feeds(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / case["name"]
    path.write_text(case["feed"], "utf-8")
    wanted = [one for one in case["records"] if isinstance(one, dict)]
    if wanted:
        clean_corpus(path, tmp_path / "out.jsonl", Options(workers=1, dedup=False))
        rows = read_lines(tmp_path / "out.jsonl")
        assert [{key: row[key] for key in one} for row, one in zip(rows, wanted, strict=True)] == wanted
        assert json.loads(rows[0]["meta"]).get("summary", "") != rows[0]["text"]
    found = [one.error if isinstance(one, Reject) else "" for one in records(path)]
    assert found == [one if isinstance(one, str) else "" for one in case["records"]]


def feed(entries: int, text: str = "Feri itu kandas di muara pada Selasa pagi.") -> bytes:
    items = "".join(f"<item><guid>g{n}</guid><description>{text}</description></item>" for n in range(entries))
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


@pytest.mark.parametrize("packed", [False, True])
def test_a_part_of_a_feed(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "feed.rss"
    path.write_bytes(gzip.compress(feed(30)) if packed else feed(30))
    assert [raw.id for raw in records(path)] == [f"g{n}" for n in range(30)]
    assert [raw.id for raw in records(path, limit=4)] == ["g0", "g1", "g2", "g3"]
    assert len(records(path, sample=7)) == 7


def test_utf_16(tmp_path: Path) -> None:
    for head in ("", '<?xml version="1.0" encoding="utf-16"?>'):
        text = head + feed(1, "Feri itu kandas — di muara.").decode()
        (tmp_path / "feed.xml").write_bytes(text.encode("utf-16"))
        [raw] = records(tmp_path / "feed.xml")
        assert isinstance(raw, Raw)
        assert raw.body == "Feri itu kandas — di muara."


HOSTILE = {
    "brackets": b"<" * 100_000,
    "nested": b"<channel>" + b"<item>" * 10_000,
    "ampersands": b"<channel><item><title>" + b"&" * 100_000,
    "comments": b"<!--" * 20_000,
    "attributes": b"<channel><item " + b"a='" * 30_000,
    "declarations": b"<!" * 30_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_time_is_linear_whatever_stands_in_a_feed(kind: str) -> None:
    def seconds(data: bytes) -> float:
        start = process_time()
        with suppress(InputError):  # a damaged feed
            list(parse_feed(b"<rss>" + data, Split("a", "feed"), Options()))
        return process_time() - start

    seconds(b"")  # imports
    once = seconds(HOSTILE[kind])
    assert seconds(HOSTILE[kind] * 3) < 12 * once + 0.5  # 81 times, were it the fourth power


def test_a_feed_opens_no_file_and_no_address(tmp_path: Path) -> None:
    secret = tmp_path / "rahasia.xml"
    secret.write_bytes(feed(1))
    for name in (str(secret).encode(), f"file://{secret}".encode()):
        with pytest.raises(Exception, match="cannot be read"):
            list(parse_feed(name, Split("a", "feed"), Options()))


def test_a_page_that_begins_with_many_comments_is_no_feed_and_takes_no_time() -> None:
    comments = b"<!-- iklan -->" * 2000  # each end of a comment was once tried as the end of all before it
    assert format_by_content(comments + b"<html><body><p>Hujan turun di pasar.</p></body></html>") != "feed"
    assert format_by_content(b"<!-- a --> <!-- b -->\n<rss version='2.0'><channel></channel></rss>") == "feed"
