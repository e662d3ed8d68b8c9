"""Names as fields: what a template put beside an author goes, and what is no author is none."""

from __future__ import annotations

import pytest

from cleaner.phrases.phrases import load_phrases
from cleaner.strip.names import author_name, place_name


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("Siti Aminah", "id", "Siti Aminah"),
        ("Siti AminahEditor: Bagus Hendra\t\tCOPYRIGHT © ANTARA 2024", "id", "Siti Aminah"),
        ("Siti Aminah, Foto: Bagus Hendra)", "id", "Siti Aminah"),
        ("Siti Aminah | Kabar Selaya", "id", "Siti Aminah"),
        ("Ирина Заречная·11 октября 2018", "ru", "Ирина Заречная"),
        ("Marta Rinaldi, 12 marzo 2024", "it", "Marta Rinaldi"),
        ("A. McDonald", "en", "A. McDonald"),  # traps: nothing beside the name
        ("Jean-Luc d'Aubrac", "fr", "Jean-Luc d'Aubrac"),
        ("Dr. Orla Venn", "en", "Dr. Orla Venn"),
        ("Sofía de la Torre", "es", "Sofía de la Torre"),
        ("Reuters", "en", ""),
        ("Comentarios", "es", ""),
        ("2019-04-10", "en", ""),
        ("Sayfa Yükleniyor...", "tr", ""),
    ],
)
def test_an_author_has_no_words_of_the_template(text: str, language: str, name: str) -> None:
    assert author_name(text, load_phrases(language)) == name


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("SAKETI", "id", "Saketi"),
        ("TANJUNG LADA", "id", "Tanjung Lada"),
        ("WANGI-WANGI", "id", "Wangi-Wangi"),
        ("DKI JAKARTA", "id", "DKI Jakarta"),
        ("ЗАРЕЧЬЕ", "ru", "Заречье"),
        ("ÇAMLIKÖY", "tr", "Çamlıköy"),
        ("İZMİR", "tr", "İzmir"),
        ("Saint-Aubrac", "fr", "Saint-Aubrac"),  # traps: in one case already, or without any
        ("McAllen", "en", "McAllen"),
        ("東京", "ja", "東京"),
        ("", "en", ""),
    ],
)
def test_a_place_is_written_in_one_case(text: str, language: str, place: str) -> None:
    assert place_name(text, language) == place
