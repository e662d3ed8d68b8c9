"""Take the pictures of the report that the home page shows: the report of a run over the sample corpus, light and dark.

    python docs/picture.py [FOLDER]     FOLDER is build/docs

It needs Chromium. Where there is none it says so, and the page is built without pictures.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cleaner import Options, clean_corpus

ROOT = Path(__file__).parents[1]
SCHEMES = {"light": 1, "dark": 0}
"""As Chromium counts `prefers-color-scheme`."""


def take(folder: Path) -> list[Path]:
    """Write report-light.webp and report-dark.webp into `folder`, each some 50 kB, and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("report-*.webp"):
        old.unlink()
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        print("There is no Chromium here, so the home page has no picture. apt-get install chromium", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "clean.jsonl"
        clean_corpus(ROOT / "corpus" / "raw", output, Options(workers=1))
        page = (Path(f"{output}.audit") / "report.html").as_uri()
        return [_screenshot(browser, page, folder / f"report-{name}.webp", value) for name, value in SCHEMES.items()]


def _screenshot(browser: str, page: str, path: Path, scheme: int) -> Path:
    """The first screen of a page, as a window of 1200 by 760 shows it."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1200,760"]
    colours = f"--blink-settings=preferredColorScheme={scheme}"
    subprocess.run([browser, *options, colours, f"--screenshot={path}", page], check=True, capture_output=True)
    return path


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "docs"))
