"""The judge of lines: what it takes and leaves in whole texts, and that no text's verdict depends on another's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import KINDS, cut
from cleaner.judge import line_judge
from cleaner.judge.beside import NAMES, RuledText, ScoredText, describe_alone, describe_texts, judge_alone
from cleaner.judge.line_features import ALONE, OWN, line_features
from cleaner.judge.line_judge import (
    FORMS,
    Begun,
    Steps,
    ask_judge,
    finish_together,
    judge_texts,
    load_line_trees,
    parse_line_trees,
    run_together,
)
from cleaner.judge.lines import Hit, Line, split_lines
from cleaner.judge.vocabulary import CONCEPT_KINDS, CONCEPTS, vocabulary_for, words_of
from cleaner.phrases.phrases import load_phrases, normalise_wording, phrase_languages
from cleaner.strip.line_rules import judge_line
from cleaner.strip.neighbours import accept_hits
from cleaner.strip.strip import strip, strip_steps
from cleaner.tables import read_toml

FILE = Path(__file__).parent.parent / "cases" / "judge" / "judged_texts.jsonl"
CASES = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
PIECES = sorted({line for case in CASES for line in case["text"].split("\n") if line})
SEPARATORS = st.sampled_from(["\n", "\n\n", " ", "  ", ""])
GLUED = st.lists(st.tuples(st.sampled_from(PIECES), SEPARATORS), min_size=1, max_size=12).map(
    lambda pairs: "".join(piece + separator for piece, separator in pairs)
)
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(min_size=1, max_size=30)), min_size=1, max_size=12).map(
    "\n".join
)


def ruled(text: str, language: str = "en") -> RuledText:
    phrases = load_phrases(language)
    lines = split_lines(text)
    hits = [judge_line(line, phrases) for line in lines]
    taken = accept_hits(lines, hits, phrases)
    return RuledText(lines, hits, [hit is not None for hit in taken], phrases)


def verdicts(text: RuledText) -> list[Hit | None]:
    question = ask_judge(text)
    return judge_texts([question])[0] if question else [None] * len(text.lines)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['language']} {case['text'][:30]}" for case in CASES])
def test_what_goes_and_what_stays(case: dict[str, Any]) -> None:
    removals = strip(case["text"], language=case["language"]).removals
    left = cut(case["text"], removals).split("\n")
    assert [line for line in case["text"].split("\n") if line and line not in left] == case["gone"]


def test_half_of_the_cases_are_traps() -> None:
    assert 2 * sum(not case["gone"] for case in CASES) >= len(CASES)


def test_the_judge_finds_what_no_list_names() -> None:
    found = [r for case in CASES for r in strip(case["text"], language=case["language"]).removals]
    judged = [r for r in found if r.rule == "line-judge"]
    assert judged
    assert all(r.kind in KINDS and all(name in NAMES for name in r.why.split(", ")[:1]) for r in judged)


@given(st.lists(TEXTS, min_size=1, max_size=6), st.sampled_from(["en", "id", "de", "zh"]))
@settings(max_examples=60, deadline=None)
def test_a_text_is_judged_alone_as_in_any_batch(texts: list[str], language: str) -> None:
    asked = [question for text in texts if (question := ask_judge(ruled(text, language)))]
    alone = [judge_texts([question])[0] for question in asked]
    assert judge_texts(asked) == alone
    assert judge_texts(asked[::-1]) == alone[::-1]


@given(st.lists(st.one_of(TEXTS, GLUED), min_size=1, max_size=6), st.sampled_from(["en", "id", "de"]))
@settings(max_examples=60, deadline=None)
def test_a_text_is_stripped_alone_as_in_any_shard(texts: list[str], language: str) -> None:
    phrases = load_phrases(language)
    alone = [strip(text, phrases=phrases) for text in texts]
    assert run_together(strip_steps(text, phrases) for text in texts) == alone


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_paragraphs_and_what_the_rules_take_are_not_judged(text: str) -> None:
    about = ruled(text)
    for line, gone, verdict in zip(about.lines, about.gone, verdicts(about), strict=True):
        assert verdict is None or (not line.prose and not gone)


@given(st.lists(TEXTS, min_size=2, max_size=4))
@settings(max_examples=40, deadline=None)
def test_features_of_a_text_do_not_depend_on_the_batch(texts: list[str]) -> None:
    weights = load_line_trees().alone
    suspected = (-1000,) * len(ALONE)  # under which every text with a line to judge is described
    found = [alone for text in texts if (alone := judge_alone(ruled(text), suspected))]
    scored = [ScoredText(each.ruled, each.own, [0 if own else 1 for own in each.own]) for each in found]
    if scored:
        together = describe_texts(scored)[1]
        parts = [describe_texts([each])[1] for each in scored]
        assert together.shape[0] == len(NAMES) == len(set(NAMES))
        assert np.array_equal(together, np.concatenate(parts, axis=1))
    assert len(weights) == len(ALONE)


def test_an_error_in_one_text_leaves_the_others() -> None:
    questions = (ask_judge(ruled(case["text"], case["language"])) for case in CASES)
    question = next(asked for asked in questions if asked is not None)

    def steps(divisor: int) -> Steps[int]:
        yield question
        return 1 // divisor

    begun = [Begun(steps(divisor)) for divisor in (1, 0, 1)]
    failed: list[int] = []

    @contextmanager
    def noting(number: int) -> Iterator[None]:
        try:
            yield
        except ZeroDivisionError:
            failed.append(number)

    finish_together(begun, noting)
    assert failed == [1]
    assert [each.result for each in begun] == [1, None, 1]


def test_a_text_without_a_paragraph_is_left_alone() -> None:
    menu = "\n".join(["Share this", "Sign up for our newsletter today", "Follow us here", "More stories for you"])
    assert not any(verdicts(ruled(menu)))


PARAGRAPH = "The harbour at Wexcombe will stay closed until Friday, after a freighter ran aground on a sandbank."


@pytest.mark.parametrize(
    ("lines", "goes"),
    [
        ((PARAGRAPH, "Tiny", "A line of more words", "Tiny"), [1, 2, 3]),  # between two that go
        ((PARAGRAPH, "Tiny", "A line of more words"), [1, 2]),  # and at the end
        (("A line of more words", "Tiny", PARAGRAPH), [0, 1]),  # above the first paragraph beside one
        ((PARAGRAPH, "A line of more words", "Another of more words", "Tiny"), [2, 3]),  # not beside one that went so
        ((PARAGRAPH, "Tiny", "A line of more words", PARAGRAPH), [1]),  # between paragraphs, beside one
        ((PARAGRAPH, "Tiny", "A line of more words", "Another of more words"), [1]),  # it may head what stands below
        ((PARAGRAPH, "A line of more words", PARAGRAPH), []),
        ((PARAGRAPH, "Tiny", "One that is far too long to be anything but the article's", "Tiny"), [1, 3]),
    ],
)
def test_what_stands_beside_boilerplate_goes_more_easily(
    monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...], goes: list[int]
) -> None:
    stored = {
        "features": ["size"],
        "split": [[0, 0]],
        "limit": [[10, 40]],
        "leaf": [[-1, 400, 400, 9000]],
        "base": 0,
        "threshold": dict.fromkeys(FORMS, 0),
        "alone": {},
    }
    trees = parse_line_trees(stored)
    monkeypatch.setattr(line_judge, "load_line_trees", lambda: trees)
    about = ruled("\n\n".join(lines))
    question = ScoredText(about, describe_alone(about), [0] * len(lines))
    assert [i for i, hit in enumerate(judge_texts([question, question])[1]) if hit] == goes


def test_every_language_with_a_list_has_concepts_of_its_own() -> None:
    for language in phrase_languages():
        table = read_toml(f"judge/concepts/{language}.toml")
        assert set(table) <= set(CONCEPTS)
        assert len(table) >= 15
        for entries in table.values():
            assert len({normalise_wording(entry) for entry in entries}) == len(entries)


def test_a_line_says_its_concepts_and_dates() -> None:
    dated = line_features(Line(0, "Bagikan: 12 Agustus 2021"), load_phrases("id"))
    numbers = dict(zip(OWN, dated.numbers, strict=True))
    assert (numbers["date words"], numbers["year"], numbers["clearest concept"]) == (1, True, 2)
    own = line_features(Line(0, "Teilen"), load_phrases("de"))
    assert CONCEPTS[own.concept] == "share"
    assert own.alone


def test_concepts_have_kinds_and_stems_of_four_letters() -> None:
    assert set(CONCEPT_KINDS) <= set(KINDS)
    for language in ("de", "ru", "zh", "ar"):
        assert all(len(stem) == 4 for stem in vocabulary_for(load_phrases(language)).stems)


LANGUAGES = ["en", "id", "de", "ru", "zh", "ja", "ko", "th", "ar"]
OPENINGS = st.sampled_from(LANGUAGES).flatmap(
    lambda language: st.tuples(
        st.just(language),
        st.lists(
            st.one_of(
                st.sampled_from(sorted(found[0][0] for found in vocabulary_for(load_phrases(language)).terms.values())),
                st.sampled_from(["0", "12 ", "-", "'", " ", ": ", "漢字", "に", "x", "_"]),
                st.text(max_size=5),
            ),
            max_size=5,
        ).map("".join),
    )
)


@given(OPENINGS)
@settings(max_examples=300, deadline=None)
def test_a_line_opens_with_a_term_if_it_names_a_concept_at_its_head(case: tuple[str, str]) -> None:
    vocabulary, wording = vocabulary_for(load_phrases(case[0])), normalise_wording(case[1])
    concepts = vocabulary.concepts(wording, words_of(wording))
    assert vocabulary.opens(wording) == any(how > 1 for how in concepts.values())


def test_segments_are_judged_as_lines_are() -> None:
    text = ruled(CASES[0]["text"], "de")
    glued = [Line(line.start, line.text, line.apart) for line in text.lines]
    for line in glued[1:]:
        line.glued = True
    assert len(verdicts(text._replace(lines=glued))) == len(glued)
