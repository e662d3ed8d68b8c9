"""Every tenth point of benchmarks/crash.py: the same command finishes a run that ended there, to the same bytes."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sample import ROOT


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="forks, /proc and signals as Linux has them")
@pytest.mark.parametrize("scenario", ["file", "folder", "force", "inside", "changed", "index"])
def test_a_run_that_ends_at_a_file_operation_is_finished_by_the_same_command(scenario: str) -> None:
    command = [sys.executable, "benchmarks/crash.py", "--every", "10", "--seed", "1", "--scenario", scenario]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 failed" in done.stdout
