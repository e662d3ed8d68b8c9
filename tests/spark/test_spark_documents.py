"""What docs/cluster.md shows is run as it stands, but for the cluster's names, which are those of this machine."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from sample import ROOT
from spark.spark_runs import CLUSTER, needs_spark
from test_documents import blocks, run_python, run_shell

needs_spark()
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]

ELSEWHERE = ("spark-submit --master yarn", "spark-submit --master k8s:", "python -m venv")
"""What needs a cluster's manager or an index of packages; only its syntax is looked at."""


def test_every_block_about_a_cluster_runs(tmp_path: Path) -> None:
    from cleaner.engine.spark import open_session

    shutil.copytree(ROOT / "corpus/raw/wartamuara.example", tmp_path / "raw")
    here = {"/data": str(tmp_path), "local[8]": "local[2]", "spark://host:7077": f"'{CLUSTER}'"}
    run, seen = [], []
    for kind, code in blocks("docs/cluster.md"):
        if any(name in code for name in ELSEWHERE):
            assert shlex.split(code.replace("…", "x"), comments=True)
            seen += [name for name in ELSEWHERE if name in code]
            continue
        for name, ours in here.items():
            code = code.replace(name, ours)
        if kind == "sh":
            run_shell(code)
        else:
            shutil.rmtree(tmp_path / "out")
            with open_session("local[2]") as spark:
                text = (tmp_path / "raw/perpustakaan-perahu.txt").read_text("utf-8")
                names = {"spark": spark, "df": spark.createDataFrame([(1, text)], "number long, text string")}
                run_python(code, names)
                assert names["cleaned"].first().language == "id"
        run.append(kind)
    assert run == ["sh", "python"]
    assert sorted(seen) == sorted(ELSEWHERE)
    assert (tmp_path / "clean.jsonl").stat().st_size
    assert list((tmp_path / "out").glob("*.jsonl*"))
