"""One article: what is left of it, and what went, with the reasons."""

from __future__ import annotations

from pathlib import Path

import cleaner

article = cleaner.clean(Path("corpus/raw/kabarpelita.example/feri-melati-kandas.txt").read_bytes())
print(article.text)
print()
print("language", article.language, "place", article.place, "author", article.author)
for removal in article.removals:
    if removal.kind != "space":
        gone = article.before[removal.start : removal.end]
        print(f"- {removal.kind:12} {gone!r}  ({removal.why})")
