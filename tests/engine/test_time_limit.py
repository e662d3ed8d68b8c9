"""The limit of CPU time for a block, where the process must go on."""

from __future__ import annotations

import signal
import threading
import time

import pytest

import cleaner
from cleaner import Options, clean_corpus
from cleaner.engine.time_limit import RecordTimeout, time_limit
from cleaner.errors import InputError, OptionError

TEXT = "Harga beras naik di pasar induk, kata pedagang.\n\nBaca juga: Panen raya mundur"


def spin(seconds: float) -> float:
    """Take CPU time; return how much."""
    began = time.thread_time()
    while time.thread_time() - began < seconds:
        pass
    return time.thread_time() - began


def test_a_block_over_its_time_is_left_and_the_signal_is_put_back() -> None:
    heard = []
    before = signal.signal(signal.SIGPROF, lambda number, frame: heard.append(number))
    try:
        with pytest.raises(RecordTimeout), time_limit(0.1) as clock, clock:
            spin(20)
        signal.raise_signal(signal.SIGPROF)
        assert heard == [signal.SIGPROF]
        assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    finally:
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("seconds", [0.0, 30.0])
def test_a_block_within_its_time_runs_to_its_end(seconds: float) -> None:
    with time_limit(seconds) as clock, clock:
        assert spin(0.1) >= 0.1
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_an_error_of_the_block_comes_out_and_the_clock_stops() -> None:
    with pytest.raises(ValueError, match="mine"), time_limit(30) as clock, clock:
        raise ValueError("mine")
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_elsewhere_it_has_no_effect() -> None:
    taken = []

    def work() -> None:
        with time_limit(0.05) as clock, clock:
            taken.append(spin(0.2))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    signal.signal(signal.SIGPROF, signal.SIG_IGN)  # as a profiler would hear it
    signal.setitimer(signal.ITIMER_PROF, 0.01)
    try:
        with time_limit(0.05) as clock, clock:
            taken.append(spin(0.005))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    assert len(taken) == 2


@pytest.mark.parametrize("call", [cleaner.clean, cleaner.clean_html])
def test_clean_keeps_to_its_timeout(call, monkeypatch: pytest.MonkeyPatch) -> None:
    call(TEXT)  # models and lists are loaded
    assert call(TEXT, timeout=30).text == call(TEXT).text
    monkeypatch.setattr("cleaner.api.finish_articles", lambda articles, options: spin(20))
    with pytest.raises(InputError, match=r"more than 0\.1 seconds"):
        call(TEXT, timeout=0.1)


def test_clean_takes_any_name_of_a_language() -> None:
    assert cleaner.clean(TEXT, language="Bahasa Indonesia").language == "id"
    assert cleaner.clean(TEXT, language="uz").language == "uz"  # whoever knows the language may say so
    with pytest.raises(OptionError, match="Indonesian"):
        cleaner.clean(TEXT, language="indonesan")


@pytest.mark.parametrize("stage", ["load_article", "read_records", "finish_articles"])
def test_a_record_over_its_time_is_set_aside_and_the_run_goes_on(stage, tmp_path, monkeypatch) -> None:
    from cleaner.corpus import watched

    for n in range(3):
        (tmp_path / f"n{n}.txt").write_text(f"{TEXT.replace('beras', f'beras {n}')}", "utf-8")
    own = getattr(watched, stage)

    def slow(given, *more):
        if "n1" in repr(given):
            spin(20)
        return own(given, *more)

    def slow_reading(task, options):
        for raw in own(task, options):
            if "n1" in repr(raw):
                spin(20)
            yield raw

    monkeypatch.setattr(watched, stage, slow_reading if stage == "read_records" else slow)
    options = Options(workers=1, record_timeout=0.3, dedup=False, language_model="none")
    report = clean_corpus(tmp_path, tmp_path / "out/clean.jsonl", options)
    assert report.rejected == 1 if stage != "read_records" else report.rejected >= 1
    assert report.written == 3 - report.rejected
    assert "WorkerDied" in report.counts["rejected"]
    assert "--record-timeout" in report.examples["WorkerDied"]
