"""--tidy-space: every change of white space is a removal on record, and the text before it can be had back."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import ROOT, read_lines

from cleaner import Options, clean, clean_corpus, clean_html
from cleaner.article import Article, Removal, cut
from cleaner.audit.restore import restored
from cleaner.strip.tidy import tidy_space

CASES = json.loads((ROOT / "tests/cases/strip/tidy_space.json").read_text("utf-8"))
TIDY = Options(tidy_space=True)
WHITE = st.text(" \t\n\u00a0\u200b\u2009\u00ad\u3000\u200dab\u0e01", max_size=40)


def tidied(text: str, removals: tuple[Removal, ...] = ()) -> Article:
    return tidy_space(Article("a", "a", text, removals))


@pytest.mark.parametrize(("about", "text", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_space_is_made_plain(about: str, text: str, wanted: str) -> None:
    assert tidied(text).text == wanted
    assert bool(tidied(text).removals) is not about.startswith("trap")


@given(WHITE)
def test_a_second_time_changes_nothing_and_no_letter_is_lost(text: str) -> None:
    article = tidied(text)
    assert not tidied(article.text).removals
    assert "".join(article.text.split()).replace("\u200b", "") == "".join(
        c for c in "".join(text.split()) if c not in "\u200b\u00ad"
    )
    assert all(a.end <= b.start for a, b in zip(article.removals, article.removals[1:], strict=False))


@given(WHITE, st.integers(0, 20), st.integers(1, 20))
def test_beside_what_has_gone_the_text_is_that_of_the_rest(text: str, start: int, length: int) -> None:
    gone = Removal(min(start, len(text)), min(start + length, len(text)), "x", "ad")
    first = (gone,) if gone.start < gone.end else ()
    assert tidied(text, first).text == tidied(cut(text, first)).text


def test_by_default_space_stays_as_it_is() -> None:
    text = "Harga\u00a0beras naik di pasar induk.\n\n\n\nPedagang\u200b mengeluh sejak pagi."
    assert clean(text).text == text
    assert clean(text, options=TIDY).text == "Harga beras naik di pasar induk.\n\nPedagang mengeluh sejak pagi."


def test_words_of_a_page_are_never_glued() -> None:
    page = "<html><body><article><p>Dann&nbsp;haben&nbsp;wir&nbsp;ein&nbsp;Angebot&nbsp;für&nbsp;Sie, sagte er.</p>"
    for options in (Options(), TIDY):
        found = clean_html(page + "</article></body></html>", options=options).text
        assert found.replace("\u00a0", " ") == "Dann haben wir ein Angebot für Sie, sagte er."
    assert "\u00a0" not in found


def test_every_change_is_on_record_and_can_be_undone(tmp_path: Path) -> None:
    text = "Harga\u00a0beras naik di pasar induk, kata pedagang.\n\n\n\nBaca juga: Gula\u00a0naik\n\n"
    text += "Petugas\u200b datang pagi itu.\n"
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "a", "text": text}))
    clean_corpus(tmp_path / "in.jsonl", tmp_path / "out.jsonl", Options(tidy_space=True, workers=1))
    [record] = read_lines(tmp_path / "out.jsonl")
    assert record["text"] == "Harga beras naik di pasar induk, kata pedagang.\n\nPetugas datang pagi itu."
    rows = read_lines(tmp_path / "out.jsonl.audit/removed.jsonl")
    tidy = [(row["text"], row.get("with", "")) for row in rows if row["rule"] == "tidy-space"]
    assert ("\u00a0", " ") in tidy
    assert ("\u200b ", " ") in tidy
    assert {row["kind"] for row in rows} == {"space", "related"}
    assert [row["text"] for row in restored(str(tmp_path / "out.jsonl"), None)] == [text]


def test_time_is_linear() -> None:
    def seconds(text: str) -> float:
        start = process_time()
        tidied(text)
        return process_time() - start

    gc.freeze()  # or the cycles of all tests before this one are looked for as well
    for part in (" ", "\u00a0", "\n", " \n", "\u200b", "a\u00a0", "\n\u00a0 "):
        assert seconds("a" + part * 200_000 + "a") < 2  # .2 s; quadratic time would be minutes
    gc.unfreeze()
