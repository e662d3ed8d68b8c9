"""Guards: two drops by default, flags with traps, and each preset's rules on text that breaks just one of them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import OptionError
from cleaner.quality import FLAGS, PRESETS, GuardResult, check_guards

CASES = tomllib.loads((Path(__file__).parents[0] / "cases" / "quality" / "texts.toml").read_text("utf-8"))["case"]

ARTICLE = """Petani di lereng gunung itu memanen kopi lebih awal tahun ini karena hujan turun tidak menentu. Mereka
menjemur biji di halaman rumah, lalu membawanya ke koperasi desa sebelum sore. Harga di tingkat petani naik menjadi
tujuh puluh ribu rupiah, dan pembeli dari kota datang sendiri ke kebun untuk memilih.

Menurut ketua koperasi, panen kali ini lebih sedikit tetapi mutunya bagus. Anggota yang dulu menjual kepada tengkulak
sekarang menunggu lelang bulanan. Dengan cara itu mereka tahu harga pasar dan tidak tergesa menjual saat butuh uang."""


def judge(text: str, *guards: str, language: str = "id", min_chars: int = 1, max_chars: int = 0) -> GuardResult:
    return check_guards(text, language=language, flags=(), guards=guards, min_chars=min_chars, max_chars=max_chars)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_flags(case: dict[str, object]) -> None:
    verdict = judge(str(case["text"]), language=str(case["language"]))
    assert list(verdict.flags) == case["flags"]
    assert verdict.drop == ""


@pytest.mark.parametrize("case", [case for case in CASES if case["flags"]], ids=lambda case: case["name"])
def test_a_flag_drops_where_it_is_named(case: dict[str, object]) -> None:
    flags = case["flags"]
    assert isinstance(flags, list)
    verdict = judge(str(case["text"]), flags[0], language=str(case["language"]))
    assert verdict.drop == flags[0]
    assert verdict.detail


def test_nothing_left_is_dropped() -> None:
    assert judge(" \n\t ").drop == "empty"
    assert judge("").drop == "empty"


def test_length_limits_are_of_the_text_without_its_ends() -> None:
    assert judge("  abc  ", min_chars=4).drop == "too-short"
    assert judge("  abc  ", min_chars=3).drop == ""
    assert judge("  abc  ", max_chars=3).drop == ""
    assert judge("  abcd  ", max_chars=3).drop == "too-long"


def test_earlier_flags_come_first_and_once() -> None:
    verdict = check_guards(
        "Tunggu...", language="id", flags=("hidden", "truncated"), guards=(), min_chars=1, max_chars=0
    )
    assert verdict.flags == ("hidden", "truncated")


def test_an_unknown_guard_is_an_error_that_names_the_others() -> None:
    with pytest.raises(OptionError, match="gopher, c4, fineweb"):
        judge(ARTICLE, "goofer")


@pytest.mark.parametrize("preset", PRESETS)
def test_a_good_article_passes_every_preset(preset: str) -> None:
    assert judge(ARTICLE, preset) == GuardResult("", "", ())


WORDS = ARTICLE.split()

NEAR = {
    "a list": ARTICLE + "\n- biji kering\n- karung goni\n- terpal baru\n- timbangan desa\n- buku catatan",
    "a line that breaks off": "Lalu hujan turun lagi…\n" + ARTICLE,
    "a refrain": f"Hujan turun lagi di lereng itu.\n{ARTICLE}\nHujan turun lagi di lereng itu.",
    "few frequent words": " ".join(f"{a}{b}" for a in ("kaba", "tiru", "lomu") for b in "nskrtmpldgbhwjyvzx")
    + " yang dan di. Kopi! Gula!",
}
"""What good articles have of each fault, within its limits."""


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", NEAR)
def test_an_article_within_the_limits_passes_every_preset(name: str, preset: str) -> None:
    assert judge(NEAR[name], preset).drop == ""


BROKEN = {
    "gopher:words": " ".join(WORDS[:40]),
    "gopher:word-length": " ".join(word * 4 for word in WORDS),
    "gopher:letters": " ".join([*WORDS, *(str(1000 + i) for i in range(60))]),
    "gopher:symbols": ARTICLE + " #a" * 20 + " " + " ".join(reversed(WORDS)),
    "gopher:stop-words": " ".join(f"{a}{b}" for a in ("kaba", "tiru", "lomu", "pesi") for b in "nskrtmpldgbhwjyvzx"),
    "gopher:bullets": "\n".join("- " + " ".join(WORDS[i : i + 6]) for i in range(0, 72, 6)),
    "gopher:ellipses": "\n".join(" ".join(WORDS[i : i + 20]) + " ..." for i in range(0, 80, 20)),
    "gopher:repeated-lines": "\n".join([*(" ".join(WORDS[i : i + 15]) for i in range(0, 75, 15)), *["Iklan."] * 4]),
    "gopher:repeated-line-characters": "\n\n".join([*ARTICLE.split("\n\n"), ARTICLE.split("\n\n")[0], "a", "b", "c"]),
    "gopher:top-2-gram": ARTICLE + " harga kopi" * 15,
    "gopher:repeated-5-grams": ARTICLE + " " + " ".join(f"{' '.join(WORDS[i : i + 7])} x{i}" for i in range(0, 70, 7)),
    "c4:sentences": "Harga kopi naik. Petani senang",
    "c4:lorem-ipsum": ARTICLE + " Lorem ipsum dolor sit amet.",
    "c4:curly-bracket": ARTICLE + " function() { return 1 }",
    "fineweb:line-ends": "\n".join(" ".join(WORDS[i : i + 8]) for i in range(0, 72, 8)),
    "fineweb:repeated-lines": ARTICLE + "\n" + "Bagikan artikel ini kepada teman dan keluarga Anda.\n" * 4,
    "fineweb:short-lines": "Kopi naik.\nGula turun.\nBeras tetap.\n" + ARTICLE.split("\n")[0] + ".",
}


@pytest.mark.parametrize("reason", BROKEN)
def test_a_preset_names_the_rule_that_is_broken(reason: str) -> None:
    verdict = judge(BROKEN[reason], reason.split(":")[0])
    assert verdict.drop == reason
    assert verdict.detail
    assert judge(BROKEN[reason]).drop == ""


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "村民从星期一开始收割稻谷。今年的收成比去年好。价格也涨了，大家都很高兴。"),
        ("th", "ชาวนาเริ่มเก็บเกี่ยวข้าวตั้งแต่วันจันทร์ ผลผลิตปีนี้ดีกว่าปีที่แล้ว ราคาก็สูงขึ้น"),
    ],
)
def test_word_rules_spare_languages_without_spaces(language: str, text: str) -> None:
    assert judge(text, "gopher", language=language).drop == ""


def test_sentences_end_in_every_script() -> None:
    assert judge("村民开始收割。价格涨了。大家高兴。", "c4", language="zh").drop == ""
    assert judge("लोग आए। फसल कटी। दाम बढ़े।", "c4", language="hi").drop == ""


@settings(deadline=None, max_examples=150)
@given(
    st.text(st.characters(exclude_categories=()), max_size=300),
    st.sampled_from(["id", "en", "zh", "und", "xx"]),
    st.lists(st.sampled_from([*PRESETS, *FLAGS]), max_size=3),
    st.integers(0, 50),
    st.integers(0, 50),
)
def test_any_text_has_a_verdict(text: str, language: str, guards: list[str], min_chars: int, max_chars: int) -> None:
    verdict = check_guards(text, language=language, flags=(), guards=guards, min_chars=min_chars, max_chars=max_chars)
    assert bool(verdict.drop) == bool(verdict.detail)
    assert set(verdict.flags) <= set(FLAGS)
    if not guards and not max_chars:
        assert verdict.drop in ("", "empty", "too-short")


def test_an_invitation_to_read_on_tells_though_it_has_left_the_text() -> None:
    teaser = "Harga beras turun lagi pekan ini di pasar kota.\n\nBaca selengkapnya\n"
    for before, flags in ((teaser, ("truncated",)), (teaser + "\nRedaksi: Ani", ()), ("", ())):
        verdict = check_guards(
            teaser.split("\n")[0], language="id", flags=(), guards=(), min_chars=1, max_chars=0, before=before
        )
        assert verdict.flags == flags


@pytest.mark.parametrize("text", ["\u200b", " \ufeff\n\u00ad\n", "\u2060\xa0"])
def test_a_text_of_invisible_characters_is_empty(text: str) -> None:
    assert check_guards(text, language="id", flags=(), guards=(), min_chars=1, max_chars=0).drop == "empty"
