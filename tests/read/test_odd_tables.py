"""Tables as people and programs write them: what is quoted, where the head is, which line ends rows. Half are traps."""

from __future__ import annotations

import csv
import gc
import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import Raw, Reject
from cleaner.options import Options
from cleaner.read.files import list_sources
from cleaner.read.records import read_records
from cleaner.read.split import plan_tasks
from cleaner.read.task import Task

LONG = "Pengrajin perahu di teluk itu menerima pesanan dari tiga kabupaten, lalu pulang"


def read(path: Path) -> list[Raw | Reject]:
    def once(**size: int) -> list[Raw | Reject]:
        found: list[Raw | Reject] = []
        for task in plan_tasks(list_sources([str(path)], Options()), Options(), **size):
            found.extend(read_records(task, Options()) if isinstance(task, Task) else [task])
        return found

    whole = once()
    assert once(task_bytes=1) == whole
    assert once(task_records=2, task_bytes=100) == whole
    return whole


def rows(path: Path, text: str) -> tuple[list[tuple[str, str | bytes]], list[str]]:
    """Return id and body of each record of a table, and its errors."""
    path.write_bytes(text.encode())
    found = read(path)
    return [(r.id, r.body) for r in found if isinstance(r, Raw)], [r.error for r in found if isinstance(r, Reject)]


TWO = ([("1", "satu"), ("2", "dua")], [])
HEADS = {
    "plain": "id,text\n1,satu\n2,dua\n",
    "sep line": "sep=;\nid;text\n1;satu\n2;dua\n",
    "sep line in capitals": "SEP=;\r\nid;text\r\n1;satu\r\n2;dua\r\n",
    "sep line in quotes": '"sep=;"\nid;text\n1;satu\n2;dua\n',
    "sep line behind a mark": "\ufeffsep=|\nid|text\n1|satu\n2|dua\n",
    "old line ends": "id,text\r1,satu\r2,dua\r",
    "old line ends, quoted": 'id,text\r1,"satu"\r2,"dua"',
    "blank lines first": "\n\r\n\nid,text\n1,satu\n2,dua\n",
    "comments first": "# made by a tool\n# on a day, at noon\nid,text\n1,satu\n2,dua\n",
    "other comments first": "// made by a tool, on a day\n% at noon\nid,text\n1,satu\n2,dua\n",
    "a title first": "Daftar berita\n\nid,text\n1,satu\n2,dua\n",
    "blanks in the head": "id, text\n1, satu\n2, dua\n",
    "blanks in the head, quoted": '"id", "text"\n"1", "satu"\n"2", "dua"\n',
    "blanks around names": " id , text \n1, satu\n2, dua\n",
    "the head in quotes": '"id","text"\n"1","satu"\n"2","dua"\n',
    "no last line end": "id,text\n1,satu\n2,dua",
    "carriage returns doubled": "id,text\r\r\n1,satu\r\r\n2,dua\r\r\n",
    "rows of blanks": "id;text\n1;satu\n\n2;dua\n\n",
    "empty fields behind": "id,text,,\n1,satu,,\n2,dua,,\n",
}


@pytest.mark.parametrize("name", HEADS)
def test_the_head_of_a_table(tmp_path: Path, name: str) -> None:
    assert rows(tmp_path / "a.csv", HEADS[name]) == TWO


