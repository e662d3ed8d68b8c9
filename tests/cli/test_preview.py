"""Without -o a terminal shows what would go from the first articles, and writes nothing; a script gets an error."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample import ROOT

from cleaner import Options
from cleaner.cli import main
from cleaner.cli.preview import preview
from cleaner.errors import InputError

STYLE = re.compile("\x1b\\[[0-9;]*m")
BODY = "Feri itu kandas di mulut muara pada Selasa pagi, kata petugas di dermaga yang sibuk itu."


def plain(*inputs: Path, **options: object) -> list[str]:
    return [STYLE.sub("", line) for line in preview([str(i) for i in inputs], Options(**options))]


def test_what_goes_is_red_and_what_stays_is_not(tmp_path: Path) -> None:
    given = tmp_path / "a b.txt"
    given.write_text(f"{BODY}\n\nBaca juga: Harga cabai turun\n")
    shown = list(preview([str(given)], Options()))
    assert f"  {BODY}" in shown
    [gone] = [line for line in shown if "Baca juga" in line]
    assert gone.startswith("\x1b[31m- Baca juga")
    assert STYLE.sub("", gone).endswith("  related, by phrase-start")
    assert f"cleaner clean '{given}' -o clean.jsonl" in STYLE.sub("", "\n".join(shown))


def test_three_articles_are_shown_and_long_ones_cut(tmp_path: Path) -> None:
    for n in range(5):
        lines = [f"Kalimat nomor {i} dari berita ke-{n}, kata petugas di dermaga yang sibuk itu." for i in range(9)]
        (tmp_path / f"{n}.txt").write_text("\n\n".join(lines))
    shown = plain(tmp_path)
    assert [line for line in shown if line.endswith(".txt")] == [str(tmp_path / f"{n}.txt") for n in range(3)]
    assert shown.count("  ... 6 more lines that stay") == 3
    assert sum("nomor 3 " in line for line in shown) == 0
    assert sum("nomor 8 " in line for line in shown) == 3


def test_what_would_be_dropped_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BODY)
    assert "  This article would be dropped: too-short." in plain(tmp_path, min_chars=500)


def test_what_cannot_be_read_is_passed_over_and_told_where_it_is_all(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("x")
    with pytest.raises(InputError, match=r"a\.pdf: This is a PDF"):
        plain(tmp_path)
    (tmp_path / "b.txt").write_text(BODY)
    assert f"  {BODY}" in plain(tmp_path)
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="no article"):
        plain(tmp_path / "none")


def test_a_script_without_an_output_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(BODY)
    for command in ("clean", "dedup"):
        done = CliRunner().invoke(main, [command, "a.txt"])
        assert (done.exit_code, done.stdout) == (2, "")
        assert "Missing option '-o'" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
def test_a_terminal_shows_the_sample_corpus_and_nothing_is_written(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "cleaner", "clean", str(ROOT / "corpus/raw")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE, cwd=tmp_path, env=environment)
    os.close(theirs)
    sent = b""
    try:
        while data := os.read(ours, 1 << 16):
            sent += data
    except OSError:  # Linux tells so that the other side is closed
        pass
    os.close(ours)
    assert run.communicate()[1] == b""
    assert run.returncode == 0
    assert b"\x1b[31m- " in sent
    assert b"-o clean.jsonl" in sent
    assert not list(tmp_path.iterdir())
