"""The last removals: where they go among the others, and what the record and the logs say of them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Options, clean_corpus
from cleaner.article import Removal, cut, insert_removals
from cleaner.audit.restore import restored

BODY = "Warga menanam kembali bakau di sepanjang pesisir utara yang rusak oleh abrasi sejak tahun lalu."


def spans(limit: int, kinds: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Removal, ...]]:
    """Sorted, disjoint removals in a text of so many characters."""

    def removals(drawn: tuple[list[int], list[str], list[str]]) -> tuple[Removal, ...]:
        offsets, names, replacements = drawn
        bounds = sorted({*offsets})
        pairs = zip(bounds[::2], bounds[1::2], names, replacements, strict=False)
        return tuple(Removal(a, b, "rule", kind, "", new) for a, b, kind, new in pairs)

    texts = st.lists(st.sampled_from(["", "", "<x>"]), min_size=10, max_size=10)
    return st.tuples(
        st.lists(st.integers(0, limit), max_size=12), st.lists(kinds, min_size=10, max_size=10), texts
    ).map(removals)


@given(st.data())
def test_later_removals_take_their_spans_of_the_cut_text(data: st.DataObject) -> None:
    before = "0123456789abcdefghijklmnopqrst"
    first = data.draw(spans(len(before), st.just("ad")))
    text = cut(before, first)
    # a span that cuts a replacement in two cannot be told of the text before
    inside = {
        offset
        for number, one in enumerate(first)
        for start in [one.start - sum(r.end - r.start - len(r.replacement) for r in first[:number])]
        for offset in range(start + 1, start + len(one.replacement))
    }
    later = data.draw(spans(len(text), st.just("mask")))
    later = tuple(one for one in later if not {one.start, one.end} & inside)
    covers_new = any(
        one.start < start + len(r.replacement) and start < one.end
        for one in later
        for number, r in enumerate(first)
        for start in [r.start - sum(x.end - x.start - len(x.replacement) for x in first[:number])]
        if r.replacement
    )
    both = insert_removals(first, later)
    assert list(both) == sorted(both, key=lambda one: (one.start, one.end))
    assert all(a.end <= b.start for a, b in pairwise(both))
    if not covers_new:  # what an earlier step has put there stays, so the text is another one then
        assert cut(before, both) == cut(text, later)


def test_a_mask_takes_in_the_space_inside() -> None:
    before = "HP 0812\u00a03456\u00a07890 aktif"
    spaces = [Removal(7, 8, "tidy", "space", "", " "), Removal(12, 13, "tidy", "space", "", " ")]
    text = cut(before, spaces)
    at = text.index("0812")
    both = insert_removals(spaces, [Removal(at, at + 14, "mask-phone", "phone", "", "<phone>")])
    assert [(one.start, one.end, one.replacement) for one in both] == [(3, 17, "<phone>")]
    assert cut(before, both) == "HP <phone> aktif"


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def given_rows(tmp_path: Path) -> Path:
    text = (
        f"{BODY} Surat ke redaksi@contoh.example.\n\nBaca juga: Panen raya mundur\n\nKartu 4111 1111 1111 1111 hilang."
    )
    gone = f"{BODY} Surat ke redaksi@contoh.example."
    return write(
        tmp_path / "in.jsonl",
        {"id": "a", "text": text, "title": "Tulis ke warga@contoh.example", "author": "Sari"},
        {"id": "b", "text": gone, "title": "", "author": "sari@contoh.example"},
    )


OPTIONS = Options(workers=1, report=False, mask=("email", "card"))


def test_masks_are_removals_that_can_be_restored(given_rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    report = clean_corpus(given_rows, out, OPTIONS)
    [record] = lines(out)
    assert record["text"] == f"{BODY} Surat ke <email>.\n\nKartu <card> hilang."
    assert record["words"] == len(record["text"].split())
    assert record["title"] == "Tulis ke <email>"
    rows = [row for row in lines(tmp_path / "out.jsonl.audit/removed.jsonl") if row["kind"] in ("email", "card")]
    assert [(row["id"], row["text"], row["with"], row["why"]) for row in rows] == [
        ("a", "Tulis ke warga@contoh.example", "Tulis ke <email>", "in the field title"),
        ("a", "redaksi@contoh.example", "<email>", "the form of an address"),
        ("a", "4111 1111 1111 1111", "<card>", "a card's issuer and check digit"),
        ("b", "sari@contoh.example", "<email>", "in the field author"),
        ("b", "redaksi@contoh.example", "<email>", "the form of an address"),
    ]
    assert list(rows[1]) == ["id", "start", "end", "text", "with", "rule", "kind", "why"]
    given = {row["id"]: row["text"] for row in lines(given_rows)}
    assert {row["id"]: row["text"] for row in restored(str(out))} == given
    assert report.counts["removals"]["email"] == {"mask-email": 2}
    assert report.counts["characters"]["written"] == len(record["text"])


def test_without_values_no_log_holds_one(given_rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    clean_corpus(given_rows, out, Options(workers=1, mask=("email", "card"), mask_log="none"))
    made = [out, *(path for path in (tmp_path / "out.jsonl.audit").iterdir() if path.is_file())]
    assert {path.name for path in made} >= {"removed.jsonl", "dropped.jsonl", "report.html", "manifest.json"}
    for path in made:
        assert b"@contoh.example" not in path.read_bytes(), path
        assert b"4111" not in path.read_bytes(), path
    [record] = lines(out)
    assert record["text"] == f"{BODY} Surat ke <email>.\n\nKartu <card> hilang."


def test_articles_do_not_become_alike_by_their_masks(tmp_path: Path) -> None:
    # two addresses in a row of others: alike only when both are masked
    def text(name: str) -> str:
        return " ".join(f"{name}{n}@contoh.example" for n in range(40))

    given = write(tmp_path / "in.jsonl", {"id": "a", "text": text("a")}, {"id": "b", "text": text("b")})
    clean_corpus(given, tmp_path / "out.jsonl", OPTIONS)
    assert [row["text"] for row in lines(tmp_path / "out.jsonl")] == [" ".join(["<email>"] * 40)] * 2


def test_fields_of_the_input_stay_as_they_are(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", {"id": "a", "text": BODY, "surel": "a@contoh.example"})
    clean_corpus(given, tmp_path / "out.jsonl", OPTIONS)
    assert json.loads(lines(tmp_path / "out.jsonl")[0]["meta"]) == {"surel": "a@contoh.example"}


def test_a_number_with_tidied_spaces_is_masked_whole_and_restored(tmp_path: Path) -> None:
    text = (
        f"{BODY}\u00a0Kartu 4111\u00a01111\u00a01111\u00a01111 hilang,\u200b kata dia.\n\n\n\nSurat: a@contoh.example"
    )
    given = write(tmp_path / "in.jsonl", {"id": "a", "text": text})
    options = Options(workers=1, report=False, mask=("email", "card"), tidy_space=True)
    clean_corpus(given, tmp_path / "out.jsonl", options)
    [record] = lines(tmp_path / "out.jsonl")
    assert record["text"] == f"{BODY} Kartu <card> hilang, kata dia.\n\nSurat: <email>"
    assert list(restored(str(tmp_path / "out.jsonl"))) == [{"id": "a", "text": text}]
