"""The command line: exit statuses, streams, and what it prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sample import ROOT, read_lines

from cleaner.cli import main
from cleaner.cli.help import EXIT_STATUS

ARTICLE = "Warga menanam kembali bakau di sepanjang pesisir utara yang rusak oleh abrasi sejak tahun lalu.\n\nIklan\n"


def call(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "berita.txt"
    path.write_text(ARTICLE, "utf-8")
    return path


def test_the_summary_goes_to_stderr_and_the_status_is_0(article: Path, tmp_path: Path) -> None:
    done = call("clean", article, "-o", tmp_path / "out.jsonl", "--workers", "1")
    assert done.exit_code == 0
    assert done.stdout == ""
    assert "articles written" in done.stderr
    assert "out.jsonl.audit" in done.stderr


def test_json_summary(article: Path, tmp_path: Path) -> None:
    done = call("clean", article, "-o", tmp_path / "out.jsonl", "--workers", "1", "--json")
    assert json.loads(done.stdout)["counts"]["articles"] == {"read": 1, "written": 1}


def test_stdin_to_stdout() -> None:
    lines = [
        json.dumps({"id": "a", "text": ARTICLE, "seen": 3}),
        json.dumps({"id": "b", "text": "Lain sekali isinya."}),
    ]
    done = call("clean", "-", "-o", "-", "--workers", "1", "--quiet", stdin="\n".join(lines))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [(r["id"], r["source"]) for r in records] == [("a", "stdin"), ("b", "stdin")]
    assert records[0]["text"] == ARTICLE.split("\n")[0]
    assert json.loads(records[0]["meta"]) == {"seen": 3}


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ([], 0, ""),
        (["--language", "Bahasa Indonesia"], 0, ""),
        (["{bad}"], 0, "1 inputs or records were set aside"),
        (["{bad}", "--strict"], 1, "1 inputs or records were set aside"),
        (["--strict"], 0, ""),
        (["--language", "en"], 1, "dropped by: language (1)"),
        (["--min-chars", "5000", "--dry-run"], 1, "dropped by: too-short (1)"),
        (["--min-similarity", "60"], 2, "0.6"),
        (["--workers", "-2"], 2, "workers"),
        (["--language", "indonesan"], 2, "id (Indonesian)"),
        (["--min-chars", "9" * 5000], 2, "--min-chars"),
        (["--work", "{article}"], 2, "is a file, where a folder has to be"),
    ],
)
def test_exit_statuses(
    arguments: list[str], status: int, words: str, article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.jsonl").write_text('{"text": broken}\n', "utf-8")
    done = call("clean", article, "-o", "out.jsonl", "--workers", "1", "--quiet",
                *(a.format(article=article, bad="bad.jsonl") for a in arguments))  # fmt: skip
    assert done.exit_code == status, done.output
    assert words in done.stderr if words else not done.stderr
    assert Path("out.jsonl").exists() is (status < 2 and "--dry-run" not in arguments)
    assert status < 2 or not Path("out.work").exists()


def test_where_nothing_can_be_read_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("clean", "rwa", "-o", "out.jsonl", "--workers", "1", "--quiet")
    assert (done.exit_code, "rwa: There is no file" in done.stderr) == (3, True)
    assert not list(tmp_path.iterdir())


def test_the_exit_statuses_stand_in_the_help_and_on_the_page() -> None:
    page = (ROOT / "docs/errors.md").read_text("utf-8")
    for status, meaning in EXIT_STATUS:
        assert f"| {status} | {meaning} |" in page
        for help in (call("--help"), call("clean", "--help"), call("dedup", "--help")):
            assert f"{status} {meaning}" in " ".join(help.stdout.split())


def test_a_crawl_that_brings_nothing_new_is_no_failure(article: Path, tmp_path: Path) -> None:
    assert call("index", "build", tmp_path / "older", article, "--workers", "1").exit_code == 0
    arguments = ("clean", article, "-o", tmp_path / "new.jsonl", "--workers", "1", "--against", tmp_path / "older")
    done = call(*arguments)
    assert (done.exit_code, "dropped by: duplicate (1)" in done.stderr) == (0, True)
    assert call(*arguments, "--force", "--language", "en").exit_code == 1


def test_an_index_of_nothing_that_could_be_read_is_a_failure(article: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"text": broken}\n', "utf-8")
    build = ("index", "build", "--workers", "1")
    assert call(*build, tmp_path / "a", tmp_path / "bad.jsonl").exit_code == 3
    assert call(*build, tmp_path / "b", tmp_path / "bad.jsonl", article).exit_code == 0
    assert call(*build, "--strict", tmp_path / "c", tmp_path / "bad.jsonl", article).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["clean"], 2, "Missing argument"),
        (["clean", "{article}", "-o", "x.docx"], 2, ".jsonl.zst"),
        (["clean", "{article}", "-o", "x.json"], 2, "Take .jsonl, a record a line."),
        (["clean", "{article}", "-o", "x.XLSX"], 2, "Take .csv with --bom"),
        (["clean", "{article}", "-o", "{article}"], 2, "one of its inputs"),
        (["clean", "{article}", "-o", "out.jsonl", "--memory", "lots"], 2, "1.5G"),
        (["clean", "{article}", "-o", "out.jsonl", "--allow", "nowhere.txt"], 2, "--allow"),
        (["clean", "{article}", "-o", "out.jsonl", "--guards", "gofer"], 2, "gopher"),
        (["clean", "{article}", "-o", "out.jsonl", "--encoding", "latin-one"], 2, "Did you mean"),
        (["clean", "{article}", "-o", "out.jsonl", "--keep-kinds", "advert"], 2, "promo"),
        (["explain"], 2, "--line"),
        (["explain", "{article}", "--id", "x"], 2, "no article"),
        (["restore", "nowhere.jsonl"], 3, "--audit"),
    ],
)
def test_wrong_usage_ends_with_a_sentence(
    arguments: list[str], status: int, words: str, article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*(a.format(article=article) for a in arguments), *(["--workers", "1"] if "-o" in arguments else []))
    assert done.exit_code == status, done.output
    assert words in done.output
    assert "Traceback" not in done.output


def test_explain_says_what_goes_and_why(article: Path) -> None:
    done = call("explain", article)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert f"  {ARTICLE.splitlines()[0]}" in lines
    assert lines[lines.index("- Iklan") + 1].startswith("    ad, by ")


def test_explain_says_where_there_are_more_articles(article: Path, tmp_path: Path) -> None:
    more = "it holds; --id ID shows another."
    assert more not in call("explain", article).stdout
    assert more in call("explain", article.parent).stdout
    out = tmp_path / "more" / "out.jsonl"
    out.parent.mkdir()
    assert call("clean", article, "-o", out, "--workers", "1").exit_code == 0
    [record] = read_lines(out)
    assert more in call("explain", out).stdout
    assert more not in call("explain", out, "--id", record["id"]).stdout
    assert more not in call("explain", out, "--json").stdout


def test_explain_names_the_run_for_what_it_cannot_know(article: Path, tmp_path: Path) -> None:
    assert "cleaner explain OUT --id" in call("explain", article).stdout
    call("clean", article, "-o", tmp_path / "clean.jsonl", "--workers", "1", "--quiet")
    assert "cleaner explain OUT --id" not in call("explain", tmp_path / "clean.jsonl").stdout


def test_what_is_explained_cannot_steer_the_terminal(tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text(
        "Kapal \x1b[2Jberlabuh di muara pada Selasa pagi, kata petugas.\n\nBaca juga: \x1b]0;x\x07 panen\n", "utf-8"
    )
    shown = call("explain", article).stdout
    assert "berlabuh" in shown
    assert "\x1b[2J" not in shown
    assert "\x1b]0" not in shown


def test_explain_as_json(article: Path) -> None:
    rows = [json.loads(line) for line in call("explain", article, "--json").stdout.splitlines()]
    assert [(row["stays"], row.get("kind")) for row in rows] == [(True, None), (False, "ad")]


def test_explain_one_of_many() -> None:
    done = call("explain", ROOT / "corpus/raw/feeds/kawat-muara.jsonl", "--id", "km-1003")
    assert done.stdout.startswith("km-1003\n")


def test_explain_a_line() -> None:
    assert "comment" in call("explain", "--line", "Tinggalkan Komentar").stdout
    assert "No rule" in call("explain", "--line", "Panen raya mundur sepekan karena hujan.").stdout


def test_dedup_strips_nothing(tmp_path: Path) -> None:
    text = "Panen raya di lembah mundur sepekan karena hujan, kata petugas penyuluh dari kota.\n\nIklan"
    rows = [json.dumps({"id": i, "text": text}) for i in "ab"]
    (tmp_path / "in.jsonl").write_text("\n".join(rows))
    assert call("dedup", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--workers", "1").exit_code == 0
    [record] = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert (record["id"], record["text"], record["duplicates"]) == ("a", text, ["b"])


def test_every_option_says_what_it_does() -> None:
    for command in main.commands.values():
        assert command.help
        assert all(p.help for p in command.params if isinstance(p, click.Option)), command.name


def test_the_last_line_comes_first_and_says_it_in_one_sentence(article: Path, tmp_path: Path) -> None:
    def first(*more: str) -> str:
        return call("clean", article.parent, "-o", tmp_path / "o.jsonl", "--workers", "1", "--force", *more).stderr

    (article.parent / "x.pdf").write_text("x")
    said = r"Done in \d s: 1 of 1 articles (would be )?written{}; 1 inputs or records set aside\.\n"
    assert re.match(said.format(f" to {re.escape(str(tmp_path / 'o.jsonl'))}"), first())
    assert re.match(said.format(""), first("--dry-run"))
    assert "Done in" not in first("--quiet")
