"""Importing the package and asking for help load nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    *(
        "chardet",
        "datasets",
        "datasketch",
        "fsspec",
        "ftfy",
        "jinja2",
        "justext",
        "langid",
        "lxml",
        "numpy",
        "orjson",
    ),
    *("pandas", "polars", "pyarrow", "pyspark", "rich", "selectolax", "sklearn"),
)


def loaded(code: str) -> list[str]:
    """The heavy packages that a fresh interpreter has after running some code."""
    after = f"\nimport sys; print(*(name for name in {HEAVY} if name in sys.modules), sep=',')"
    done = subprocess.run([sys.executable, "-c", code + after], capture_output=True, text=True, check=True)
    return [name for name in done.stdout.splitlines()[-1].split(",") if name]


def test_the_package_is_light() -> None:
    assert loaded("import cleaner; cleaner.__version__") == []


@pytest.mark.parametrize("arguments", [["--help"], ["clean", "--help"]])
def test_help_is_light(arguments: list[str]) -> None:
    code = f"from cleaner.cli import main\ntry:\n    main({arguments})\nexcept SystemExit:\n    pass"
    assert loaded(code) == []


def test_a_worker_and_a_run_without_a_report_need_no_templates() -> None:
    assert "jinja2" not in loaded(
        "import cleaner; cleaner.clean_corpus; import cleaner.engine.worker, cleaner.corpus.stages"
    )


def test_the_names_load_what_they_need() -> None:
    assert "pyarrow" in loaded("import cleaner; cleaner.clean_corpus")
    assert "pyarrow" not in loaded("import cleaner; cleaner.Options, cleaner.CleanerError, cleaner.read_options")
