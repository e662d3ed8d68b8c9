"""The place of a dateline as a field: in one case, however the dateline was set."""

from __future__ import annotations

import pytest

from cleaner.strip.places import lower_capitals


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
    assert lower_capitals(text, language) == place
