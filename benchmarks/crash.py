"""A run that ends at any file operation: does the same command finish it, to the same bytes?

    python benchmarks/crash.py [--every K] [--seed S] [--mode kill ...] [--scenario file ...] [--from N] [--jobs J]

A small corpus in several folders and formats is cleaned with site rules, a card, an index and the report. The run is
ended at each of its file operations (opening for writing, renaming, removing, making a folder, truncating, bringing to
the disk), and the same command is given again: every output must be byte for byte that of an unbroken run, and nothing
of the user's may be touched. The modes:

    kill     the process group is killed before the operation, and in a second pass after it
    enospc   from this operation on, whatever needs room on the disk is refused
    full     the disk is a file system with so many free pages (every number of them that the run needs)
    term     SIGTERM: the run must end within 10 s, tell how to go on, and leave no process
    changed  killed, then an input changes: the next run gives the new articles, or is refused
    pool     with two workers: kill of all, of the main process alone, and SIGTERM; at every fourth operation at most

Each run is a fork of a process that has imported the package. The operations of workers are not seen; `pool` ends runs
at those of the main process.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from endings import ACTS, NEEDS_ROOM, PAGE, Counted, list_sorted, mount, plain
from forked import Ended, each, preload, run, scratch
from invented import FORMATS, Record, pack, page, records, tar, zipped

SITE = "harbour.example"
FURNITURE = "The Harbour Letter is printed on Thursdays and can be had at the ferry office and from the baker."
RELATED = "Read also: Nine Benches and a Bell"
GOES_ON = re.compile(r"same command|goes? on|--fresh|again", re.IGNORECASE)
MODES = ("kill", "enospc", "full", "term", "changed", "pool")


@dataclass(frozen=True)
class Scenario:
    """A command; `prepare` are commands that are given before, in an unbroken run, to the folder of every point."""

    command: Sequence[str]
    inputs: Sequence[str] = ("raw", "more/late.jsonl.gz", "more/page.html")
    prepare: Sequence[Sequence[str]] = ()
    modes: Sequence[str] = MODES

    def arguments(self, backwards: bool, workers: int = 1) -> list[str]:
        """The command with its inputs in one of both orders."""
        inputs = self.inputs[::-1] if backwards else self.inputs
        return [*self.command, *inputs, "--workers", str(workers)]


WHOLE = ("--site-rules", "rules.jsonl", "--card", "--against", "prior", "--pairs", "--shard-records", "5", "--quiet")
INDEX = ("index", "build", "prior", "earlier/prior.jsonl", "--workers", "1")
RULES = (
    "clean",
    "earlier/first.jsonl",
    "-o",
    "first.jsonl",
    "--site-rules",
    "rules.jsonl",
    "--workers",
    "1",
    "--quiet",
)
NO_POOL = ("kill", "enospc", "full", "term")
SCENARIOS = {
    "file": Scenario(
        ("clean", "-o", "out/clean.jsonl", *WHOLE),
        prepare=(INDEX, RULES),
        modes=("kill", "enospc", "full", "term", "pool"),
    ),
    "folder": Scenario(("clean", "-o", "out/clean/", "--shards", "3", *WHOLE), prepare=(INDEX, RULES), modes=NO_POOL),
    "force": Scenario(
        ("clean", "-o", "out/clean.parquet", "--force", *WHOLE[2:]),
        prepare=(INDEX, ("clean", "earlier", "-o", "out/clean.parquet", "--card", "--workers", "1", "--quiet")),
        modes=NO_POOL,
    ),
    "inside": Scenario(
        ("clean", "-o", "raw/clean.jsonl", "--site-rules", "raw/rules.jsonl", *WHOLE[2:]),
        prepare=(INDEX,),
        modes=NO_POOL,
    ),
    "changed": Scenario(("clean", "-o", "out/clean.jsonl", *WHOLE[2:]), prepare=(INDEX,), modes=("changed",)),
    "index": Scenario(
        ("index", "add", "prior"), ("more/late.jsonl.gz",), prepare=(INDEX,), modes=("kill", "enospc", "term")
    ),
}
ALL_KINDS = ("removed.jsonl", "dropped.jsonl", "rejected.jsonl", "manifest.json", "report.json", "pairs.parquet")


# --- the corpus


def write_corpus(folder: Path) -> None:
    """The inputs, and what is the user's own: a README.md, a folder beside the output, a file in it."""

    def put(name: str, data: bytes) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    news = [_with_furniture(row) for row in records(range(8), SITE)]
    for row in news[:4]:
        put(f"raw/{SITE}/{row['id']}.txt", row["text"].encode())
    put("raw/feeds/rows.jsonl", FORMATS["jsonl"](news[4:6]) + b'{"text": broken}\n')
    put("raw/feeds/table.csv", FORMATS["csv"](news[6:8]))
    put("raw/feeds/crawl.warc", FORMATS["warc"](records([8, 9])))
    copies = [{**records([10])[0], "id": "copy"}, records([10])[0]]
    copies[0]["text"] += "\n\nA last line stands in the copy alone, so that it is the longer of the two."
    put("raw/box.zip", zipped([("in/copies.jsonl", FORMATS["jsonl"](copies)), ("in/one.html", page(records([11])[0]))]))
    put("raw/box.tar", tar([("two.parquet", FORMATS["parquet"](records([12, 13])))]))
    put("more/late.jsonl.gz", pack(FORMATS["jsonl"](records([14, 30])), "gz"))
    put("more/page.html", page(records([15])[0]))
    put("earlier/prior.jsonl", FORMATS["jsonl"](records([30, 31])))
    put("earlier/first.jsonl", FORMATS["jsonl"]([_with_furniture(row) for row in records(range(40, 46), SITE)]))
    put("README.md", b"# My project\n")
    put("out/notes/kept.txt", b"A note of my own.\n")
    put("out/mine.txt", b"A file of my own.\n")


