"""SIGTERM and SIGHUP end a run as Ctrl+C does: at once, with its workers, and with the sentence how to go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ARTICLE = "Warga menanam kembali bakau di sepanjang pesisir utara yang rusak oleh abrasi sejak tahun lalu."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the run is caught while it waits for a pipe")
@pytest.mark.parametrize(
    ("sent", "to", "workers"),
    [
        (signal.SIGTERM, "main", "1"),
        (signal.SIGTERM, "main", "2"),
        (signal.SIGTERM, "all", "2"),
        (signal.SIGINT, "all", "2"),
        (signal.SIGHUP, "main", "1"),
        (signal.SIGHUP, "all", "2"),
    ],
)
def test_a_run_that_is_told_to_end_ends_at_once_and_goes_on_later(
    sent: signal.Signals, to: str, workers: str, tmp_path: Path
) -> None:
    pipe, output = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "cleaner", "clean", str(pipe), "-o", str(output), "--workers", workers, "--quiet"]
    # a shell in the background leaves SIGINT ignored, and so would be the run
    command = ["env", f"--default-signal={sent.name.removeprefix('SIG')}", *command]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    with pipe.open("wb"):  # which waits until the run has it open as well, and so is in the middle of its work
        (os.killpg if to == "all" else os.kill)(run.pid, sent)
        _, told = run.communicate(timeout=30)
    assert run.returncode == 3
    assert told.decode().splitlines()[-1].startswith("cleaner: stopped. The same command goes on where it stood")
    assert b"Traceback" not in told
    with pytest.raises(ProcessLookupError):  # nobody of its group is left
        os.killpg(run.pid, 0)
    assert not output.exists()
    pipe.unlink()
    pipe.write_text(json.dumps({"id": "a", "text": ARTICLE}) + "\n", "utf-8")
    assert subprocess.run([*command, "--fresh"]).returncode == 0
    assert len(output.read_text().splitlines()) == 1


def test_what_nohup_ignores_stays_ignored() -> None:
    look = "import signal; print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)"
    program = f"from cleaner.cli.streams import sigterm_as_interrupt\nwith sigterm_as_interrupt():\n    {look}\n{look}"
    done = subprocess.run(["env", "--ignore-signal=HUP", sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "True"], done.stderr
