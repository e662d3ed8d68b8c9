"""CSV, TSV, the columns that are written, and the number of words: what is written is read again as it was."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample import ROOT

from cleaner import Options, clean_corpus
from cleaner.assignments import column_names, split_shares
from cleaner.audit.restore import restored
from cleaner.characters import count_words
from cleaner.errors import OptionError, OutputError
from cleaner.output.formats import DELIMITERS, FORMATS, RECORD, Layout, read_table, write_records

CASES = ROOT / "tests" / "cases" / "output"
EMPTY: dict[str, Any] = {"string": "", "integer": 0, "strings": [], "double": 0.0}
TABLES = [name for name in FORMATS if name[:4] in DELIMITERS]


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text("utf-8").split("\n") if line]


def record(**fields: Any) -> dict[str, Any]:
    return {**{name: EMPTY[kind] for name, kind in RECORD.items()}, **fields}


def table(rows: list[dict[str, Any]], suffix: str, layout: Layout | None = None) -> bytes:
    out = io.BytesIO()
    write_records(out, suffix, [orjson.dumps(row) + b"\n" for row in rows], layout)
    return out.getvalue()


@pytest.mark.parametrize("case", cases("words"), ids=lambda case: repr(case["text"]))
def test_words_are_counted(case: dict[str, Any]) -> None:
    assert count_words(case["text"]) == case["words"]


@pytest.mark.parametrize("case", cases("tables"), ids=lambda case: case["why"])
@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_a_cell_is_quoted_as_rfc_4180_says(case: dict[str, Any], form: str) -> None:
    layout = Layout.of(Options(columns=("id", "text")))
    delimiter = DELIMITERS[f".{form}"]
    written = table([record(id="a", text=case["text"])], f".{form}", layout).decode()
    assert written == f"id{delimiter}text\r\na{delimiter}{case[form]}\r\n"
    assert list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))[1:] == [["a", case["text"]]]


TEXTS = st.text(st.sampled_from('ab,"\t\r\n é\u2028='), max_size=12)


@settings(deadline=None)
@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=2), st.floats(0, 1)), max_size=4), st.sampled_from(TABLES))
def test_what_is_written_as_a_table_is_read(rows: list[tuple[str, list[str], float]], suffix: str) -> None:
    records = [record(id="a", text=text, flags=flags, language_score=score, words=3) for text, flags, score in rows]
    data = table(records, suffix)
    if suffix.endswith(".gz"):
        data = gzip.decompress(data)
    elif suffix.endswith(".zst"):
        import zstandard

        data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()
    lines = [line + b"\n" for line in data.split(b"\n")[:-1]]
    assert list(read_table(lines, DELIMITERS[suffix[:4]], Layout())) == records


def test_a_byte_order_mark_stands_there_on_request_alone() -> None:
    assert table([], ".csv", Layout.of(Options(bom=True))).startswith(b"\xef\xbb\xbfid,text,words,")
    assert table([], ".csv").startswith(b"id,text,words,")
    assert table([record()], ".jsonl", Layout.of(Options(bom=True))).startswith(b'{"id":')


@pytest.mark.parametrize("case", cases("columns"), ids=lambda case: str(case["given"]))
def test_columns_are_chosen_and_renamed(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(OptionError, match="columns: ") as raised:
            Layout.of(Options(columns=tuple(case["given"])))
        assert case["error"] in str(raised.value)
        return
    layout = Layout.of(Options(columns=tuple(case["given"])))
    names = case.get("names", list(RECORD))
    rows = [record(id="a", text="Hujan.", words=1, flags=["f"])]
    [line] = table(rows, ".jsonl", layout).splitlines()
    assert list(json.loads(line)) == names
    assert table(rows, ".csv", layout).decode().splitlines()[0] == ",".join(names)
    assert pq.read_table(io.BytesIO(table(rows, ".parquet", layout))).column_names == names
    found = layout.record_of(json.loads(line))
    assert list(found) == list(RECORD)
    assert {key: found[key] for key in layout.columns} == {key: rows[0][key] for key in layout.columns}


def test_all_columns_leave_the_lines_as_they_are() -> None:
    assert not Layout.of(Options()).changes
    assert column_names(()).keys() > RECORD.keys()


@pytest.mark.parametrize("case", cases("shares"), ids=lambda case: case["given"])
def test_shares_are_read(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(OptionError, match="split: ") as raised:
            Options(split=case["given"])
        assert case["error"] in str(raised.value)
    else:
        assert split_shares(Options(split=case["given"]).split) == pytest.approx(case["shares"])


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Articles whose texts have what a table needs quotes for, and cruft to take off."""
    texts = [f'"Beras, gula"\tnaik {n} persen,\nkata pedagang di pasar nomor {n * 7919}.\n\nIklan' for n in range(6)]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps({"id": f"a{n}", "text": text}) + "\n" for n, text in enumerate(texts)), "utf-8")
    return path


@pytest.mark.parametrize("suffix", [*FORMATS, "/", ".csv/"])
@pytest.mark.parametrize("columns", [(), ("text=isi", "id", "words")])
def test_any_output_can_be_restored(articles: Path, tmp_path: Path, suffix: str, columns: tuple[str, ...]) -> None:
    out = f"{tmp_path}/out{suffix}"
    clean_corpus(articles, out, Options(workers=1, report=False, dedup=False, columns=columns))
    given = [json.loads(line) for line in articles.read_text("utf-8").splitlines()]
    assert list(restored(out)) == [{"id": row["id"], "text": row["text"]} for row in given]


def test_a_byte_order_mark_troubles_no_reader_of_its_own(articles: Path, tmp_path: Path) -> None:
    for bom in (False, True):
        out = tmp_path / f"out{bom}.csv"
        clean_corpus(articles, out, Options(workers=1, report=False, dedup=False, bom=bom))
        assert out.read_bytes().startswith(b"\xef\xbb\xbf") is bom
        assert [row["id"] for row in restored(str(out))] == [f"a{n}" for n in range(6)]
        # and as input of another run: the first column is still the id
        clean_corpus(out, tmp_path / f"again{bom}.jsonl", Options(workers=1, report=False, dedup=False))
        again = [json.loads(line) for line in (tmp_path / f"again{bom}.jsonl").read_text("utf-8").splitlines()]
        assert [row["id"] for row in again] == [f"a{n}" for n in range(6)]


def test_without_its_texts_an_output_cannot_be_restored(articles: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out.csv")
    clean_corpus(articles, out, Options(workers=1, report=False, columns=("id", "url")))
    with pytest.raises(OutputError, match="no column of the text, which --columns left out"):
        list(restored(out))


def test_columns_of_options_that_are_off_are_refused_before_anything_is_made(articles: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="only with --mark"):
        clean_corpus(articles, tmp_path / "out.csv", Options(workers=1, columns=("id", "cluster")))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl"]