def _with_furniture(row: Record) -> Record:
    first, *rest = row["text"].split("\n\n")
    return {**row, "text": "\n\n".join([first, RELATED, *rest, FURNITURE])}


# --- what a folder holds


Tree = dict[str, bytes]


def snapshot(folder: Path) -> Tree:
    """Every file by its path, without what tells of one run alone; folders end in "/"."""
    found: Tree = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        found[name + "/" * path.is_dir()] = b"" if path.is_dir() else _same_part(path)
    return found


def _same_part(path: Path) -> bytes:
    data = path.read_bytes()
    if path.name in ("manifest.json", "report.json"):
        try:
            content = json.loads(data)
            content.pop("run", None)
            return json.dumps(content).encode()
        except ValueError:
            return data
    if path.name == "report.html":
        # its date and command as well, which stand at its head
        return re.sub(rb'<section id="run".*?</section>|<p class="made">.*?</p>', b"", data, flags=re.DOTALL)
    return data


def differences(tree: Tree, wanted: Tree, volatile: set[str]) -> list[str]:
    """What is missing, too much or different, without files whose bytes differ between unbroken runs."""
    said = [f"missing {name}" for name in wanted if name not in tree]
    more = [name for name in tree if name not in wanted]
    said += [f"left over {plain(name)}" for name in more if not name.startswith(tuple(n for n in more if n != name))]
    return said + [
        f"differs {name}" for name in wanted if name in tree and name not in volatile and tree[name] != wanted[name]
    ]


# --- one point


@dataclass(frozen=True)
class Point:
    """Where a run is ended: `at` is the number of the operation, or of free pages; `act` what is done there."""

    scenario: str
    mode: str
    act: str
    backwards: bool = False
    at: int = 0
    operation: str = ""

    @property
    def workers(self) -> int:
        """Processes that work."""
        return 2 if self.mode == "pool" else 1

    @property
    def arguments(self) -> list[str]:
        """The command."""
        return SCENARIOS[self.scenario].arguments(self.backwards, self.workers)


@dataclass
class Expected:
    """What unbroken runs give, and the folder of inputs that each begins with."""

    template: Path
    tree: Tree
    status: int
    volatile: set[str]
    changed: Tree
    operations: dict[tuple[bool, int], list[str]]
    pages: int


