"""cleaner phrases: what the lists hold, which rule takes a line, and whether a new list is sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner.cli import main
from cleaner.phrases.catalogue import entries, search
from cleaner.phrases.phrases import phrase_languages

ARTICLE = """Panen raya di lembah mundur sepekan karena hujan, kata petugas penyuluh dari kota.

Simak siaran kami tiap petang

Warga menanam kembali bakau di sepanjang pesisir yang rusak sejak tahun lalu.

Tinggalkan Komentar
"""


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["phrases", *map(str, arguments)])


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


def test_all_languages_are_listed_with_their_numbers() -> None:
    rows = [line.split() for line in call("list").stdout.splitlines()]
    assert [name for name, _ in rows] == [*phrase_languages(), "neutral"]
    assert all(int(number) > 0 for _, number in rows)


def test_the_entries_of_a_language_by_kind() -> None:
    rows = call("list", "id", "--kind", "related").stdout.splitlines()
    assert "id   related.start: Baca juga" in rows
    assert all(row.startswith("id   related.") for row in rows)
    assert len(rows) < len(list(entries("id")))


def test_search_compares_as_lines_are() -> None:
    assert {p.kind for p in search("» BACA JUGA:") if p.language == "id"} >= {"related"}
    assert call("search", "no phrase holds this").stdout == ""


def test_further_lists_are_listed_and_searched_too(tmp_path: Path) -> None:
    folder = write(tmp_path / "lists", "qya", '[promo]\nline = ["elen síla lúmenn"]')
    assert "qya  promo.line: elen síla lúmenn" in call("search", "síla", "--phrases", folder).stdout
    assert "elen" in call("list", "qya", "--phrases", folder).stdout


def test_the_rule_that_would_take_a_line(tmp_path: Path) -> None:
    assert call("line", "Tinggalkan Komentar", "--language", "id").stdout.startswith("comment, by phrase-line: id list")
    assert call("line", "Panen raya mundur.", "--language", "id").stdout == "No rule takes this line by itself.\n"
    assert "comment" in call("line", "Kommentar schreiben", "--language", "de").stdout
    folder = write(tmp_path / "lists", "id", '[promo]\nline = ["simak siaran kami tiap petang"]')
    assert "promo, by phrase-line" in call("line", "Simak siaran kami tiap petang", "--phrases", folder).stdout


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Tinggalkan Komentar", "comment, by phrase-line: comment.line: Tinggalkan Komentar; in id\n"),
        ("Baca juga: Harga cabai turun", "related, by phrase-start: related.start: Baca juga; in id, jv, ms, su\n"),
        ("Kommentar schreiben", "comment, by phrase-line: comment.line: Kommentar schreiben; in de\n"),
        ("Share this:", "share, by phrase-line: en list, share.line: Share this; in every language\n"),
        ("Panen raya mundur sepekan karena hujan.", "No rule takes this line by itself, in no language.\n"),
        ("Der Kommentar des Ministers kam spät.", "No rule takes this line by itself, in no language.\n"),
    ],
)
def test_no_language_is_taken_for_granted(line: str, told: str) -> None:
    assert call("line", line).stdout == told
    if "in every" in told or "No rule" in told:  # the other door to the same
        assert CliRunner().invoke(main, ["explain", "--line", line]).stdout == told


def test_further_lists_of_a_language_that_is_not_shipped_are_asked(tmp_path: Path) -> None:
    folder = write(tmp_path / "lists", "qya", '[promo]\nline = ["simak siaran kami tiap petang"]')
    assert call("line", "Simak siaran kami tiap petang", "--phrases", folder).stdout.endswith("; in qya\n")


def test_a_new_list_shows_what_it_takes(tmp_path: Path) -> None:
    folder = write(tmp_path / "lists", "id", '[promo]\nline = ["simak siaran kami tiap petang"]')
    (tmp_path / "berita.txt").write_text(ARTICLE, "utf-8")
    done = call("test", folder, tmp_path / "berita.txt")
    assert done.exit_code == 0, done.output
    [taken, example] = done.stdout.splitlines()
    assert taken.split() == ["1", *["id", "list,", "promo.line:", "simak", "siaran", "kami", "tiap", "petang"]]
    assert "Simak siaran kami tiap petang" in example
    assert "berita.txt" in example


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[coment]\nline = ["a b c"]', "[coment] is not a kind"),
        ('[comment]\nlines = ["a b c"]', "no array 'lines'"),
        ('[comment]\nline = ["x"]', "too short"),
        ('[comment]\nline = ["a {b}"]', "may hold"),
        ('[comment]\nline = ["Tinggalkan komentar"]', "in the shipped list already"),
        ("[comment", "not valid TOML"),
    ],
)
def test_what_is_wrong_with_a_list_is_told(tmp_path: Path, text: str, words: str) -> None:
    done = call("test", write(tmp_path / "lists", "id", text))
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert "id.toml" in done.stderr


def test_a_folder_without_lists_is_told(tmp_path: Path) -> None:
    done = call("test", tmp_path)
    assert done.exit_code == 2
    assert "id.toml" in done.stderr


def test_languages_are_understood_by_name_and_others_refused() -> None:
    by_code, by_name = (CliRunner().invoke(main, ["phrases", "list", name]) for name in ("id", "Bahasa Indonesia"))
    assert by_code.stdout == by_name.stdout
    assert by_code.stdout
    wrong = CliRunner().invoke(main, ["phrases", "list", "indonesan"])
    assert (wrong.exit_code, "id (Indonesian)" in wrong.stderr) == (2, True)
    arguments = ["phrases", "line", "Tinggalkan Komentar", "--language"]
    assert CliRunner().invoke(main, [*arguments, "ind"]).stdout == CliRunner().invoke(main, [*arguments, "id"]).stdout
