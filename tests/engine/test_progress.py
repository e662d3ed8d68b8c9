"""What is shown of a run while it goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cleaner.engine import progress as module
from cleaner.engine.progress import Done, ProgressMeter, Step, progress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def steps(results: list[Done], seconds: float, *, before: int = 0, of: int = 0) -> list[Step]:
    """The steps of a stage whose shards take so many seconds each."""
    clock, found = Clock(), []

    def work() -> Iterator[Done]:
        for done in results:
            clock.now += seconds
            yield done

    ProgressMeter(found.append, clock).follow("finish", work(), before, lambda: of)
    return found


def test_rates_and_losses_add_up() -> None:
    last = steps([Done(100, 2_000_000, 3, 1), Done(300, 6_000_000, 2, 0)], 2.0, of=6)[-1]
    assert (last.articles_per_second, last.bytes_per_second) == (100.0, 2_000_000.0)
    assert (last.dropped, last.rejected) == (5, 1)
    assert last.seconds_left == 8.0
    assert str(last) == "2 of 6 shards, 100 articles/s, 2.0 MB/s, 8 s left; 5 dropped, 1 rejected"


def test_shards_of_an_earlier_run_count_as_done_but_not_as_fast() -> None:
    last = steps([Done(10)] * 2, 5.0, before=7, of=10)[-1]
    assert (last.shards, last.of, last.articles_per_second, last.seconds_left) == (9, 10, 2.0, 5.0)


def test_what_nobody_knows_is_not_guessed() -> None:
    assert "1 of ? shards" in str(steps([Done(10)], 1.0)[0])
    assert "time left not known" in str(steps([Done(10)], 1.0)[0])


def test_without_a_terminal_a_plain_line_every_half_minute(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    monkeypatch.setattr(module.time, "monotonic", clock)
    with progress() as update:
        for _ in range(70):
            update(Step("read", 3, 9))
            clock.now += 1
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["cleaner: read, 3 of 9 shards, 0 articles/s, 0.0 MB/s, time left not known; "
                     "0 dropped, 0 rejected"] * 2  # fmt: skip


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=True) as update:
        update(Step("read", 1, 1))
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_the_stage_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    with progress() as update:
        update(Step("finish", 2, 6, 100.0, 2e6, 8.0, 5, 1))
    assert "finish" in terminal.getvalue()
    assert "100 articles/s 2.0 MB/s" in terminal.getvalue()
    assert "8 s left, 5 dropped, 1 rejected" in terminal.getvalue()
