"""Whether the code still writes the same bytes: `make same`, `make same-quick`, `make same-all`.

    python tests/same/check_same.py [--quick | --all] [--update] [--only WORD]

Each scenario of scenarios.py is run, and every file it leaves is compared by its sha256 with the list in same.json.
Where one differs, its first record that differs is shown beside that of the last equal run, if there was one in this
checkout (build/same/kept); the new files stay in build/same/new. The exit status is then 1.

After a change that is meant to change bytes, `--update` writes the list anew. The list holds for the versions of the
libraries that it names: with others the check says so, and only asks that all ways of a scenario agree.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import sys
import time
import traceback
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import zip_longest
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIST = HERE / "same.json"
BUILD = ROOT / "build" / "same"
# both for this process and for those that it starts: the code of this checkout, wherever the package is installed from
sys.path[:0] = [str(ROOT), str(HERE)]
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))

from inputs import lay_out  # noqa: E402
from scenarios import SCENARIOS, WAYS, Scenario  # noqa: E402

import cleaner  # noqa: E402

LIBRARIES = (
    "chardet", "datasketch", "ftfy", "jusText", "langid", "lxml", "lxml_html_clean", "numpy", "orjson",
    "pyarrow", "selectolax", "xxhash",
)  # fmt: skip
"""Those whose version may change a byte of the output."""

BIG = ("articles", "pages")  # inputs that --quick leaves out
SHOWN = 160  # characters around the first difference

Hashes = dict[str, str]

FAILED: Hashes = {}
"""What a scenario leaves that ended with an error."""


def main() -> int:
    """Run what was asked for. Returns the exit status."""
    arguments = _arguments()
    stored = json.loads(LIST.read_text("utf-8")) if LIST.exists() else {}
    here = {"python": ".".join(platform.python_version_tuple()[:2]), **{name: _version(name) for name in LIBRARIES}}
    inputs = lay_out(BUILD / "inputs")
    os.chdir(BUILD / "inputs")
    shutil.rmtree(BUILD / "new", ignore_errors=True)
    print(f"Compared: the code of {Path(cleaner.__file__).parent}")
    comparable = arguments.update or _say_what_differs(stored.get("versions", {}), here)
    known: dict[str, Hashes] = {} if arguments.update or not comparable else stored.get("scenarios", {})
    found: dict[str, Hashes] = {}
    bad = 0
    for name, scenario in _chosen(arguments, inputs):
        # a list that was made from other inputs says nothing, and to go on without a word would hide it
        other = comparable and not arguments.update and inputs[scenario.input] != stored["inputs"].get(scenario.input)
        expected = None if other else known.get(name)
        if comparable and not arguments.update and not expected:
            print(f"{name}: {'its input is another than' if other else 'it is not in'} the list; see --update")
            bad += 1
        for way in _ways(scenario, arguments):
            hashes = _run(name, scenario, way, expected)
            bad += hashes != (expected or hashes) or hashes == FAILED
            expected = expected or hashes
        found[name] = expected or {}
    if arguments.update and not bad:
        _write_list(stored, {"versions": here, "inputs": inputs, "scenarios": found})
    print(f"{bad} differ" if bad else "All the same")
    return min(bad, 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="one worker, small inputs, a minute")
    size.add_argument("--all", action="store_true", help="with Spark and shards of one record too")
    parser.add_argument("--update", action="store_true", help="write the list anew; every way has to agree still")
    parser.add_argument("--only", default="", metavar="WORD", help="only scenarios whose name holds WORD")
    return parser.parse_args()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _say_what_differs(listed: dict[str, str], here: dict[str, str]) -> bool:
    """True if the list holds for these versions."""
    differs = [f"{name} {here[name]} (list: {listed.get(name, '')})" for name in here if here[name] != listed.get(name)]
    if differs:
        print(f"The list was made with other versions, and is not compared: {', '.join(differs)}")
        print("What is still asked is that all ways of a scenario agree. --update on a commit you trust makes a list.")
    return not differs


def _chosen(arguments: argparse.Namespace, inputs: dict[str, str]) -> Iterator[tuple[str, Scenario]]:
    for name, scenario in SCENARIOS.items():
        if arguments.only not in name or (arguments.quick and scenario.input in BIG):
            continue
        if scenario.input in inputs:
            yield name, scenario
        else:
            print(f"{name}: skipped, there are no saved pages here; CLEANER_BENCH names their folder")


def _ways(scenario: Scenario, arguments: argparse.Namespace) -> Iterator[str]:
    yield from scenario.ways[: 1 if arguments.quick else None]
    for way in scenario.slow if arguments.all else ():
        if way == "spark" and not _has_spark():
            print("spark: skipped, it needs Java and the extra `spark`")
        else:
            yield way


def _has_spark() -> bool:
    java = shutil.which(str(Path(os.environ.get("JAVA_HOME", ""), "bin", "java"))) or shutil.which("java")
    return bool(java and importlib.util.find_spec("pyspark"))


def _run(name: str, scenario: Scenario, way: str, expected: Hashes | None) -> Hashes:
    """Run one way of a scenario, print its line, and where it differs from what is expected, how. Returns its hashes.

    The files are kept for later comparisons if they are as expected, or if nothing was; else they stay as new.
    """
    folder, kept = BUILD / "new" / name.replace(", ", "-").replace(" ", "-") / way.replace(" ", "-"), BUILD / "kept"
    kept = kept / folder.parent.name
    folder.mkdir(parents=True)
    started = time.monotonic()
    try:
        scenario.do(folder, WAYS[way])
    except Exception:  # one scenario that ends with an error must not hide what the others say
        traceback.print_exc()
        print(f"{name:22} {way:12} ended with an error")
        return FAILED
    seconds = time.monotonic() - started
    hashes = {path.relative_to(folder).as_posix(): _sha256(path) for path in _files(folder)}
    same = hashes == (expected or hashes)
    print(f"{name:22} {way:12} {seconds:6.1f} s  {'same' if same else 'DIFFERS'}", flush=True)
    if same:
        shutil.rmtree(kept, ignore_errors=True)
        kept.parent.mkdir(exist_ok=True)
        folder.rename(kept)
    else:
        for file in sorted(hashes.keys() | (expected or {}).keys()):
            if hashes.get(file) != (expected or {}).get(file):
                print(_difference(file, kept / file, folder / file, (expected or {}).get(file, "")))
    return hashes


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".cleaner-made"))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _difference(file: str, kept: Path, new: Path, expected: str) -> str:
    """The first record of a file that differs from the kept one, around its first character that does."""
    if not new.exists():
        return f"    {file}: is not written any more"
    if not expected:
        return f"    {file}: was not written before"
    if not kept.exists() or _sha256(kept) != expected:
        return f"    {file}: differs; there is no earlier equal file to compare with, now {new}"
    with kept.open(encoding="utf-8", newline="\n") as before, new.open(encoding="utf-8", newline="\n") as after:
        records = enumerate(zip_longest(before, after, fillvalue=""), 1)
        number, (old, now) = next(row for row in records if row[1][0] != row[1][1])
    at = next((n for n, (a, b) in enumerate(zip(old, now, strict=False)) if a != b), min(len(old), len(now)))
    start = max(0, at - SHOWN // 2)
    parts = (repr(line[start : start + SHOWN]) if line else "(no such record)" for line in (old, now))
    return "    {}: record {} differs at character {}, in {}\n      was {}\n      now {}".format(
        file, number, at, new, *parts
    )


def _write_list(stored: dict[str, Any], made: dict[str, Any]) -> None:
    """Write the list. Rows that were not run stay only if they hold for the same versions and inputs."""
    if stored.get("versions") == made["versions"]:
        for name, row in stored["scenarios"].items():
            kept = SCENARIOS.get(name)
            if kept and made["inputs"].get(kept.input, stored["inputs"].get(kept.input)) == stored["inputs"].get(
                kept.input
            ):
                made["scenarios"].setdefault(name, row)
        made["inputs"] = {**stored["inputs"], **made["inputs"]}
    made["scenarios"] = {name: made["scenarios"][name] for name in SCENARIOS if name in made["scenarios"]}
    LIST.write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
