"""Spark in one process: frames in the jobs of others, and what is told where a job cannot be done."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from spark.spark_runs import needs_spark, sample

from cleaner import Options, clean

needs_spark()
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from cleaner.engine.spark import open_session

    with open_session("local[2]") as session:
        yield session


def test_a_frame_stays_in_the_job_of_its_user(session: Any) -> None:
    from cleaner.integrations.spark import clean_frame

    text = "Warga menanam kembali bakau di pesisir utara yang rusak sejak tahun lalu.\n\nBaca juga: Panen raya mundur"
    frame = session.createDataFrame([(1, text), (2, "")], "number long, isi string")
    rows = clean_frame(frame).orderBy("number").collect()
    assert [(row.number, row.isi, row.text) for row in rows] == [(1, text, clean(text).text), (2, "", "")]
    assert rows[0].language == "id"
    assert rows[0].language_score > 0.5


def test_what_an_executor_cannot_do_is_told_in_a_sentence(session: Any, tmp_path: Path) -> None:
    from cleaner.errors import OptionError
    from cleaner.integrations.spark import clean_corpus as clean_on

    with warnings.catch_warnings(), pytest.raises(OptionError, match="--allow"):
        clean_on(session, sample(), tmp_path / "clean.jsonl", Options(allow=str(tmp_path / "nowhere.txt")))
