"""The progress of a run is shown while it works."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from threading import Event, active_count

import pytest

from cleaner import Options, clean_corpus
from cleaner.engine import progress as module
from cleaner.engine.progress import SHARES, Done, ProgressMeter, Step, progress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def steps(results: list[Done], seconds: float, *, before: int = 0, of: int = 0, stage: str = "finish") -> list[Step]:
    """The steps of a stage whose shards take so many seconds each."""
    clock, found = Clock(), []

    def work() -> Iterator[Done]:
        for done in results:
            clock.now += seconds
            yield done

    ProgressMeter(found.append, clock).follow(stage, work(), before, lambda: of)
    return found


def test_rates_and_losses_add_up() -> None:
    last = steps([Done(100, 2_000_000, 3, 1), Done(300, 6_000_000, 2, 0)], 2.0, of=6)[-1]
    assert (last.articles, last.articles_per_second, last.bytes_per_second) == (400, 100.0, 2_000_000.0)
    assert (last.dropped, last.rejected, last.elapsed) == (5, 1, 4.0)
    assert str(last) == (
        "step 3 of 6, finish: 4 s so far, about 13 s left, 400 articles, 100/s, 2.0 MB/s; 5 dropped, 1 rejected"
    )


def test_the_time_left_is_that_of_the_whole_run() -> None:
    """Four shards of ten are read in 40 s: 60 s are left of this step, and what the others take of most runs."""
    last = steps([Done(10)] * 4, 10.0, of=10, stage="read")[-1]
    whole = 100 / SHARES["read"]
    assert last.seconds_left == pytest.approx(60 + whole * (1 - SHARES["read"]))
    assert last.done == pytest.approx(0.4 * SHARES["read"])


def test_shards_of_an_earlier_run_count_as_done_but_not_as_fast() -> None:
    last = steps([Done(10)] * 2, 5.0, before=7, of=10, stage="write")[-1]
    assert (last.shards, last.of, last.articles_per_second) == (9, 10, 2.0)
    assert last.seconds_left == pytest.approx(5 + 50 * SHARES["publish"] / SHARES["write"])


def test_what_nobody_knows_is_not_guessed() -> None:
    assert "time left not known" in str(steps([Done(10)], 1.0)[0])


def test_steps_over_the_whole_corpus_know_what_came_before() -> None:
    clock, found = Clock(), []
    meter = ProgressMeter(found.append, clock)

    def work() -> Iterator[Done]:
        clock.now += 68
        yield Done(500, 10, 0, 2)

    meter.follow("read", work(), 0, lambda: 1)
    meter.begin_global_step("repeats")
    assert found[-1].title == "step 2 of 6, lines that repeat"
    assert (found[-1].articles, found[-1].rejected, found[-1].elapsed) == (500, 2, 68.0)
    assert found[-1].seconds_left == pytest.approx(32.0)
    later = found[-1].later(20)
    assert (later.elapsed, later.seconds_left) == (88.0, pytest.approx(12.0))
    assert later.later(100).seconds_left == 1.0  # it is late, and not known to be done


def test_the_steps_are_those_of_a_run(tmp_path: Path) -> None:
    found: list[Step] = []
    (tmp_path / "a.txt").write_text("Feri itu kandas di muara pada Selasa pagi, kata petugas.")
    clean_corpus(tmp_path / "a.txt", tmp_path / "clean.jsonl", Options(workers=1), progress=found.append)
    assert [step.stage for step in found] == list(SHARES)
    assert sum(SHARES.values()) == pytest.approx(1)
    done, elapsed = [step.done for step in found], [step.elapsed for step in found]
    assert done == sorted(done)
    assert elapsed == sorted(elapsed)


def test_without_a_terminal_a_plain_line_comes_though_nothing_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = Event()

    class Log(io.StringIO):
        def write(self, text: str) -> int:
            size = super().write(text)
            if self.getvalue().count("\n") > 1:
                twice.set()
            return size

    log = Log()
    monkeypatch.setattr("sys.stderr", log)
    monkeypatch.setattr(module, "EVERY", 0.001)
    with progress() as update:
        update(Step("read", 3, 9, articles=3000, elapsed=40.0))
        assert twice.wait(30)
    first = log.getvalue().splitlines()[0]
    assert first.startswith("cleaner: step 1 of 6, read: 40 s so far, time left not known yet, 3,000 articles;")
    before = log.getvalue()
    assert active_count() == 1  # nothing writes on
    assert log.getvalue() == before


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=True) as update:
        update(Step("read", 1, 1))
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_the_stage_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    with progress() as update:
        update(Step("finish", 2, 6, 100.0, 2e6, 80.0, 5, 1, 200, 40.0))
    assert "step 3 of 6, finish" in terminal.getvalue()
    assert "40 s so far, about 80 s left, 200 articles, 100/s, 2.0 MB/s" in terminal.getvalue()
