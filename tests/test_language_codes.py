"""Codes and names of languages: what means which, and what means none."""

from __future__ import annotations

import pytest

from cleaner.errors import OptionError
from cleaner.language.identify import _load_back_end
from cleaner.language_codes import _tables, language_code, language_codes


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (["id"], "id"),
        (["ID"], "id"),
        (["ind"], "id"),
        (["id-ID", "id_ID.UTF-8", "in"], "id"),
        (["indonesian", "Indonesian language", "Bahasa  Indonesia"], "id"),
        (["id ms"], "id ms"),
        (["id,ms", "en"], "id ms en"),
        (["ms;id"], "ms id"),
        (["bahasa melayu, bahasa jawa"], "ms jv"),
        (["zh", "chi", "zho", "zh-CN", "中文"], "zh"),
        (["zh-TW", "zh-Hant", "zh_hant_hk"], "zh-Hant"),
        (["sr-Latn", "pt-BR", "de@euro"], "sr pt de"),
        (["no", "nb", "nn"], "no nb nn"),
        (["he", "iw"], "he"),
        (["Dutch", "Flemish", "nld", "dut"], "nl"),
        (["und"], "und"),
        (["ban", "Minangkabau"], "ban min"),
        (["", " , "], ""),
    ],
)
def test_every_usual_form_is_understood(names: list[str], codes: str) -> None:
    assert " ".join(language_codes(names)) == codes


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("indonesan", "id (Indonesian)"),
        ("englsh", "en (English)"),
        ("xx", "'xx'"),
        ("id indonesan", "'id indonesan'"),
        ("i d", "'i d'"),
        ("*", "'*'"),
        ("uz", "uz (Uzbek)"),
        ("Somali", "so (Somali)"),
    ],
)
def test_what_is_no_language_is_refused_with_the_nearest(name: str, words: str) -> None:
    with pytest.raises(OptionError) as refused:
        language_codes([name])
    assert words in str(refused.value)


def test_the_table_has_what_the_language_step_names_and_no_name_twice() -> None:
    assert {*_tables()[0]} == {*_load_back_end("langid").lexicon.codes, "und"}
    names: dict[str, str] = {}
    for table in _tables()[:2]:
        for code, all_names in table.items():
            for name in {n.casefold() for n in (code, *all_names)}:
                assert names.setdefault(name, code) == code
                assert language_code(name.upper()) == code or name.upper().casefold() != name
