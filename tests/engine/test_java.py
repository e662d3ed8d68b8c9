"""Spark is started on the right Java, and an error says what to install where there is none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sample import ROOT

from cleaner.engine.java import find_java
from cleaner.errors import OptionError


def java(folder: Path, version: str, *, modules: str = "java.base jdk.incubator.vector") -> Path:
    """A program that answers as `java` does."""
    path = folder / "bin/java"
    path.parent.mkdir(parents=True)
    path.write_text(
        f'#!/bin/sh\nif [ "$1" = -version ]; then echo \'openjdk version "{version}"\' >&2; else echo {modules}; fi\n'
    )
    path.chmod(0o755)
    return folder


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    home, other = java(tmp_path / "a", "21.0.2"), java(tmp_path / "b", "17.0.15")
    assert find_java({"JAVA_HOME": str(home), "PATH": f"{other}/bin:/bin"}) == home
    assert find_java({"PATH": f"{other}/bin:/bin"}) == other


def test_a_java_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    old, new = java(tmp_path / "a", "11.0.2"), java(tmp_path / "b", "17.0.15")
    assert find_java({"JAVA_HOME": str(old), "PATH": f"{new}/bin:/bin"}) == new


@pytest.mark.parametrize("version", ["1.8.0_392", "11.0.2", "17.0.1 without", "nonsense"])
def test_the_package_is_named_where_no_java_fits(version: str, tmp_path: Path) -> None:
    modules = "java.base" if "without" in version else "jdk.incubator.vector"
    home = java(tmp_path / "a", version, modules=modules)
    with pytest.raises(OptionError, match="openjdk-17-jre-headless") as told:
        find_java({"JAVA_HOME": str(home), "PATH": ""})
    assert str(home) in str(told.value)


def test_the_package_is_named_where_there_is_no_java() -> None:
    with pytest.raises(OptionError, match=r"there is none in JAVA_HOME or on the PATH.*openjdk-17-jre-headless"):
        find_java({"JAVA_HOME": "/nowhere", "PATH": ""})


def test_make_test_spark_ends_where_there_is_no_java(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cleaner.engine.java"], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Spark needs Java 17 or newer, and there is none in JAVA_HOME or on the PATH.")
    assert "apt-get install openjdk-17-jre-headless" in done.stderr
    assert "Traceback" not in done.stderr
    rule = _dry_run("test-spark", tmp_path)
    assert rule.index("-m cleaner.engine.java") < rule.index("pytest")


def test_make_test_says_that_spark_was_skipped_where_there_is_no_java(tmp_path: Path) -> None:
    last = _dry_run("test", tmp_path).splitlines()[-1]
    assert "The short Spark test was skipped: there is no Java here." in last
    here = _dry_run("test", java(tmp_path / "jre", "17.0.15") / "bin").splitlines()[-1]
    assert "skipped" not in here


def _dry_run(target: str, path: Path) -> str:
    """What `make` would do where the PATH has only this folder."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    done = subprocess.run(
        [make, "-n", "-s", target], cwd=ROOT, env={"PATH": str(path)}, capture_output=True, text=True, check=True
    )
    return done.stdout