QUOTES: dict[str, tuple[str, str, list[str], int]] = {
    # a name: the suffix, the table, the texts, how many rows are told as wrong
    "closed by the row": ("csv", 'id,text\n1,"a, b"\n2,"c ""d"" e"\n', ["a, b", 'c "d" e'], 0),
    "lines inside": ("csv", 'id,text\n1,"a\n\n2,b\nc"\n2,d\n', ["a\n\n2,b\nc", "d"], 0),
    "empty": ("csv", 'id,text,n\n1,"",x\n2,b,""\n', ["b"], 1),
    "a whole quotation": ("csv", 'id,text\n1,"""Ya,"" katanya."\n2,b\n', ['"Ya," katanya.', "b"], 0),
    "inside a field": ("csv", 'id,text\n1,kata "ya" lalu\n2,b\n', ['kata "ya" lalu', "b"], 0),
    "not doubled": ("csv", 'id,text\n1,"kata "ya" lalu, b"\n2,b\n', ['kata "ya" lalu, b', "b"], 0),
    "not doubled, lines inside": (
        "csv",
        'id,text\n1,"kata "ya" lalu,\nb dan c"\n2,b\n',
        ['kata "ya" lalu,\nb dan c', "b"],
        0,
    ),
    "opened by a text": ("tsv", 'id\ttext\n1\t"Ya," katanya.\n2\tb\n', ['"Ya," katanya.', "b"], 0),
    "never closed": ("csv", 'id,text\n1,a\n2,"b\n3,c\n4,"d"\n', ["a", '"b', "c", "d"], 0),
    "never closed, another opens": ("csv", 'id,text\n1,"a\n2,"b, c"\n3,"d"\n', ['"a', "b, c", "d"], 0),
    "never closed in two rows": ("tsv", 'id\ttext\n1\t"a\n2\t"b\n3\tc\n', ['"a', '"b', "c"], 0),
    "never closed at the end": ("csv", 'id,text\n1,a\n2,"b', ["a", '"b'], 0),
    "lines that are never closed": ("csv", 'id,text\n1,"a\nb c\nd e\n2,"f"\n3,g\n', ["f", "g"], 1),
    "escaped": ("csv", 'id,text\n1,"kata \\"ya\\", lalu"\n2,"b\\\\"\n', ['kata "ya", lalu', "b\\"], 0),
    "a return in a field": ("csv", "id,text\n1,a\rb\n2,c\n", ["a\rb", "c"], 0),
    "blanks behind quotes": ("csv", 'id,text,n\n1,"a, b" ,x\n2,"c"  ,y\n', ["a, b", "c"], 0),
    "inches": ("tsv", 'id\ttext\n1\tlayar 24"\n2\t"b"\n', ['layar 24"', "b"], 0),
    "too few and too many": ("csv", "id,text\n1\n2,a,b\n3,c\n", ["c"], 2),
}


@pytest.mark.parametrize("name", QUOTES)
def test_a_quote_closes_a_field_where_the_field_ends(tmp_path: Path, name: str) -> None:
    suffix, table, texts, wrong = QUOTES[name]
    found, told = rows(tmp_path / f"a.{suffix}", table)
    assert ([text for _, text in found], len(told)) == (texts, wrong)


def test_repeated_heads_are_skipped_and_told(tmp_path: Path) -> None:
    table = "id,text\n1,satu\nid,text\n\ufeffid,text\n2,dua\n"
    assert rows(tmp_path / "a.csv", table) == (TWO[0], ["RepeatedHead"] * 2)


def test_a_table_without_a_head_is_refused_without_its_texts(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f'1,"{LONG}"\n2,"{LONG}"\n')
    (tmp_path / "b.csv").write_text(f"1;{LONG * 3}\n")
    (tmp_path / "c.csv").write_text(f'1,news,"{LONG * 3}"\n2,news,"{LONG}"\n')  # the name of a column is a text's
    for each in read(tmp_path):
        assert isinstance(each, Reject)
        assert each.error == "NoText"
        assert LONG not in each.detail
        assert len(each.detail) < 300


@pytest.mark.parametrize("shape", ['{n},"a {n}', '{n},""a {n}', '{n},x "a {n}', '"{n}","a" {n}', '{n},"a\\" {n}'])
def test_a_table_full_of_wrong_quotes_takes_linear_time(tmp_path: Path, shape: str) -> None:
    def seconds(count: int) -> float:
        (tmp_path / "a.csv").write_text("id,text\n" + "".join(shape.format(n=n) + "\n" for n in range(count)))
        began = time.process_time()
        for task in plan_tasks(list_sources([str(tmp_path)], Options()), Options()):
            assert isinstance(task, Task)
            list(read_records(task, Options()))
        return time.process_time() - began

    gc.freeze()  # or the cycles of all tests before this one are looked for while the larger table is read
    # Eight times the rows: a step that takes the square of them would take 64 times as long.
    assert seconds(16_000) < 24 * max(min(seconds(2_000), seconds(2_000)), 0.02)
    gc.unfreeze()


FIELD = st.text(st.sampled_from('ab ,;\t"\n\r\\é'), max_size=8)


@given(
    st.lists(st.tuples(FIELD, FIELD), min_size=1, max_size=12),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(deadline=None, max_examples=150)
def test_what_the_csv_module_writes_is_read_to_the_letter(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, str]], delimiter: str, end: str, quoting: int
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["id", "text", "note"])
    writer.writerows([(n, f"x{text}", note) for n, (text, note) in enumerate(table)])
    if out.getvalue().count('\\"') > out.getvalue().count('""'):
        return  # it looks escaped, and both readings are right
    path = tmp_path_factory.mktemp("table") / "a.csv"
    path.write_bytes(out.getvalue().encode())
    assert [getattr(r, "body", r) for r in read(path)] == [f"x{text}" for text, _ in table]
