"""What holds for every text: removals sorted and disjoint, nothing more on a second run, options respected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cleaner.article import KINDS, cut
from cleaner.errors import OptionError
from cleaner.judge.lines import split_lines
from cleaner.phrases.clauses import find_openings, opening_pattern
from cleaner.phrases.phrases import load_phrases
from cleaner.strip.inside_lines import trims
from cleaner.strip.line_rules import judge_line
from cleaner.strip.strip import explain_line, may_strip_beside, strip

CASES = Path(__file__).parent.parent / "cases" / "strip"
BODIES = json.loads((CASES / "bodies.json").read_text("utf-8"))
SNIPPETS = [
    json.loads(line).get("line", "Iklan")
    for path in sorted(CASES.glob("lines_*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]
PIECES = st.one_of(
    st.sampled_from(SNIPPETS),
    st.sampled_from([paragraph for body in BODIES.values() for paragraph in body]),
    st.sampled_from(["(uji/dur)", "[]", "MUARA, KABAR.com - ", "Baca juga: Garam", "***", "1", "2021", " ", ""]),
    st.text(max_size=40),
)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["\n", "\n\n", " ", "\r\n", "\n \n", ""])), max_size=14).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)
LANGUAGES = st.sampled_from(["id", "en", "ms", "und", "xx"])


@settings(deadline=None, max_examples=120)
@given(TEXTS, LANGUAGES, st.sampled_from(["auto", "text", "page"]))
def test_removals_are_sorted_disjoint_and_named(text: str, language: str, input_kind: str) -> None:
    found = strip(text, language=language, input_kind=input_kind)
    at = 0
    for removal in found.removals:
        assert at <= removal.start < removal.end <= len(text)
        assert removal.kind in KINDS
        assert removal.rule
        at = removal.end
    clean = cut(text, found.removals)
    gone = [(r.start, text[r.start : r.end]) for r in found.removals]
    for start, piece in gone:
        clean = clean[:start] + piece + clean[start:]
    assert clean == text


@settings(deadline=None, max_examples=120)
@given(TEXTS, LANGUAGES)
@example("Garam dipanen lebih awal tahun ini. MUARA, KABAR.com -  AdvertisementSponsored by nobody, they did it.", "id")
def test_a_second_run_takes_nothing_more(text: str, language: str) -> None:
    found = strip(text, language=language, input_kind="text")
    if "strip-guard" not in found.flags:
        clean = cut(text, found.removals)
        again = strip(clean, language=language, input_kind="text")
        assert cut(clean, again.removals) == clean


@settings(deadline=None, max_examples=120)
@given(TEXTS, LANGUAGES, st.sets(st.integers(0, 20), max_size=4))
def test_where_lines_have_gone_the_fast_path_hides_no_find(text: str, language: str, gone: set[int]) -> None:
    """Lines of a stripped text go, as those that repeat on a site do. Where the fast path says that this uncovers
    nothing, a whole look finds nothing."""
    found = strip(text, language=language, input_kind="text")
    assume("strip-guard" not in found.flags)
    left, gaps = "", []
    for i, line in enumerate(cut(text, found.removals).split("\n")):
        if i in gone:
            gaps.append(len(left))
        else:
            left += line + "\n"
    left = left.rstrip("\n")
    if gaps and not may_strip_beside(left, gaps, load_phrases(language)):
        again = strip(left, language=language, input_kind="text")
        assert [removal for removal in again.removals if removal.kind != "space"] == []


@settings(deadline=None, max_examples=60)
@given(TEXTS, st.lists(st.sampled_from(KINDS), max_size=4), st.booleans())
def test_kinds_are_respected(text: str, kinds: list[str], only: bool) -> None:
    found = strip(text, language="id", only_kinds=kinds) if only else strip(text, language="id", keep_kinds=kinds)
    for removal in found.removals:
        assert removal.kind == "space" or not kinds or (removal.kind in kinds) is only


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="\ud800\x00\u2028\u0085aZ. -(\n\t©0:", max_size=300))
def test_any_string_is_taken(text: str) -> None:
    strip(text, language="id")
    explain_line(text, "id")


@pytest.mark.parametrize("language", sorted(BODIES))
def test_an_article_without_a_cue_stays_to_the_letter(language: str) -> None:
    text = "\n \n".join(BODIES[language]) + "\n"
    assert strip(text, language=language).removals == ()


def test_allowed_lines_stay() -> None:
    text = "\n\n".join([*BODIES["id"], "Tinggalkan Komentar"])
    assert strip(text, language="id").removals
    assert not strip(text, language="id", allow=frozenset(["tinggalkan komentar"])).removals


def test_facts_are_gathered() -> None:
    text = "\n\n".join(
        [
            "Panen Garam Dimulai",
            "Senin, 12 Juli 2021 | 10:20 WIB",
            "MUARA, KABAR.com - " + BODIES["id"][0],
            *BODIES["id"][1:],
            "Penulis: Bagus Hendra",
        ]
    )
    found = strip(text, language="id")
    assert (found.site, found.place, found.author) == ("KABAR.com", "Muara", "Bagus Hendra")
    assert found.date == "Senin, 12 Juli 2021 | 10:20 WIB"
    assert found.title == ""
    assert strip(text, language="id", title="field").title == "Panen Garam Dimulai"
    assert "Panen" not in cut(text, strip(text, language="id", title="drop").removals).split("\n")[0]


def test_the_gap_keeps_one_separator() -> None:
    one, two, three = BODIES["id"]
    text = f"{one}\n\nIklan\n{two}\n\n\n{three}\n\n \n\nTinggalkan Komentar\n"
    assert cut(text, strip(text, language="id").removals) == f"{one}\n\n{two}\n\n\n{three}"


def test_the_guard_keeps_what_would_nearly_vanish() -> None:
    text = "Baca juga: Harga Garam di Pasar Kota Turun Lagi\n\nKapal tiba."
    found = strip(text, language="id")
    assert found.removals == ()
    assert found.flags == ("strip-guard",)


def test_a_page_is_told_from_an_article() -> None:
    menu = ["Home", "News", "Sport", "Business", "Search", "Login", "Menu", "Weather", "Subscribe", "Skip to content"]
    foot = ["Share this article", "Leave a Reply", "Name", "Email", "Privacy Policy", "Terms of Use", "Contact us"]
    text = "\n".join([*menu, *menu, "Salt Harvest at the River Mouth", *BODIES["en"] * 4, *foot, *menu, *foot])
    found = strip(text, language="en")
    assert found.input_kind == "page"
    assert cut(text, found.removals) == "\n".join(["Salt Harvest at the River Mouth", *BODIES["en"] * 4])
    assert strip("\n\n".join(BODIES["en"] * 20), language="en").input_kind == "text"


@pytest.mark.parametrize("options", [{"input_kind": "book"}, {"title": "eat"}, {"keep_kinds": ["soup"]}])
def test_wrong_options_are_named(options: dict[str, object]) -> None:
    with pytest.raises(OptionError, match=r"book|eat|soup"):
        strip("text", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "piece", ["a", "a b. ", "(", "Baca juga: ", "Iklan\n", " - ", "\n", "©:", "x.com, ", "1.", ". ", "か"]
)
def test_long_input_has_an_answer(piece: str) -> None:
    text = piece * (400_000 // len(piece))  # quadratic work would not end within minutes
    removals = strip(text, language="id").removals
    assert all(0 <= r.start < r.end <= len(text) for r in removals)


@settings(deadline=None, max_examples=60)
@given(TEXTS, LANGUAGES)
@example("Hak Cipta Terpelihara Petambak di muara itu mulai memanen garam lebih awal karena kemarau datang.", "en")
def test_lines_without_an_opening_tell_what_they_tell_when_asked(text: str, language: str) -> None:
    phrases, asked, marked = load_phrases(language), split_lines(text), split_lines(text)
    for line in marked:
        line.opens = any(line.start <= at < line.end for at in find_openings(text, phrases.openings))
    assert [judge_line(line, phrases) for line in marked] == [judge_line(line, phrases) for line in asked]
    stays = [None] * len(asked)
    assert list(trims(text, marked, stays, phrases)) == list(trims(text, asked, stays, phrases))


@pytest.mark.parametrize(
    ("head", "text", "found"),
    [
        ("подроб", "Вода ушла. ПОДРОБНЕЕ на сайте", [11]),
        ("подроб", "Он просил рассказать подробнее", []),
        ("l'arti", "Fin. « L’article original »", [7]),
        ("à lire", "Le quai est sec.\nÀ lire aussi", [17]),
        ("0 dari", "Habis. 12 dari 30 halaman", [7]),
        ("0 dari", "Ada 12 dari 30 perahu", []),
        ("この記事は", "水が引いた。この記事は転載です", [6]),
        ("yuk", "Hujan reda! (Yuk, ikut)\n“Yuk” \U0001f6a2.Yuk", [13, 25, 32]),
    ],
)
def test_a_clause_is_found_by_its_opening(head: str, text: str, found: list[int]) -> None:
    assert find_openings(text, opening_pattern([head])) == found
