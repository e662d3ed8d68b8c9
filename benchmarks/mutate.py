"""Damaged files of every format, each beside healthy neighbours: does a run lose, hang, break or grow?

    python benchmarks/mutate.py [--files N] [--seed S] [--only I] [--keep FOLDER] [--jobs J]

Each file is made of the seed and its number: a small file of one format is cut, has bytes flipped, records swapped,
lengths falsified, blocks repeated, NULs or parts of other formats inserted, is packed and nested, and sometimes has
another suffix. Forty of them are cleaned in one run beside a healthy file of every format; where something is wrong,
the run is halved until the file is found. Wrong is

    a traceback, a crash, status 2 or 3; a run over 10 s for one file; a peak of memory over --peak MB;
    an article of a neighbour that is missing in the output; text of a neighbour under the name of the damaged file.

Damaged files of which neither the output nor a log says a word are counted as well; they are no failure, since what is
left of a file may be empty.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import shutil
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from forked import Ended, each, preload, run, scratch
from invented import FORMATS, mark, pack, records, tar, zipped

PACKED = ("gz", "zst", "bz2", "xz", "lz4")
FITS = ("txt", "html", "jsonl", "json", "csv", "tsv", "warc", "wet", "tar")  # what is packed in the wild
SUFFIXES = (*FORMATS, *PACKED, "jsonl.gz", "warc.gz", "tar.gz", "tgz", "")
BATCH = 40
MOST = 1 << 21  # bytes of a damaged file, so that a run is short
SECONDS = 10.0
ROOM = 4 << 30  # bytes of memory at which a run is refused more, for the sake of the machine
COMMAND = ("clean", "in", "-o", "out.jsonl", "--no-report", "--quiet", "--workers", "1", "--memory", "1G")
# sizes of the first member of a tar archive: octal, base 256, none, negative
TAR_SIZES = (b"77777777777\0", b"\x80" + (1 << 62).to_bytes(11, "big"), b"00000000000\0", b"-0000000001\0")
NUMBERS = (0, 1, 255, 1 << 16, (1 << 31) - 1, (1 << 32) - 1, 1 << 40, (1 << 63) - 1, -1)


@dataclass(frozen=True)
class Damaged:
    """A damaged file, and how it came about."""

    number: int
    name: str
    format: str
    kinds: tuple[str, ...]
    data: bytes


# --- damage


def cut(data: bytes, rng: random.Random) -> bytes:
    """The beginning, the end, or all but a part in the middle."""
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return rng.choice((data[:a], data[:b], data[b:], data[:a] + data[b:]))


def flip(data: bytes, rng: random.Random) -> bytes:
    """One to 32 bytes get another value, here and there or side by side."""
    out, count = bytearray(data), 1 << rng.randrange(6)
    start = rng.randrange(len(data))
    for i in range(count):
        at = (start + i) % len(data) if count % 3 else rng.randrange(len(data))
        out[at] = rng.choice((rng.randrange(256), out[at] ^ 1 << rng.randrange(8), 0xFF, 0x80))
    return bytes(out)


def swap(data: bytes, rng: random.Random) -> bytes:
    """Two lines, or two blocks of equal size, trade places."""
    if rng.random() < 0.5 and data.count(b"\n") > 1:
        parts = data.split(b"\n")
        a, b = (rng.randrange(len(parts)) for _ in range(2))
        parts[a], parts[b] = parts[b], parts[a]
        return b"\n".join(parts)
    size = min(1 << rng.randrange(2, 10), max(1, len(data) // 2))
    a, b = sorted(rng.randrange(0, max(1, len(data) - size + 1)) for _ in range(2))
    if b < a + size:
        return data[a:] + data[:a]
    return data[:a] + data[b : b + size] + data[a + size : b] + data[a : a + size] + data[b + size :]


def length(data: bytes, rng: random.Random) -> bytes:
    """A number is another: written in digits, or as an integer of two, four or eight bytes."""
    if data[257:262] == b"ustar" and rng.random() < 0.3:
        return data[:124] + rng.choice(TAR_SIZES) + data[136:]
    digits = [m.span() for m in re.finditer(rb"\d+", data[:100_000])]
    if digits and rng.random() < 0.5:
        a, b = rng.choice(digits)
        number = rng.choice((*NUMBERS, int(data[a:b][:18]) + rng.choice((-1, 1, 100))))
        written = b"%d" % number
        return data[:a] + (written[: b - a].rjust(b - a, b"0") if rng.random() < 0.3 else written) + data[b:]
    size = rng.choice((2, 4, 8))
    if len(data) < size + 8:
        return data
    at = rng.choice((rng.randrange(len(data) - size), rng.randrange(len(data) // 4) * 4, len(data) - 8))
    at = min(at, len(data) - size)
    old = int.from_bytes(data[at : at + size], "little", signed=True)
    new = rng.choice((*NUMBERS, old + 1, old - 1, old * 256, -old)) & ((1 << 8 * size) - 1)
    return data[:at] + new.to_bytes(size, "little") + data[at + size :]


def repeat(data: bytes, rng: random.Random) -> bytes:
    """A block stands many times in a row."""
    size = min(1 << rng.randrange(12), len(data))
    at = rng.randrange(len(data) - size + 1)
    times = min(1 << rng.randrange(1, 14), MOST // (2 * size))
    return data[:at] + data[at : at + size] * times + data[at + size :]


def nul(data: bytes, rng: random.Random) -> bytes:
    """NULs are inserted, or stand in the place of a block, as after a crash of the file system."""
    at, count = rng.randrange(len(data) + 1), 1 << rng.randrange(14)
    return data[:at] + bytes(count) + data[at + rng.choice((0, count)) :]


def splice(data: bytes, rng: random.Random) -> bytes:
    """A part of a file of another format is inserted."""
    other = healthy(rng.choice(list(FORMATS)), rng.randrange(3))
    a, b = sorted(rng.randrange(len(other) + 1) for _ in range(2))
    at = rng.randrange(len(data) + 1)
    return data[:at] + other[a:b] + data[at:]


KINDS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    f.__name__: f for f in (cut, flip, swap, length, repeat, nul, splice)
}


@cache
def healthy(form: str, variant: int) -> bytes:
    """A small file of a format, of articles that no neighbour has."""
    first = 200 + 10 * variant
    return FORMATS[form](records(range(first, first + 1 + variant * 2), "damaged.example"))


def damaged(seed: int, number: int) -> Damaged:
    """File `number` of a seed."""
    rng = random.Random(f"mutate {seed} {number}")
    form = rng.choice((*FORMATS, *PACKED))
    inner = rng.choice(FITS) if form in PACKED else form
    name, data, kinds = (
        inner,
        healthy(inner, rng.randrange(3)),
        [*rng.choices(list(KINDS), k=rng.choice((1, 1, 1, 2, 3)))],
    )
    inside = form in PACKED and rng.random() < 0.5
    if form in PACKED and not inside:
        name, data = f"{inner}.{form}", pack(data, form)
    for kind in kinds:
        data = KINDS[kind](data, rng)[:MOST] or b"\n"
    if inside:
        name, data = f"{inner}.{form}", pack(data, form)
    if rng.random() < 0.15:
        kinds.append("nest")
        name, data = _nested(name, data, rng)
    if name.endswith("tar") and rng.random() < 0.5:
        data = _right_sum(data)
    if rng.random() < 0.1:
        kinds.append("suffix")
        name = rng.choice(SUFFIXES)
    return Damaged(number, f"x{number:06d}{'.' * bool(name)}{name}", form, tuple(kinds), data)


def _nested(name: str, data: bytes, rng: random.Random) -> tuple[str, bytes]:
    """The file inside of one to four archives or packings, the outermost of which may be damaged as well."""
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
        how = rng.choice(("zip", "tar", *PACKED))
        if how in PACKED:
            name, data = f"{name}.{how}", pack(data, how)
        else:
            other = ("beside.txt", healthy("txt", 0))
            members = [(f"in/x.{name}", data), other]
            name, data = how, (zipped if how == "zip" else tar)(members[:: rng.choice((1, -1))])
    return name, KINDS[rng.choice(list(KINDS))](data, rng)[:MOST] if rng.random() < 0.3 else data


def _right_sum(data: bytes) -> bytes:
    """The first header of a tar archive with the checksum that fits, so that its numbers are believed."""
    if len(data) < 512:
        return data
    head = data[:148] + b" " * 8 + data[156:512]
    return data[:148] + b"%06o\0 " % (sum(head) & 0o777777) + data[156:]


# --- neighbours


def neighbours(folder: Path) -> set[str]:
    """Write a healthy file of every format; the marks of their articles."""
    folder.mkdir()
    marks: set[str] = set()
    for n, form in enumerate((*FORMATS, *PACKED)):
        inner = form if form in FORMATS else FITS[n % len(FITS)]
        numbers = range(3 * n, 3 * n + (1 if inner in ("txt", "html") else 3))
        data = FORMATS[inner](records(numbers))
        name = f"healthy{n}.{form}" if form in FORMATS else f"healthy{n}.{inner}.{form}"
        (folder / name).write_bytes(data if form in FORMATS else pack(data, form))
        marks |= {mark(number) for number in numbers}
    return marks


# --- a run


@dataclass(frozen=True)
class Bench:
    """What every run is held against."""

    healthy: Path
    marks: frozenset[str]
    peak: int


def look(bench: Bench, batch: Sequence[Damaged], folder: Path) -> dict[str, list[str]]:
    """Clean damaged files beside the healthy ones: what is wrong, by number; "silent" are those without a trace."""
    found: dict[str, list[str]] = {"silent": []}
    _search(bench, batch, folder, found)
    return found


def _search(bench: Bench, batch: Sequence[Damaged], folder: Path, found: dict[str, list[str]]) -> None:
    wrong, silent = _run(bench, batch, folder)
    if not wrong:
        found["silent"] += silent
    elif len(batch) == 1:
        found[str(batch[0].number)] = wrong
    else:
        before = len(found)
        half = len(batch) // 2
        _search(bench, batch[:half], folder, found)
        _search(bench, batch[half:], folder, found)
        if len(found) == before and not wrong[0].startswith("over its seconds"):  # 40 files may take 10 s
            found[str(batch[0].number)] = [f"only together, {len(batch)} files: {each}" for each in wrong]


def _run(bench: Bench, batch: Sequence[Damaged], folder: Path) -> tuple[list[str], list[str]]:
    """What is wrong with one run, and the files that left no trace."""
    work = folder / "run"
    (work / "in").mkdir(parents=True)
    for path in bench.healthy.iterdir():
        (work / "in" / path.name).hardlink_to(path)
    for file in batch:
        (work / "in" / file.name).write_bytes(file.data)
    limit = partial(resource.setrlimit, resource.RLIMIT_DATA, (ROOM, ROOM))
    ended = run(COMMAND, work, seconds=SECONDS, before=limit)
    wrong = _wrong_end(ended, bench.peak)
    texts, sources = _outcome(work)
    if not wrong:
        wrong = _wrong_text(texts, bench.marks)
    told = set(re.findall(r"in/(x\d{6})", "\n".join(sources)))
    shutil.rmtree(work)
    return wrong, [str(each.number) for each in batch if each.name[:7] not in told]


def _wrong_end(ended: Ended, peak: int) -> list[str]:
    wrong = []
    if ended.hung:
        wrong.append(f"over its seconds, {ended.trouble}")
    elif ended.trouble or ended.status < 0:
        wrong.append(ended.trouble or f"ended by {signal.Signals(-ended.status).name}")
    elif ended.status not in (0, 1):
        wrong.append(f"status {ended.status}: {' '.join(ended.said.split())[:200]}")
    if ended.peak > peak:
        wrong.append(f"peak over {peak} MB")
    plain = [re.sub(r"x\d{6}|\d{4,}", "*", each).encode("ascii", "replace").decode() for each in wrong]
    return [re.sub(r"(\?[^a-z]{0,6}){3,}.*", "?", each) for each in plain]  # bytes of the file in a message


def _outcome(work: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """(source, text) of the output, and the sources that the output or a log names."""

    def rows(name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for path in work.glob(name) for line in path.read_bytes().splitlines()]

    out = rows("out.jsonl")
    sources = [row["source"] for row in (*out, *rows("*.audit/rejected.jsonl"))]
    sources += [row["record"]["source"] for row in rows("*.audit/dropped.jsonl")]
    return [(row["source"], row["text"]) for row in out], sources


def _found(work: Path) -> set[str]:
    return {found for _, text in _outcome(work)[0] for found in _MARK.findall(text)}


def _wrong_text(texts: list[tuple[str, str]], marks: frozenset[str]) -> list[str]:
    """Neighbours that are missing, and their text where it does not belong."""
    ours = {m for source, text in texts if source.startswith("in/healthy") for m in _MARK.findall(text)}
    healthy = "\n".join(text for source, text in texts if source.startswith("in/healthy"))
    theirs = [text for source, text in texts if not source.startswith("in/healthy")]
    # With the words behind it: a cut may make the mark of a neighbour out of the first letters of another one.
    taken = [text for text in theirs for m in _MARK.finditer(text) if text[m.start() : m.end() + 20] in healthy]
    wrong = [f"{len(marks - ours)} articles of neighbours lost"] if marks - ours else []
    return wrong + ["text of a neighbour under another name"] * bool(taken)


_MARK = re.compile(r"Kelv[a-z]{2}x*\b")


# --- all files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, default=-1, help="the file of this number alone")
    parser.add_argument("--keep", type=Path, help="folder in which to keep the files on which something is wrong")
    parser.add_argument("--peak", type=int, default=1024, help="MB of memory that a run may take at most")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    chosen = parser.parse_args()
    began = time.monotonic()
    numbers = [chosen.only] if chosen.only >= 0 else range(chosen.files)
    files = {n: damaged(chosen.seed, n) for n in numbers}
    failures: dict[str, list[Damaged]] = defaultdict(list)
    silent: Counter[str] = Counter()
    with scratch("mutate") as base:
        (base / "first").mkdir()
        marks = neighbours(base / "first" / "in")
        preload(base / "first", COMMAND)
        bench = Bench(base / "first" / "in", frozenset(marks), chosen.peak)
        if wrong := _run(bench, (), base)[0]:  # what is lost even so must not be laid to the damaged files
            failures[f"the healthy files alone: {'; '.join(wrong)}"] = []
            bench = replace(bench, marks=frozenset(_found(base / "first")))
        batches = [[files[n] for n in numbers[i : i + BATCH]] for i in range(0, len(numbers), BATCH)]
        for _, found in each(batches, partial(look, bench), base, chosen.jobs):
            silent.update(files[int(n)].format for n in found.pop("silent"))
            for number, wrong in found.items():
                failures["; ".join(wrong)].append(files[int(number)])
    _keep(chosen.keep, failures)
    _show(list(files.values()), failures, silent)
    failed = sum(max(1, len(each)) for each in failures.values())
    print(f"{len(files)} files in {time.monotonic() - began:.0f} s, {failed} failed")
    return bool(failures)


def _keep(folder: Path | None, failures: dict[str, list[Damaged]]) -> None:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for file in (file for files in failures.values() for file in files):
            (folder / file.name).write_bytes(file.data)


def _show(files: Sequence[Damaged], failures: dict[str, list[Damaged]], silent: Counter[str]) -> None:
    bad = [file for each in failures.values() for file in each]
    formats, wrong = Counter(file.format for file in files), Counter(file.format for file in bad)
    print(f"{'format':8} {'files':>6} {'failed':>6} {'silent':>6}")
    for name, count in formats.most_common():
        print(f"{name:8} {count:6} {wrong[name]:6} {silent[name]:6}")
    kinds = Counter(kind for file in files for kind in file.kinds)
    wrong = Counter(kind for file in bad for kind in file.kinds)
    print(f"\n{'kind':8} {'files':>6} {'failed':>6}")
    for name, count in kinds.most_common():
        print(f"{name:8} {count:6} {wrong[name]:6}")
    for what, where in sorted(failures.items(), key=lambda item: -len(item[1])):
        print(f"\n{len(where)} files: {what}")
        for file in sorted(where, key=lambda file: len(file.data))[:4]:
            print(f"    --only {file.number}  {file.name}, {len(file.data)} bytes: {', '.join(file.kinds)}")


if __name__ == "__main__":
    sys.exit(main())
