"""Which Java Spark is started on, and what a person is told where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.errors import OptionError
from cleaner.run.java import find_java


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
