"""What the report of a run costs beside the run, and how large it is: python benchmarks/report.py [ARTICLES]

Articles are made up from a fixed seed: sentences of a small vocabulary, cruft of the phrase lists, many sites, copies.
The run has one worker, which is this process; CPU seconds are its own.
"""

from __future__ import annotations

import platform
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any

import orjson

from cleaner import Options, clean_corpus
from cleaner.audit import report
from cleaner.audit.report import write_report
from cleaner.corpus import stages

SITES, COPIES = 400, 0.1
CRUFT = (
    "Baca juga: {s}", "Iklan", "ADVERTISEMENT", "Bagikan artikel ini", "Editor: {n}", "Ikuti kami di Instagram",
    "Berita Terkait", "Tinggalkan Komentar", "Hak cipta © 2024 {n}", "Tags: {s}", "Read more: {s}", "Share on Facebook",
)  # fmt: skip
WORDS = re.findall(
    r"\w+",
    """
    warga desa pasar harga beras naik kepala dinas kata panen hujan sungai jalan jembatan sekolah guru murid kapal
    nelayan laut kota bupati rapat anggaran tahun bulan pekan pagi malam rumah lahan sawah petani pupuk air listrik
    program bantuan pemerintah daerah provinsi polisi korban kejadian lokasi petugas posko banjir longsor gempa yang
    dan di ke dari untuk dengan pada adalah tidak akan telah sudah masih juga oleh karena sehingga namun saat setelah
    """,
)


def articles(number: int) -> Iterator[dict[str, str]]:
    """Records of made-up articles; a tenth are copies of one shortly before, with another opening."""
    random = Random(7)
    recent: list[list[str]] = []
    for n in range(number):
        site = f"situs{random.randrange(SITES)}.example"
        if recent and random.random() < COPIES:
            body = [_sentence(random), *random.choice(recent)]
        else:
            body = [" ".join(_sentence(random) for _ in range(4)) for _ in range(random.randrange(4, 9))]
            recent = [*recent[-50:], body]
        lines = list(body)
        for _ in range(random.randrange(2, 6)):
            line = random.choice(CRUFT).format(s=_sentence(random)[:50], n=random.choice(WORDS).title())
            lines.insert(random.randrange(1, len(lines) + 1), line)
        yield {
            "id": f"a{n}",
            "url": f"https://{site}/{n}",
            "text": "\n\n".join([*lines, f"Redaksi {site}, lantai dua."]),
        }


def _sentence(random: Random) -> str:
    words = random.choices(WORDS, k=random.randrange(8, 16))
    return " ".join([words[0].title(), *words[1:]]) + f" {random.randrange(10_000)}."


def _timed(spent: list[float], function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, adding its CPU seconds to `spent`."""

    def timed(*args: Any, **named: Any) -> Any:
        start = time.process_time()
        try:
            return function(*args, **named)
        finally:
            spent[0] += time.process_time() - start

    return timed


def _seconds(function: Callable[..., Any], *args: Any, **named: Any) -> float:
    spent = [0.0]
    _timed(spent, function)(*args, **named)
    return spent[0]


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(number: int) -> None:
    tallies, whole = [0.0], [0.0]
    for name in ("tally", "dropped_line", "kept_line"):
        setattr(stages, name, _timed(tallies, getattr(stages, name)))
    report.write_report = _timed(whole, write_report)
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw.jsonl", Path(folder) / "clean.jsonl"
        with raw.open("wb") as file:
            file.writelines(orjson.dumps(a, option=orjson.OPT_APPEND_NEWLINE) for a in articles(number))
        start = time.process_time()
        done = clean_corpus(raw, out, Options(workers=1))
        run = time.process_time() - start
        page = Path(done.report_path)
        first, findings = page.read_bytes(), page.with_name("report.json")
        again, peak = _seconds(write_report, str(out)), _peak()
        numbers = findings.read_bytes()
        findings.unlink()
        from_logs = _seconds(write_report, str(out))
        grown, same = _peak() - peak, (page.read_bytes(), findings.read_bytes()) == (first, numbers)
    cost = tallies[0] + whole[0]
    print(f"cleaner {version('cruftless')}, Python {platform.python_version()}, {platform.machine()}\n")
    print(f"{done.read:,} articles read, {done.written:,} written.\n")
    print("| | CPU, s | of the run without it |")
    print("|---|---:|---:|")
    print(f"| the run, with the report | {run:.1f} | |")
    print(f"| tallies, while the run has the articles | {tallies[0]:.2f} | {_share(tallies, run - cost)} |")
    print(f"| adding them up, looking up the texts, the page | {whole[0]:.2f} | {_share(whole, run - cost)} |")
    print(f"| **the report** | **{cost:.2f}** | **{_share([cost], run - cost)}** |")
    print(f"| made again later | {again:.2f} | {_share([again], run - cost)} |")
    print(f"| made from the output and the logs alone | {from_logs:.2f} | {_share([from_logs], run - cost)} |")
    print(f"\nreport.html has {len(first) / 1e6:.2f} MB, report.json {len(numbers) / 1e6:.2f} MB.")
    print(
        f"Made from the logs, both are {'the same bytes' if same else 'DIFFERENT'}; {max(grown, 0):.0f} MB more memory."
    )


def _share(seconds: Sequence[float], run: float) -> str:
    return f"{100 * seconds[0] / run:.1f} %"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
