"""A part of benchmarks/mutate.py: damaged files of every format break no run and cost their neighbours nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sample import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="forks, limits and signals as Linux has them"),
]


@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_files_break_nothing_and_cost_their_neighbours_nothing(seed: int) -> None:
    command = [sys.executable, "benchmarks/mutate.py", "--files", "500", "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 failed" in done.stdout


def test_a_file_is_made_again_by_its_seed_and_number() -> None:
    made = "import mutate; print([(f.name, f.kinds, f.data) for f in map(lambda n: mutate.damaged(5, n), range(60))])"
    first, second = (
        subprocess.run([sys.executable, "-c", made], cwd=ROOT / "benchmarks", capture_output=True).stdout
        for _ in range(2)
    )
    assert first == second
    assert len(first) > 100_000
