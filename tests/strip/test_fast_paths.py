"""A fast path never hides what its rule finds: each rule is asked with and without it.

The lines are made of what the rules look for: entries of the lists, separators, words, numbers, marks at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.judge.lines import Line
from cleaner.phrases.phrases import HEAD_LENGTH, Phrases, load_phrases, normalise_wording
from cleaner.strip import dateline_forms, inside_lines, line_rules, segments
from cleaner.strip.calls import MENU_KINDS
from cleaner.strip.line_rules import is_clear_paragraph, judge_line

LANGUAGES = ("id", "en", "ms", "de", "ja", "ar")
WORDS = (
    "Muara",
    "Saketi",
    "garam",
    "dipanen",
    "Dewi",
    "Lestari",
    "the",
    "Hafen",
    "am",
    "港",
    "AFP",
    "12",
    "2021",
    "Foto",
)
SEPARATORS = (": ", " - ", " – ", "—", ". ", " | ", " » ", " (", ") ", " / ", " ", "  ", "：", ", ", " › ", " > ", "】")
COMMON_SEPARATORS = (":", "：", "|", " - ", "–", "—", "»")
BARS = (" | ", " · ", " / ", " > ", " » ")
FILLINGS = ("garam dipanen lagi ", "the harbour opened. ", "塩の港で", "Warga menutup pintu. ")
TAILS = (
    *("", ".", "!", ")", " (12)", ". (uji/dur)", ". (Dewi Lestari)", ". (AFP)", ". [dur]", ". ***", ". []", ". -- AFP"),
    *(". All rights reserved.", ". Hak cipta dilindungi.", ". AFP 12/7/2021", " (Foto: Dewi).", " [1]. ■", ". Saketi"),
)
HEADS = (
    "12 Juli 2021",
    "2021 © Kabar",
    "© Kabar",
    "(AFP)",
    "SAKETI",
    "KABAR.com",
    "Dewi Lestari",
    "【港町】",
    "Saketi (dur)",
)


def filled(texts: Iterable[str]) -> list[str]:
    """Entries of a list with words in their holes."""
    return [t.replace("{n}", "12").replace("{name}", "Dewi Lestari").replace("{any}", "Garam di muara") for t in texts]


@cache
def listed(language: str) -> dict[str, list[str]]:
    """What the lists of a language hold, by how lines are made of it."""
    phrases = load_phrases(language)
    entries = phrases.entries
    holed = [pattern.phrase.text for patterns in phrases.merged_patterns.values() for pattern in patterns]
    menu = [phrase.text for phrase in phrases.merged.values() if phrase.kind in MENU_KINDS]
    return {
        "label": filled(phrase.text for phrase in entries["start"].values()),
        "whole": filled(phrase.text for phrase in phrases.merged.values()),
        "holed": filled(holed),
        "tail": filled(phrase.text for phrase in entries["tail"].values()),
        "menu": filled(menu),
        "word": sorted(phrases.words["by"] | phrases.words["sharing"] | phrases.words["network"]),
        "place": sorted(phrases.words["place"] | phrases.words["agency"]),
    }


@st.composite
def lines(draw: st.DrawFn, least: int = 0) -> tuple[str, str]:
    """A language, and a line of at least so many characters made of what they list."""
    language = draw(st.sampled_from(LANGUAGES))
    known = listed(language)
    part = st.one_of(*(st.sampled_from(texts) for texts in known.values() if texts), st.sampled_from(WORDS))
    shape = draw(st.sampled_from(("label", "items", "sentence", "tail")))
    if shape == "items":
        text = draw(st.sampled_from(BARS)).join(draw(st.lists(st.sampled_from(known["menu"]), min_size=3, max_size=12)))
    else:
        text = draw(st.one_of(part, st.sampled_from(HEADS)))
        if draw(st.booleans()):
            text = text.upper() if draw(st.booleans()) else text.capitalize()
        for _ in range(draw(st.integers(0, 2))):
            text += draw(st.sampled_from(SEPARATORS)) + draw(part).capitalize()
        text += draw(st.sampled_from(SEPARATORS)) if shape == "label" else " "
        filling = draw(st.sampled_from(FILLINGS)).capitalize()
        text += filling * max(1, -(-(least - len(text)) // len(filling)))
    if shape == "tail":
        text = f"{text.strip()}. {draw(part).capitalize()}"
    return language, (text.strip() + draw(st.sampled_from(TAILS))).strip() or "."


def judge_without_fast_path(line: Line, phrases: Phrases) -> line_rules.Hit | None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_rules, "is_clear_paragraph", lambda *_: False)
        return judge_line(line, phrases)


@settings(deadline=None, max_examples=200)
@example(("id", f"comparte (Bluesky {'塩の港で' * 17}. Bluesky"), False)  # a word of sharing, a sentence, a network
@given(lines(least=80), st.booleans())
def test_a_paragraph_that_is_passed_has_no_hit(found: tuple[str, str], opens: bool) -> None:
    phrases, text = load_phrases(found[0]), found[1]
    line = Line(0, text)
    line.opens = opens
    if not line.prose or not is_clear_paragraph(text, phrases, opens):
        return
    hit = judge_without_fast_path(line, phrases)
    if hit is not None:  # paragraphs are not asked for these, as sentences may hold them
        entry = hit.why.partition(": ")[2].partition("{")[0]
        short = " list, " in hit.why and len(normalise_wording(entry)) < HEAD_LENGTH
        assert (
            (short and not any(mark in text[:60] for mark in COMMON_SEPARATORS))
            or hit.rule == "breadcrumb"
            or (hit.rule == "menu-line" and not text.isascii())  # items between dots
            or (hit.rule == "rights" and "RESERVED" in text)
        )


def test_a_paragraph_may_hold_what_only_a_line_may_not() -> None:
    """What the fast path passes on purpose stays in a paragraph."""
    phrases = load_phrases("id")
    trademark = (
        "Lensa Kota adalah merk dagang milik PT Lensa Utama Raya, yang terbit di Saketi sejak April dan masih ada."
    )
    captioned = "Foto / " + "Petambak memanen garam di muara." * 3
    reserved = "Papan di dermaga itu bertuliskan Lensa Kota, ALL RIGHTS RESERVED, dan tidak ada yang menghapusnya."
    for text in (trademark, captioned, reserved):
        line = Line(0, text)
        line.opens = False
        assert line.prose
        assert judge_line(line, phrases) is None
        assert judge_without_fast_path(line, phrases) is not None


@settings(deadline=None, max_examples=200)
@given(lines())
def test_a_line_that_may_not_be_labelled_has_no_label(found: tuple[str, str]) -> None:
    phrases, text = load_phrases(found[0]), found[1]
    wording = normalise_wording(text)
    if wording and not phrases.may_label(wording):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Phrases, "may_label", lambda *_: True)
            assert line_rules._label_hit(text, wording, phrases) is None


@settings(deadline=None, max_examples=200)
@given(lines(least=41), st.booleans(), st.booleans())
def test_a_line_that_may_not_be_trimmed_has_no_tail(found: tuple[str, str], last: bool, opens: bool) -> None:
    phrases, text = load_phrases(found[0]), found[1]
    line = Line(0, text)
    line.opens = opens
    if not inside_lines.may_trim(line, last, phrases):
        assert list(inside_lines.tail_trims(line, line.end, phrases, last)) == []


@settings(deadline=None, max_examples=200)
@given(lines(), st.booleans())
def test_a_paragraph_that_opens_as_a_sentence_has_no_dateline(found: tuple[str, str], known: bool) -> None:
    phrases, text = load_phrases(found[0]), found[1]
    if not dateline_forms.may_open(text[: dateline_forms.HEAD], phrases) and text[0].isalpha():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dateline_forms, "may_open", lambda *_: True)
            assert dateline_forms.match_dateline(text, phrases, lambda _name: known) is None


@settings(deadline=None, max_examples=200)
@given(lines())
def test_an_entry_with_holes_is_found_wherever_it_is_indexed(found: tuple[str, str]) -> None:
    phrases, text = load_phrases(found[0]), found[1]
    wording = normalise_wording(text)
    every = [pattern for patterns in phrases.merged_patterns.values() for pattern in patterns]
    if wording and wording not in phrases.merged and any(pattern.matches(wording) for pattern in every):
        assert phrases.any(wording) is not None


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(LANGUAGES), st.data())
def test_a_label_without_a_colon_is_found_where_a_sentence_may_begin(language: str, data: st.DataObject) -> None:
    """Whatever mark and white space stand before it, the bytes of the text say that one may open there."""
    forms, _, opening, _ = segments._bare_forms(load_phrases(language))
    mark = data.draw(st.sampled_from('\n.!?…"”’»)'))
    space = data.draw(st.sampled_from((" ", "\n", "\t", "\r", "\x0b", "\x1c", "\x85", "\xa0", "\u2003", "\u3000")))
    behind = data.draw(st.sampled_from(("", "\n", " Harga", " é", ": ", "Ä")))
    text = f"Warga menutup pintu{mark}{space}{data.draw(st.sampled_from(sorted(forms)))}{behind}"
    if not segments.may_open_label(text):
        assert opening.search(text) is None


def test_a_text_in_small_letters_opens_no_label() -> None:
    assert not segments.may_open_label("Warga menutup pintu. Hujan turun lagi.\n\nKata camat, “Air surut.”")
    assert segments.may_open_label("Warga menutup pintu. Baca Juga Hujan turun lagi.")
