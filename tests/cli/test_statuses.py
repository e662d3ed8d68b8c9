"""Each exit status in the situations that it is meant for: the commands of cases/statuses.toml, one after the other."""

from __future__ import annotations

import json
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sample import ROOT

from cleaner.cli import main

CASES: list[dict[str, Any]] = tomllib.loads((ROOT / "tests/cases/statuses.toml").read_text("utf-8"))["case"]
TEXTS = [
    f"The {what} of Keldmere was painted {colour} on a wet Monday, and {n + 40} people came to see it in the rain."
    for n, (what, colour) in enumerate((("pump house", "green"), ("mill", "red"), ("ferry", "white"), ("kiln", "blue")))
]


def test_every_command_ends_with_the_status_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, texts in (("raw", TEXTS[:3]), ("other", TEXTS[2:]), ("empty", [])):
        Path(folder).mkdir()
        for n, text in enumerate(texts):
            Path(folder, f"n{n}.txt").write_text(text, "utf-8")
    rows = [json.dumps({"id": f"n{n}", "text": text}) + "\n" for n, text in enumerate(TEXTS[:3])]
    Path("rows.jsonl").write_text("".join(rows), "utf-8")
    Path("bad.jsonl").write_text('{"text": broken}\n', "utf-8")
    for name in ("bad.txt", "raw/image.txt"):
        Path(name).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    wrong = []
    for case in CASES:
        command = shlex.split(case["run"])
        if command[:2] in (["index", "build"], ["index", "add"]) or command[0] in ("clean", "dedup"):
            command += ["--workers", "1"]
        done = CliRunner().invoke(main, command)
        missing = [name for name in case.get("made", ()) if not Path(name).exists()]
        left = [name for name in case.get("absent", ()) if Path(name).exists()]
        if done.exit_code != case["status"] or case.get("said", "") not in done.output or missing or left:
            wrong.append((case["run"], done.exit_code, done.output[-300:], missing, left))
    assert wrong == []


def test_each_status_is_tried_often() -> None:
    tried = [case["status"] for case in CASES]
    assert {status: tried.count(status) > 5 for status in set(tried)} == dict.fromkeys((0, 1, 2, 3), True)
