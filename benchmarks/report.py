"""What the report of a run costs beside the run, and how large it is: python benchmarks/report.py [ARTICLES]

Articles are made up from a fixed seed: sentences of a small vocabulary, cruft of the phrase lists, many sites, copies.
CPU seconds are those of this process and its children; the run has one worker.
"""

from __future__ import annotations

import platform
import re
import resource
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from random import Random

import orjson

from cleaner import Options, clean_corpus
from cleaner.output.report import write_report

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


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw.jsonl", Path(folder) / "clean.jsonl"
        with raw.open("wb") as file:
            file.writelines(orjson.dumps(a, option=orjson.OPT_APPEND_NEWLINE) for a in articles(number))
        start = _cpu()
        done = clean_corpus(raw, out, Options(workers=1))
        run = _cpu() - start
        start, peak = _cpu(), _peak()
        page = write_report(str(out))
        cost = _cpu() - start
        size = page.stat().st_size
        grown = _peak() - peak
    print(f"cleaner {version('cruftless')}, Python {platform.python_version()}, {platform.machine()}\n")
    print("| read | written | CPU of the run, s | CPU of the report, s | share | size, MB | peak memory added, MB |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    print(
        f"| {done.read:,} | {done.written:,} | {run:.1f} | {cost:.2f} | {100 * cost / run:.1f} % "
        f"| {size / 1e6:.2f} | {max(grown, 0):.0f} |"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
