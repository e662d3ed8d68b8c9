"""The lists that ship are sound, and a wrong list is told by file and entry."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cleaner.article import cut
from cleaner.errors import OptionError
from cleaner.phrases.phrases import ARRAYS, load_phrases, normalise_wording, phrase_languages
from cleaner.strip.strip import strip

LISTS = Path(load_phrases.__wrapped__.__code__.co_filename).parent / "lists"
FILES = sorted(LISTS.glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_list_loads_and_names_a_wording_once(path: Path) -> None:
    load_phrases(path.stem)
    seen: dict[tuple[str, str], str] = {}
    for kind, table in tomllib.loads(path.read_text("utf-8")).items():
        for array, texts in table.items():
            if kind != "words" and array != "weak":
                for text in texts:
                    assert seen.setdefault((array, normalise_wording(text)), kind) == kind, f"{text!r} under two kinds"


@pytest.mark.parametrize("language", ["id", "en", "ms"])
def test_line_entries_are_found_as_lines(language: str) -> None:
    phrases = load_phrases(language)
    for array in ARRAYS:
        for folded, phrase in phrases.entries[array].items():
            assert phrases.whole(folded, array) is phrase


@pytest.mark.parametrize(
    ("listing", "told"),
    [
        ("[soup]\nline = ['hot soup']", "soup"),
        ("[ad]\nlines = ['buy soup']", "lines"),
        ("[ad]\nline = 'buy soup'", "array of strings"),
        ("[ad]\nline = ['{any} soup {any} {any}']", "at most two"),
        ("[ad]\nline = ['{soup} here']", "at most two"),
        ("[ad]\nline = ['ab']", "too short"),
        ("[ad", "not valid TOML"),
        ("ad = 3", "not a kind|table"),
    ],
)
def test_wrong_lists_are_told(tmp_path: Path, listing: str, told: str) -> None:
    (tmp_path / "id.toml").write_text(listing, "utf-8")
    with pytest.raises(OptionError, match=told):
        load_phrases("id", str(tmp_path))


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="does not exist"):
        load_phrases("id", str(tmp_path / "none"))


def test_user_lists_add_to_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "id.toml").write_text('[promo]\nline = ["Dukung warung kami {n} kali"]', "utf-8")
    text = "Garam dipanen.\n\nDukung warung kami 3 kali!\n\nKapal tiba di dermaga pada pagi hari yang cerah sekali."
    found = strip(text, phrases=load_phrases("id", str(tmp_path)))
    assert "warung" not in cut(text, found.removals)
    assert found.removals[0].kind == "promo"


@pytest.mark.parametrize(
    ("line", "folded"),
    [
        ("  » 12 Komentar: ", "0 komentar"),
        ("BACA JUGA", "baca juga"),
        ("1.200\u00a0Views", "0 views"),
        ("“Iklan”", "iklan"),
        ("…", ""),
        ("Ｃｏｍｍｅｎｔ", "comment"),
    ],
)
def test_folding(line: str, folded: str) -> None:
    assert normalise_wording(line) == folded
    assert normalise_wording(normalise_wording(line)) == folded


def test_the_lists_reach_many_languages() -> None:
    assert {"id", "en", "ms"} <= set(phrase_languages())


def test_an_allowed_line_stays_to_the_letter() -> None:
    line = "MUARA, KABAR.com - Petambak di muara itu mulai memanen garam lebih awal karena kemarau datang. (uji/dur)"
    text = (
        line
        + "\n\nMenurut ketua kelompok, hasil panen akan disimpan di gudang desa sampai harga membaik lagi di pasar."
    )
    assert strip(text, language="id").removals
    assert not strip(text, language="id", allow=frozenset([line])).removals


@pytest.mark.parametrize(("code", "list_code"), [("nb", "no"), ("nn", "no"), ("nb-NO", "no")])
def test_norwegian_codes_share_one_list(code: str, list_code: str) -> None:
    assert load_phrases(code).languages == load_phrases(list_code).languages


def test_both_turkish_i_fold_to_one() -> None:
    assert (
        normalise_wording("İLGİLİ HABER")
        == normalise_wording("ilgili haber")
        == normalise_wording("ILGILI HABER")
        == normalise_wording("ılgılı haber")
    )


def test_a_list_without_words_of_bylines_uses_english_ones_and_its_own_shuts_them_out() -> None:
    assert "by" in load_phrases("en").words["by"]
    assert "von" not in load_phrases("id").words["by"]
