"""What the pages are completed with when they are built: the last measured figures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_RESULTS = Path(__file__).parent.parent / "benchmarks" / "results"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the figures where the page asks for them by `<!-- figures: NAME -->`."""
    return re.sub(r"<!-- figures: (\w+) -->\n?", lambda found: _figures(found[1]), markdown)


def _figures(name: str) -> str:
    """The last results of one benchmark as a section of a page; "" where it was not run yet.

    Their own title goes, and their headings move below that of the section.
    """
    path = _RESULTS / f"{name}.md"
    if not path.is_file():
        return ""
    body = re.sub(r"^#[^\n]*\n", "", path.read_text("utf-8"))
    return f"\n## Measured: {name}\n" + re.sub(r"^#{2,4} ", "### ", body, flags=re.MULTILINE) + "\n"