def try_point(of: dict[str, Expected], point: Point, folder: Path) -> list[str]:
    """End a run there and give the command again in `folder`, an empty one: what is wrong."""
    expected = of[point.scenario]
    if point.act == "pages":
        mount(folder, _pages_of(expected.template) + point.at)
    shutil.copytree(expected.template, folder, dirs_exist_ok=True, symlinks=True)

    def before() -> None:
        list_sorted(point.backwards)
        if point.act == "limit":
            resource.setrlimit(resource.RLIMIT_FSIZE, (point.at * PAGE // 8, point.at * PAGE // 8))
        elif point.act != "pages":
            Counted(point.at, ACTS[point.act])

    ended = run(point.arguments, folder, seconds=10 if point.act == "term" else 60, before=before)
    wrong = _wrong_end(point, ended, expected.status) + _partial(folder, expected, point)
    if point.act == "pages":
        mount(folder, 1 << 16, again=True)
    if point.mode == "full" and ended.status == expected.status:  # there was room enough
        return wrong + differences(outcome(point.scenario, folder), expected.tree, expected.volatile)
    if point.mode == "changed":
        return wrong + _after_a_change(point, expected, folder)
    again = run(point.arguments, folder)
    different = differences(outcome(point.scenario, folder), expected.tree, expected.volatile)
    if again.status != expected.status and (different or "exists" not in again.said):
        said = again.trouble or " ".join(plain(again.said).split())[:200]
        wrong.append(f"the same command ends with {again.status}: {said}")
    return wrong + different


def _wrong_end(point: Point, ended: Ended, status: int) -> list[str]:
    """What is wrong with how the run ended, where it was not killed."""
    wrong = [f"{ended.left} processes left"] if ended.left else []
    if ended.status == status:
        return wrong
    if point.act in ("before", "after", "alone"):
        killed = ended.status == -signal.SIGKILL
        return wrong if killed else [*wrong, f"the run to be killed ended with {ended.status}"]
    if ended.hung:
        return [*wrong, "the run did not end in time"]
    if ended.trouble:
        return [*wrong, f"traceback: {ended.trouble}"]
    if ended.status != 3:
        wrong.append(f"the ended run has status {ended.status}")
    if not GOES_ON.search(ended.said):
        wrong.append(f"no word on how to go on: {' '.join(plain(ended.said).split())[:120]!r}")
    return wrong


def _partial(folder: Path, expected: Expected, point: Point) -> list[str]:
    """Outputs and logs that stand under their names without being whole: neither as before the run nor as after it."""
    if point.scenario == "index":
        return []
    begun = snapshot(expected.template)
    return [
        f"partial {name}"
        for name, data in snapshot(folder).items()
        if Path(name).name in ALL_KINDS or (name.startswith("out/clean.") and name.count("/") == 1)
        if name in expected.tree
        and name not in expected.volatile
        and data not in (expected.tree[name], begun.get(name))
    ]


def _after_a_change(point: Point, expected: Expected, folder: Path) -> list[str]:
    """Change an input, then give the command with --force, and with --fresh too where it is refused."""
    change(folder)
    again = run([*point.arguments, "--force"], folder)
    if again.status in (2, 3) and not again.trouble:
        again = run([*point.arguments, "--force", "--fresh"], folder)
    wrong = [f"traceback: {again.trouble}"] if again.trouble else []
    if again.status != expected.status:
        wrong.append(f"with --force --fresh it ends with {again.status}: {plain(again.said)[:160]}")
    return wrong + differences(outcome(point.scenario, folder), expected.changed, expected.volatile)


def change(folder: Path) -> None:
    """An input gets another article."""
    (folder / "raw" / SITE / "n0.txt").write_text(records([25])[0]["text"], "utf-8")


def outcome(scenario: str, folder: Path) -> Tree:
    """What there is after a run: all files, but of an index what it says and finds, and how many files it has."""
    if scenario != "index":
        return snapshot(folder)
    said = run(["index", "info", "prior"], folder).printed
    check = ("clean", "more/late.jsonl.gz", "raw/feeds", "-o", "check.jsonl", "--against", "prior", "--workers", "1")
    run([*check, "--audit", "check", "--no-report", "--quiet"], folder)
    found = {name: data for name, data in snapshot(folder).items() if not name.startswith(("prior/", "check"))}
    logs = {
        name: (folder / "check" / name).read_bytes() for name in ALL_KINDS[:2] if (folder / "check" / name).exists()
    }
    files = sum(path.is_file() for path in (folder / "prior").rglob("*"))
    with suppress(ValueError):
        said = json.dumps({**json.loads(said), "bytes": 0})
    return {**found, **logs, "the index": said.encode(), "files of the index": str(files).encode()}


def _pages_of(folder: Path) -> int:
    return sum(-(-path.stat().st_size // PAGE) for path in folder.rglob("*") if path.is_file())


# --- all points


def expect(name: str, base: Path) -> Expected:
    """Prepare a scenario and see what its unbroken runs give; raises ValueError where they do not agree."""
    scenario, template = SCENARIOS[name], base / name
    write_corpus(template)
    for arguments in scenario.prepare:
        done = run(arguments, template)
        if done.status not in (0, 1):
            raise ValueError(f"{' '.join(arguments)} ended with {done.status}: {done.said}")
    trees, operations, ended = [], {}, []
    orders = [(False, 1), (False, 1), (True, 1)] + ([(False, 2), (True, 2)] if "pool" in scenario.modes else [])
    for n, (backwards, workers) in enumerate(orders):
        folder, log = base / f"point-{name}-{n}", base / f"log-{name}-{n}"
        shutil.copytree(template, folder)
        before = partial(_log, backwards, log)
        ended.append(run(scenario.arguments(backwards, workers), folder, before=before))
        trees.append(outcome(name, folder))
        operations[backwards, workers] = log.read_text().splitlines()
    volatile = {path for path in trees[0] if trees[0][path] != trees[1].get(path)}
    wrong = [each for tree in trees[1:] for each in differences(tree, trees[0], volatile)]
    wrong += [f"volatile {path}" for path in volatile if Path(path).name in ALL_KINDS or path in ("rules.jsonl",)]
    if wrong or len({each.status for each in ended}) > 1 or ended[0].status not in (0, 1):
        raise ValueError(f"{name}: the unbroken runs differ or fail: {wrong} {ended[0].said}")
    changed = _changed_tree(name, template, base) if "changed" in scenario.modes else {}
    pages = 3 * (sum(-(-len(data) // PAGE) for data in trees[0].values()) - _pages_of(template))
    return Expected(template, trees[0], ended[0].status, volatile, changed, operations, pages)


def _log(backwards: bool, log: Path) -> None:
    list_sorted(backwards)
    Counted(0, print, log)


def _changed_tree(name: str, template: Path, base: Path) -> Tree:
    folder = base / f"point-{name}-changed"
    shutil.copytree(template, folder)
    change(folder)
    run(SCENARIOS[name].arguments(False), folder)
    return outcome(name, folder)


def points(name: str, expected: Expected, chosen: argparse.Namespace) -> Iterator[Point]:
    """Every K-th point of each mode of a scenario, from a place that the seed tells."""
    for mode in (m for m in SCENARIOS[name].modes if m in chosen.mode):
        for act in _acts(mode):
            for backwards in (False, True):
                point = Point(name, mode, act, backwards)
                operations = expected.operations.get((backwards, point.workers), [])
                if mode == "full":
                    operations = [
                        f"{n + 1} pages"
                        for n in range(0 if backwards else expected.pages * (8 if act == "limit" else 1))
                    ]
                every = 4 * chosen.every if mode == "pool" else chosen.every
                first = random.Random(f"{chosen.seed} {point}").randrange(every)
                for at, operation in enumerate(operations, 1):
                    wanted = at == chosen.only if chosen.only else at >= chosen.first and at % every == first
                    if wanted and not (act == "enospc" and operation.partition("\t")[0] not in NEEDS_ROOM):
                        yield replace(point, at=at, operation=operation)


def _acts(mode: str) -> tuple[str, ...]:
    if mode == "full":
        return ("pages" if _can_mount() else "limit",)
    return {"kill": ("before", "after"), "changed": ("before",), "pool": ("before", "alone", "term")}.get(mode, (mode,))


def _can_mount() -> bool:
    """Whether a file system can be mounted here; else "full" is a limit to the size of every file."""
    with tempfile.TemporaryDirectory() as folder:
        pid = os.fork()
        if not pid:
            with suppress(BaseException):
                mount(Path(folder), 4)
                os._exit(0)
            os._exit(1)
        return os.waitpid(pid, 0)[1] == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="try every K-th point")
    parser.add_argument("--seed", type=int, default=0, help="says which of every K points")
    parser.add_argument("--mode", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--scenario", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first operation at which to end")
    parser.add_argument("--only", type=int, default=0, help="this operation alone")
    parser.add_argument("--jobs", type=int, default=1, help="points at a time")
    chosen = parser.parse_args()
    began = time.monotonic()
    with scratch("crash") as base:
        write_corpus(base / "first")
        preload(base / "first", INDEX, SCENARIOS["file"].arguments(False))
        expected = {name: expect(name, base) for name in chosen.scenario}
        wanted = [point for name in chosen.scenario for point in points(name, expected[name], chosen)]
        failures = defaultdict(list)
        tried: Counter[str] = Counter()
        for point, wrong in each(wanted, partial(try_point, expected), base, chosen.jobs):
            tried[f"{point.scenario:8} {point.mode:8} {point.act}{' backwards' * point.backwards}"] += 1
            if wrong:
                failures["; ".join(wrong)].append(point)
    _show(tried, failures, time.monotonic() - began)
    return bool(failures)


def _show(tried: Counter[str], failures: dict[str, list[Point]], seconds: float) -> None:
    wrong = Counter(
        f"{p.scenario:8} {p.mode:8} {p.act}{' backwards' * p.backwards}" for each in failures.values() for p in each
    )
    print(f"{'points':>7} {'failed':>7}  scenario, mode, act")
    for name, count in tried.items():
        print(f"{count:7} {wrong[name]:7}  {name}")
    print(f"{tried.total()} points in {seconds:.0f} s, {wrong.total()} failed")
    for what, where in sorted(failures.items(), key=lambda item: -len(item[1])):
        print(f"\n{len(where)} points: {what}")
        for p in sorted(where, key=lambda p: (p.scenario, p.mode, p.at))[:4]:
            way = f"{p.act}{' backwards' * p.backwards}: {p.operation.replace(chr(9), ' ')}"
            print(f"    --scenario {p.scenario} --mode {p.mode} --only {p.at}  ({way})")


if __name__ == "__main__":
    sys.exit(main())
