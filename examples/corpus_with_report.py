"""A whole corpus: two quality rules, two languages, and what the run says of itself."""

from __future__ import annotations

import cleaner

options = cleaner.Options(language=("id", "ms"), guards=("gopher",), min_chars=200, force=True)
report = cleaner.clean_corpus(["corpus/raw"], "build/news.jsonl", options)
print(f"{report.written} of {report.read} articles are in {report.output}; {report.audit} says why the others are not")
for reason, number in sorted(report.counts["dropped"].items()):
    print(f"{number:5} {reason}")
