"""JSON as programs write it: documents under the suffix of lines, columns, wrappers, and what is broken or repeated."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from alike import read

from cleaner.article import Raw, Reject
from cleaner.options import Options
from cleaner.read.files import list_sources
from cleaner.read.jsonl import parse_object
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.read.task import Task

THREE = [{"id": str(n), "text": f"Berita {n} {'tentang hujan ' * 20}", "tags": ["a", "b"]} for n in range(3)]
PLAIN = [json.dumps(each) for each in THREE]
COLUMNS = {"id": [r["id"] for r in THREE], "text": [r["text"] for r in THREE]}
INDEXED = {name: {str(n): value for n, value in enumerate(values)} for name, values in COLUMNS.items()}
SPLIT = {
    "columns": list(COLUMNS),
    "index": [0, 1, 2],
    "data": [list(row) for row in zip(*COLUMNS.values(), strict=True)],
}
NESTED = [{"title": "T", "content": {"body": r["text"], "id": r["id"]}, "source": {"name": "x"}} for r in THREE]


SHAPES: dict[str, tuple[str, str]] = {
    "indented lines": ("jsonl", "\n".join(json.dumps(r, indent=2) for r in THREE)),
    "indented by tabs": ("ndjson", "\n\n".join(json.dumps(r, indent="\t") for r in THREE)),
    "begun on the first line": ("jsonl", "\n".join(json.dumps(r, indent=1).replace("{\n", "{", 1) for r in THREE)),
    "an array under jsonl": ("jsonl", json.dumps(THREE)),
    "an array a record a line": ("jsonl", "[" + ",\n".join(PLAIN) + "]"),
    "an indented array": ("jsonl", json.dumps(THREE, indent=2)),
    "behind one another": ("jsonl", "".join(PLAIN)),
    "commas behind lines": ("jsonl", ",\n".join(PLAIN)),
    "joined without a line end": ("jsonl", PLAIN[0] + "\n" + PLAIN[1] + PLAIN[2] + "\n"),
    "separators of records": ("jsonl", "".join(f"\x1e{line}\n" for line in PLAIN)),
    "marks inside": ("jsonl", "\ufeff" + "\n\ufeff".join(PLAIN)),
    "marks inside a document": ("json", "\ufeff" + "\n\ufeff".join(json.dumps(r, indent=1) for r in THREE)),
    "two arrays": ("json", f"[{PLAIN[0]}]\n[{PLAIN[1]}, {PLAIN[2]}]"),
    "columns": ("json", json.dumps(COLUMNS)),
    "columns on a line": ("jsonl", json.dumps({"n": [1, 2, 3], **COLUMNS})),
    "columns by index on a line": ("jsonl", json.dumps(INDEXED) + "\n"),
    "lines under txt": ("txt", "\n".join(PLAIN)),
    "lines of an interface": ("php", "\n\n".join(PLAIN)),
    "columns of texts alone": ("json", json.dumps({"text": COLUMNS["text"]})),
    "columns by index": ("json", json.dumps(INDEXED)),
    "split": ("json", json.dumps(SPLIT)),
    "by index": ("json", json.dumps({str(n): r for n, r in enumerate(THREE)})),
    "a table of pandas": ("json", json.dumps({"schema": {"fields": [{"name": "id"}]}, "data": THREE})),
    "a wrapper": ("json", json.dumps({"status": "ok", "articles": THREE})),
    "a wrapper in a wrapper": ("json", json.dumps({"response": {"total": 3, "docs": THREE}})),
    "a first record without text": ("json", json.dumps({"articles": [{"id": "x"}, *THREE]})),
    "texts in objects": ("json", json.dumps({"status": "ok", "articles": NESTED})),
    "texts in objects, lines": ("jsonl", "\n".join(map(json.dumps, NESTED))),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_records_are_found(tmp_path: Path, name: str) -> None:
    suffix, data = SHAPES[name]
    (tmp_path / f"a.{suffix}").write_text(data, encoding="utf-8")
    found = read(tmp_path)
    assert [r.body for r in found if isinstance(r, Raw)] == COLUMNS["text"]
    assert [r.error for r in found if isinstance(r, Reject)] == ["NoText"] * (name == "a first record without text")
    assert len({r.id for r in found if isinstance(r, Raw) and r.id}) in (0, 3)


ONE: dict[str, dict[str, Any]] = {
    "a text of paragraphs": {"title": "T", "text": ["Satu.", "Dua."]},
    "lists of other lengths": {"text": ["Satu.", "Dua."], "tags": ["a", "b", "c"]},
    "lists beside a text": {"text": "Satu.\nDua.", "data": [{"text": "other"}]},
    "an object beside a text": {"text": "Satu.\nDua.", "content": {"body": "other"}},
}


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("indent", [None, 1])
def test_an_article_stays_one(tmp_path: Path, name: str, indent: int | None) -> None:
    (tmp_path / "a.json").write_text(json.dumps(ONE[name], indent=indent))
    assert [getattr(r, "body", r) for r in read(tmp_path)] == ["Satu.\nDua."]


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
@pytest.mark.parametrize(
    "columns",
    [
        {"id": [1, 2, 3], "text": ["Satu.", "Dua."]},
        {"text": ["Satu.", "Dua."], "url": ["a", "b", "c"]},
        {"title": ["A", "B"], "text": ["Satu.", "Dua.", "Tiga."], "n": 1},
    ],
)
def test_columns_of_unequal_length_are_told_and_never_joined(tmp_path: Path, suffix: str, columns: Any) -> None:
    (tmp_path / f"a.{suffix}").write_text(json.dumps(columns))
    assert [getattr(r, "error", "") for r in read(tmp_path)] == ["NoText"]


@pytest.mark.parametrize(
    "record",
    [
        {"title": ["T"], "url": ["u"], "text": ["Satu.", "Dua."]},  # as Scrapy's loaders leave them
        {"author": ["A", "B"], "tags": ["a", "b"], "text": ["Satu.", "Dua."]},
        {"id": [1, 2], "text": "Satu.\nDua."},
    ],
)
def test_a_text_of_paragraphs_is_one_article_beside_lists(tmp_path: Path, record: Any) -> None:
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(record)}\n" * 2)
    assert [getattr(r, "body", "") for r in read(tmp_path)] == ["Satu.\nDua."] * 2


@pytest.mark.parametrize(
    "text", ['{ "a": 1 } is how it begins.\nAnd so on.', '{"a": 1}\nis what it said.', "{}\n\nNo."]
)
def test_an_article_that_begins_with_a_bracket_stays_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    assert [getattr(r, "body", "") for r in read(tmp_path)] == [text]


@pytest.mark.parametrize("order", [("id", "text"), ("text", "id")])
def test_a_table_by_its_columns_above_the_bound_is_told_once(tmp_path: Path, order: tuple[str, str]) -> None:
    columns = {"id": list(range(300)), "text": [f"Berita {n} tentang hujan." for n in range(300)]}
    (tmp_path / "a.json").write_text(json.dumps({name: columns[name] for name in order}))
    assert [getattr(r, "error", "") for r in read(tmp_path, Options(max_record_bytes=1000))] == ["BrokenJson"]
    wrapped = {"tags": ["a", "b"], "pages": [[1, 2]], "data": [{"text": text} for text in columns["text"]]}
    (tmp_path / "a.json").write_text(json.dumps(wrapped))
    found = read(tmp_path, Options(max_record_bytes=1000))
    assert [getattr(r, "body", "") for r in found] == columns["text"]


def test_the_field_of_a_nested_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, NESTED)))
    first = read(tmp_path)[0]
    assert isinstance(first, Raw)
    assert (first.form, first.id, first.title) == ("field 'content.body'", "0", "T")
    assert json.loads(first.meta) == {"content": {}, "source": {"name": "x"}}


@pytest.mark.parametrize(
    "broken", ['{"id": "b", "text": "x', '{"id": "b", "text": "a "b" c"}', '{"id": "b", "text": [1, }']
)
@pytest.mark.parametrize("form", ["array", "lines", "indented"])
def test_a_broken_object_costs_no_other(tmp_path: Path, broken: str, form: str) -> None:
    values = [PLAIN[0], broken, PLAIN[1], PLAIN[2]]
    if form == "indented":
        values = [json.dumps(THREE[0], indent=1), broken, *(json.dumps(r, indent=1) for r in THREE[1:])]
    data = f"[{', '.join(values)}]" if form == "array" else "\n".join(values)
    (tmp_path / ("a.json" if form == "array" else "a.jsonl")).write_text(data)
    found = read(tmp_path)
    assert [r.body for r in found if isinstance(r, Raw)] == COLUMNS["text"]
    assert {r.error for r in found if isinstance(r, Reject)} == {"BrokenJson"}


def test_a_broken_first_object_costs_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"id": "b", "text": "x\n' + "\n".join(PLAIN))
    assert [r.body for r in read(tmp_path) if isinstance(r, Raw)][-2:] == COLUMNS["text"][1:]


ARRAY, WRAPPED = json.dumps(THREE), json.dumps({"total": 3, "docs": THREE})


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        (f"var data = {ARRAY};\n", 2),
        (f"window.YTD.berita.part0 = {ARRAY}", 1),
        (f"// unduhan pertama\n{ARRAY}", 1),
        (f"panggil({ARRAY});", 2),
        (f"var data = {WRAPPED};", 2),
        (f"{WRAPPED};", 1),
        ("# unduhan\n" + "\n".join(PLAIN), 1),
        (ARRAY, 0),
        (f"\ufeff\n {WRAPPED}\n", 0),
    ],
)
def test_what_a_script_writes_around_records_costs_none_of_them(tmp_path: Path, data: str, errors: int) -> None:
    (tmp_path / "a.json").write_text(data, encoding="utf-8")
    found = read(tmp_path)
    assert [r.body for r in found if isinstance(r, Raw)] == COLUMNS["text"]
    assert [r.error for r in found if isinstance(r, Reject)] == ["BrokenJson"] * errors


@pytest.mark.parametrize("data", ["null", "17", "Sebuah kalimat saja.", "]]]]", "{}"])
def test_a_document_without_records_is_one_error_or_more_and_ends(tmp_path: Path, data: str) -> None:
    (tmp_path / "a.json").write_text(data)
    found = read(tmp_path)
    assert found
    assert all(isinstance(each, Reject) for each in found)


def test_equal_keys_are_numbered_in_their_order() -> None:
    record = parse_object(b'{"k": 1, "k#1": 2, "k": 3, "k": 4, "k#2": 5}')
    assert record == {"k#1": 2, "k#2": 1, "k#3": 3, "k": 4, "k#2#1": 1} or list(record.values()).count(4) == 1


def _seconds(path: Path, data: str) -> float:
    path.write_text(data)
    best = 9e9
    for _ in range(2):
        began = time.process_time()
        for task in plan_tasks(list_sources([str(path)], Options()), Options()):
            if isinstance(task, Task):
                list(read_records(task, Options()))
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize(
    "shape",
    [
        ('{{"text": "x"{}}}', ', "k": 1'),
        ("[{}]", '{{"id": 1, "text": "a "b" c"}}, '),
        ("[{}]", '{{"id": 1, "text": "abc, '),
        ("[{}]", '{{"id": nope, '),
        ('{{"data": [{}', '{{"text": "a", '),
        ("[{}]", '"a" nope '),
    ],
)
def test_what_is_broken_takes_linear_time(tmp_path: Path, shape: tuple[str, str]) -> None:
    outer, inner = shape[0], shape[1].replace("{{", "{").replace("}}", "}")
    few, many = (_seconds(tmp_path / "a.json", outer.format(inner * count)) for count in (2_000, 16_000))
    # Eight times the values: a step that takes the square of them would take 64 times as long.
    assert many < 24 * max(few, 0.02)
