from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import ftfy
import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.repair.repair import fix_lines, repair, replay

ROOT = Path(__file__).parents[2]
CASES = tomllib.loads((ROOT / "tests/cases/repair/cases.toml").read_text(encoding="utf-8"))
SENTENCES = tomllib.loads((ROOT / "benchmarks/data/repair.toml").read_text(encoding="utf-8"))["sentences"]
CORPUS = {"unescape_html": False, "uncurl_quotes": False, "fix_latin_ligatures": False, "fix_character_width": False}
CHARSETS = ("latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "macroman", "cp437")

DELICATE = re.findall(f"[{''.join(MOJIBAKE_CATEGORIES.values())}]", "".join(map(chr, range(0x10000))))
DELICATE += list("abzAZ .,?!\n\r\xa0ВГРСвЂŒœÃÂΒΓΞΟβ€āØÙà√≈‚Ð×ўλ日\uf8ff\ufffd") * 6
DELICATE += list("\ud800\udfff\x00\x1b\x1a\x7f\ufeff\u2028\x85\U0001f600e\u0301&<;")
PLAIN = "kata warga di tepi sungai itu, pagi tadi. "
texts = st.text(st.sampled_from(DELICATE), max_size=30) | st.text(max_size=30)
texts |= st.lists(st.text(st.sampled_from(DELICATE), max_size=3), max_size=8).map(PLAIN.join)


def params(kind: str) -> list[object]:
    return [
        pytest.param(case, id=case["name"], marks=pytest.mark.xfail(reason=case["known_failure"]))
        if "known_failure" in case
        else pytest.param(case, id=case["name"])
        for case in CASES[kind]
    ]


@pytest.mark.parametrize("case", params("repaired"))
def test_is_repaired(case: dict[str, str]) -> None:
    text = case["text"] if "text" in case else re.sub(r"\\u(\w{4})", lambda m: chr(int(m[1], 16)), case["escaped"])
    repaired = repair(text)
    assert repaired.text == case["fixed"]
    assert repaired.plan
    assert replay(text, repaired.plan) == repaired.text


@pytest.mark.parametrize("case", params("kept"))
def test_is_kept(case: dict[str, str]) -> None:
    assert repair(case["text"]) == (repaired := repair(case["text"]))
    assert (repaired.text, repaired.plan) == (case["text"], ())


@pytest.mark.parametrize("language", SENTENCES)
def test_clean_sentences_stay(language: str) -> None:
    sentences = [unicodedata.normalize("NFC", sentence) for sentence in SENTENCES[language]]
    for text in (*sentences, " ".join(sentences), "\n".join(sentences), " ".join(sentences).upper()):
        text = unicodedata.normalize("NFC", text)
        assert repair(text).text == text
        assert repair(text).plan == ()


@pytest.mark.parametrize("mark", ["”", "»", "…", "™", "’"])
def test_clean_capitals_before_closing_marks_stay(mark: str) -> None:
    for sentences in SENTENCES.values():
        words = unicodedata.normalize("NFC", " ".join(sentences)).upper().split()
        text = " ".join(f"«{word.strip('.,?!…:;')}{mark}" for word in words if word[-1:].isalpha())
        assert repair(text).text == text


@given(texts)
@settings(deadline=None, max_examples=400)
def test_line_by_line_it_is_ftfy(text: str) -> None:
    assert fix_lines(text).text == ftfy.fix_text(text, **CORPUS)


@given(texts, st.booleans())
@settings(deadline=None, max_examples=400)
def test_the_plan_replays(text: str, html: bool) -> None:
    for repaired in (repair(text, html=html), fix_lines(text)):
        assert replay(text, repaired.plan) == repaired.text
        assert (repaired.plan == ()) == (repaired.text == text)


@given(st.data())
@settings(deadline=None, max_examples=100)
def test_what_ftfy_restores_is_restored(data: st.DataObject) -> None:
    meant = unicodedata.normalize("NFC", "\n".join(data.draw(st.sampled_from(sorted(SENTENCES.values())))))
    garbled = meant.encode().decode(data.draw(st.sampled_from(CHARSETS)))
    assert repair(garbled).text == meant or ftfy.fix_text(garbled, **CORPUS) != meant


@pytest.mark.slow
def test_line_by_line_it_is_ftfy_on_100_000_texts() -> None:
    for number in range(100_000):
        text = fuzzed(random.Random(number))
        assert fix_lines(text).text == ftfy.fix_text(text, **CORPUS), number
        repaired = repair(text)
        assert replay(text, repaired.plan) == repaired.text, number


def fuzzed(rng: random.Random) -> str:
    if rng.random() < 0.3:  # few characters beyond ASCII, which are looked at alone
        return PLAIN.join("".join(rng.choices(DELICATE, k=rng.randint(0, 3))) for _ in range(rng.randint(1, 6)))
    if rng.random() < 0.6:
        return "".join(rng.choices(DELICATE, k=rng.randint(1, rng.choice((5, 12, 40)))))
    sentence = rng.choice(rng.choice(list(SENTENCES.values())))
    start = rng.randrange(len(sentence))
    text = sentence[start : start + rng.randint(1, 40)]
    if rng.random() < 0.7:
        text = text.encode().decode(rng.choice(CHARSETS))
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(DELICATE) + text[at:] + rng.choice(("", "\n", "\r\n", " x"))


def test_entities_are_resolved_only_in_text_from_html() -> None:
    text = "Roti &amp; susu\nharga &eacute;"
    assert repair(text).text == text
    assert repair(text, html=True).text == "Roti & susu\nharga é"
    assert repair("a &amp; b < c &amp; d", html=True).text == "a & b < c &amp; d"
    both = repair("caf&eacute; dan kafÃ©", html=True)
    assert both.text == "café dan kafé"
    assert replay("caf&eacute; dan kafÃ©", both.plan) == both.text


def test_the_plan_is_short() -> None:
    garbled = "\n".join(sentence.encode().decode("sloppy-windows-1252") for sentence in SENTENCES["fr"] * 50)
    assert len(repair(garbled).plan) == 1
    mixed = "schÃ¶n – “é” – ΓÇ£ sagt er. " * 700
    assert len(repair(mixed).plan) <= 200
    assert replay(mixed, repair(mixed).plan) == repair(mixed).text


def test_long_lines_are_cut_where_ftfy_cuts_them() -> None:
    line = "." * 999_999 + "Ã©" + "x\r\n"
    assert fix_lines(line).text == ftfy.fix_text(line, **CORPUS)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "Ã" * n + "ï»¿" + "¯»¿" * n,
        lambda n: "AMANHÃ” “" * n,
        lambda n: "é Ã© б – «x» â€™ " * n,
        lambda n: "aÃ©" * n + "é",
        lambda n: "&" + "amp;" * n,
        lambda n: "Ã" * n,
        lambda n: "\ud800é\udc00" * n,
    ],
)
def test_the_worst_texts_have_an_answer_that_replays(make: object) -> None:
    text = make(2000)  # type: ignore[operator]
    fixed = repair(text, html=True)
    assert replay(text, fixed.plan) == fixed.text


def test_ten_million_characters_in_one_line() -> None:
    line = "Kota “itu” banjir. " * 526_316
    assert repair(line).plan == ()


@pytest.mark.parametrize("read_as", ["latin-1", "sloppy-windows-1252"])
@pytest.mark.parametrize("case", CASES["misread"], ids=lambda case: case["encodings"][0])
def test_another_script_read_as_latin_letters_is_decoded(case: dict[str, Any], read_as: str) -> None:
    for encoding in case["encodings"]:
        text = case["meant"].encode(encoding).decode(read_as)
        repaired = repair(text)
        assert repaired.text == case["meant"]
        assert replay(text, repaired.plan) == repaired.text
        assert not repaired.doubtful


def test_what_may_be_another_script_is_doubtful() -> None:
    text = "¤¥¦§¨©ª«¬¯°±²³´µ¶·¸¹º»¼½¾¿ " * 2
    assert repair(text).doubtful
    assert repair(text).text == text


@pytest.mark.parametrize("language", SENTENCES)
def test_no_language_is_taken_for_misread(language: str) -> None:
    text = unicodedata.normalize("NFC", " ".join(SENTENCES[language]))
    assert not any(repair(each).doubtful for each in (text, text.upper()))
