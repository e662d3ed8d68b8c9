"""Wheel and sdist in empty environments of every Python from 3.11 to 3.13 that is installed: what `make dist` runs.

In each of them the README's example and the sample corpus have to give the right output.
"""

from __future__ import annotations

import filecmp
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORK = ROOT / "build" / "dist-test"
VERSIONS = ("3.11", "3.12", "3.13")


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """What the command prints; an error with all its output where it fails."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def pythons() -> dict[str, str]:
    """Version -> interpreter: on the path, or as pyenv keeps them."""
    found = {}
    for version in VERSIONS:
        kept = sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*/bin/python"))
        for candidate in filter(None, (shutil.which(f"python{version}"), *kept)):
            told = subprocess.run([candidate, "-V"], capture_output=True, text=True)  # a shim of pyenv may fail
            if f"Python {version}." in told.stdout:
                found[version] = str(candidate)
                break
    return found


def check(python: str, package: Path, folder: Path) -> str:
    """Install the package into an empty environment, run what the README says; the megabytes that it takes."""
    run(python, "-m", "venv", folder)
    [empty] = (p for p in folder.rglob("site-packages"))
    before = size(empty)
    run(folder / "bin/pip", "install", "-q", "--disable-pip-version-check", "--no-compile", package)
    taken = size(empty) - before
    outside = folder / "elsewhere"
    outside.mkdir()
    (outside / "corpus").symlink_to(ROOT / "corpus")
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    said = re.findall(r"^print\(.*\)  # (.*)$", example, re.MULTILINE)
    printed = run(folder / "bin/python", "-c", example, cwd=outside).splitlines()
    assert said, "the README's example says nothing of what it prints"
    assert printed[: len(said)] == said, printed
    run(folder / "bin/cleaner", "clean", "corpus/raw", "-o", "clean-again.jsonl", "--quiet", cwd=outside)
    assert filecmp.cmp(outside / "clean-again.jsonl", ROOT / "corpus/clean.jsonl", shallow=False), "another output"
    return f"{taken / 1e6:.0f} MB"


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Build, then install everywhere; one line for each."""
    for folder in (ROOT / "dist", WORK):
        shutil.rmtree(folder, ignore_errors=True)
    WORK.mkdir(parents=True)
    run(sys.executable, "-m", "build", "--outdir", "dist")
    packages = sorted((ROOT / "dist").iterdir())
    assert [p.suffix for p in packages] == [".whl", ".gz"], packages
    interpreters = pythons()
    print("Pythons:", ", ".join(f"{v} ({interpreters.get(v, 'not installed')})" for v in VERSIONS))
    for version, python in interpreters.items():
        for package in packages:
            taken = check(python, package, WORK / f"{version}-{package.suffix[1:]}")
            print(f"{package.name} on {version}: right output; {taken} installed with all that it needs", flush=True)


if __name__ == "__main__":
    main()
