"""One short run on Spark, in every `make test` where there are Java and pyspark."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sample import ROOT
from spark.spark_runs import needs_spark, outcome

from cleaner import Options, clean_corpus

needs_spark()


def test_the_same_bytes_on_spark(tmp_path: Path) -> None:
    source = str(ROOT / "corpus/raw/wartamuara.example")
    clean_corpus(source, tmp_path / "here/clean.jsonl", Options(workers=1))
    command = [sys.executable, "-m", "cleaner", "clean", source, "-o", str(tmp_path / "there/clean.jsonl")]
    command += ["--engine", "spark", "--master", "local[1]", "--quiet", "--shard-records", "7"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert outcome(tmp_path / "there") == outcome(tmp_path / "here")
