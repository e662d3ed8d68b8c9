"""A saved index: built, extended, inspected, and cleaned against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from sample import ROOT, read_lines

from cleaner.cli import main


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean corpus of one site."""
    folder = tmp_path_factory.mktemp("old")
    done = call(
        "clean", ROOT / "corpus/raw/kabarpelita.example", "-o", folder / "old.jsonl", "--workers", "1", "--quiet"
    )
    assert done.exit_code == 0, done.output
    return folder / "old.jsonl"


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def test_what_the_index_holds_is_dropped_and_the_old_article_named(old: Path, tmp_path: Path) -> None:
    assert call("index", "build", tmp_path / "index", old, "--workers", "1").exit_code == 0
    articles = [r for r in read_lines(old) if len(r["text"]) > 600][:4]
    rows = [{"id": f"new{n}", "text": r["text"] + " Demikian adanya."} for n, r in enumerate(articles)]
    rows.append({"id": "other", "text": "Layanan perahu baca kini juga singgah di desa hulu setiap hari Rabu pagi."})
    new = write(tmp_path / "new.jsonl", rows)
    options = ["--against", tmp_path / "index", "--workers", "1", "--pairs", "--quiet"]
    done = call("clean", new, "-o", tmp_path / "out.jsonl", *options)
    assert done.exit_code == 0, done.output
    assert [r["id"] for r in read_lines(tmp_path / "out.jsonl")] == ["other"]
    dropped = read_lines(tmp_path / "out.jsonl.audit/dropped.jsonl")
    assert [(d["id"], d["keeper"]) for d in dropped] == [(f"new{n}", r["id"]) for n, r in enumerate(articles)]
    pairs = pq.read_table(tmp_path / "out.jsonl.audit/pairs.parquet").to_pylist()
    assert {(p["a"], p["b"]) for p in pairs if p["merged"]} == {(d["keeper"], d["id"]) for d in dropped}
    assert [p["merged"] for p in pairs] == sorted(p["merged"] for p in pairs)


def test_an_index_in_parts_is_the_index_at_once(old: Path, tmp_path: Path) -> None:
    lines = old.read_bytes().splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines[::2]))
    (tmp_path / "b.jsonl").write_bytes(b"".join(lines[1::2]))
    infos = [
        call("index", "build", tmp_path / "whole", old),
        call("index", "build", tmp_path / "parts", tmp_path / "a.jsonl"),
    ]
    infos.append(call("index", "add", tmp_path / "parts", tmp_path / "b.jsonl"))
    assert [i.exit_code for i in infos] == [0, 0, 0]
    assert json.loads(infos[0].stdout) == json.loads(infos[2].stdout)
    contents = [{p.name: p.read_bytes() for p in (tmp_path / name).glob("data-*/*")} for name in ("whole", "parts")]
    assert contents[0] == contents[1]
    again = call("index", "add", tmp_path / "parts", old)
    assert json.loads(again.stdout)["articles"] == len(lines)
    assert json.loads(call("index", "info", tmp_path / "parts").stdout) == json.loads(again.stdout)


def test_errors_say_what_to_do(old: Path, tmp_path: Path) -> None:
    assert "index build" in call("index", "info", tmp_path / "none").output
    assert "index build" in call("clean", old, "-o", tmp_path / "o.jsonl", "--against", tmp_path / "none").output
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").touch()
    done = call("index", "build", tmp_path / "full", old)
    assert done.exit_code == 2
    assert "no mark of Cleaner" in done.output
