"""Which field of a record means what: by its usual names, or as an option says."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from sample import ROOT

from cleaner import Options, clean_corpus, iter_clean
from cleaner.read.fields import find_fields

TABLE = tomllib.loads((ROOT / "tests/cases/read/fields.toml").read_text("utf-8"))
CASES = [*TABLE["case"], *TABLE["trap"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: ",".join(case["fields"]))
def test_fields_are_found(case: dict[str, Any]) -> None:
    options = Options(**case.get("options", {}))
    assert find_fields(case["fields"], options) == case["found"]
    # the order of the fields says nothing
    assert find_fields(dict(reversed(case["fields"].items())), options) == case["found"]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_named_fields_come_out_of_every_format(ending: str, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    row = {
        "kop": "Feri kandas",
        "oleh": "Rinaldi",
        "hari": "2024-03-01",
        "asal": "pelita",
        "isi": "Feri itu kandas di muara.",
    }
    given = tmp_path / f"rows.{ending}"
    if ending == "jsonl":
        given.write_text(json.dumps(row))
    elif ending == "csv":
        given.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")
    else:
        pq.write_table(pa.table({name: [value] for name, value in row.items()}), given)
    named = {"title_field": "kop", "author_field": "oleh", "date_field": "hari", "site_field": "asal"}
    clean_corpus(given, tmp_path / "clean.jsonl", Options(workers=1, **named))
    record = json.loads((tmp_path / "clean.jsonl").read_text("utf-8"))
    assert [record[key] for key in ("title", "author", "date", "site")] == list(row.values())[:4]
    assert json.loads(record["meta"]) == {}
    [article] = iter_clean([row], Options(**named))
    assert (article.title, article.author, article.date) == ("Feri kandas", "Rinaldi", "2024-03-01")


def test_a_record_of_cleaner_is_read_anew_where_other_fields_are_named(tmp_path: Path) -> None:
    given = tmp_path / "one.jsonl"
    given.write_text(json.dumps({"text": "Feri itu kandas di muara.", "title": "Feri", "kop": "Kapal"}))
    clean_corpus(given, tmp_path / "clean.jsonl", Options(workers=1))
    [own] = [json.loads(line) for line in (tmp_path / "clean.jsonl").read_text("utf-8").splitlines()]
    own["kop"] = "Kapal"
    [same] = iter_clean([own])
    [named] = iter_clean([own], Options(title_field="kop"))
    assert (same.title, named.title) == ("Feri", "Kapal")
