"""HTML to text: what is kept of an article, beside other extractors, in one run through one harness.

    python benchmarks/extract.py [--names a,b] [--write FILE] [--ends]

Pages, gold texts and the peers' calls come from the labelled set in $CLEANER_BENCH/extraction (default
../shared/bench/extraction).
Scores are precision, recall and F1 of 4-token shingles; `headline` is the share of gold titles that stand in title or
text; title, author and date are normalised matches; CPU is a multiple of lxml's parse of the same page in the same
process. `twice` counts the pages that come out at more than twice the characters of the gold text; `head` and `tail`
those of whose gold text prose is missing before the first, or behind the last, of its lines that came out: with --ends
they are listed. There is a table for each set and each language of daniel; word F1 is the measure of indonesia. A
fifth of the sites (SHA-256 of the host) is scored apart; no rule was tuned on it, but the trees that judge paragraphs
are fitted on all pages, so their figures on unseen sites are those of fit_paragraphs.py.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import io
import json
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

BENCH = Path(os.environ.get("CLEANER_BENCH", Path(__file__).parents[2] / "shared" / "bench")) / "extraction"
PEERS = {
    "trafilatura": "trafilatura",
    "rs-trafilatura": "rs-trafilatura",
    "readability-lxml": "readability-lxml",
    "resiliparse": "Resiliparse",
    "justext:en-default": "jusText",
    "justext:lang-default": "jusText",
}
OURS = ("cleaner", "cleaner + strip")
OTHER_SETS = ("daniel-dev", "indonesia-dev")  # old layouts in five languages; Indonesian news
PROSE = re.compile(r".{60,}[.!?…。！？][\"'”’»)\]]*\s*")  # a line of gold text that is looked for at its ends
FIELDS = {"title": "title", "author": "author", "date": "publish_date"}


class Sample(NamedTuple):
    """One page of the labelled set."""

    url: str
    html: str
    gold: str
    kind: str
    language: str
    said: dict[str, Any]  # gold title, author and publish_date
    group: str  # the labelled set
    id: str


class Result(NamedTuple):
    """What one extractor made of one page; times are CPU seconds."""

    text: str
    said: dict[str, str]
    seconds: float
    parse: float


def held_out(url: str) -> bool:
    """Whether the page's site is one of the fifth that nobody tunes on."""
    host = (urlsplit(url).hostname or "").lower().removeprefix("www.")
    return int.from_bytes(hashlib.sha256(host.encode()).digest()[:8], "big") % 5 == 0


def samples(datasets: Any) -> Iterator[Sample]:
    for page in datasets.load("wcxb-dev", BENCH / "wcxb"):
        gold = json.loads(
            (BENCH / "wcxb" / page.id.replace("/", "/ground-truth/")).with_suffix(".json").read_text("utf-8")
        )
        html = datasets.decode(page.html)
        yield Sample(page.url, html, page.gold, page.kind, page.lang, gold["ground_truth"], "wcxb-dev", page.id)
    for name in OTHER_SETS:  # their gold names no title, author or date
        for page in datasets.load(name, BENCH / name.partition("-")[0]):
            yield Sample(
                page.url, datasets.decode(page.html), page.gold, page.kind, page.lang, {"title": ""}, name, page.id
            )


def cleaner(page: Sample) -> tuple[str, dict[str, str]]:
    from cleaner.extract.page import extract

    got = extract(page.html, url=page.url)
    return got.text, {"title": got.title, "author": got.author, "date": got.date}


def cleaner_and_strip(page: Sample) -> tuple[str, dict[str, str]]:
    from cleaner.article import cut
    from cleaner.language.identify import quick_language
    from cleaner.phrases.phrases import load_phrases
    from cleaner.strip.strip import strip

    text, said = cleaner(page)
    language = quick_language(text)
    stripped = strip(
        text, language=language, phrases=load_phrases(language), input_kind="text", known_title=said["title"]
    )
    return cut(text, stripped.removals), said


def peer(name: str, registry: dict[str, Any]) -> Callable[[Sample], tuple[str, dict[str, str]]]:
    call = registry[name]
    more = getattr(call, "needs_lang", False)

    def run(page: Sample) -> tuple[str, dict[str, str]]:
        text = call(page.html, page.url, page.language) if more else call(page.html, page.url)
        return text or "", {}

    return run


def trafilatura_says(page: Sample) -> dict[str, str]:
    """Its metadata, asked apart so that its text is timed as it is mostly used."""
    from trafilatura.metadata import extract_metadata

    got = extract_metadata(page.html, default_url=page.url)
    return {key: getattr(got, key, None) or "" for key in FIELDS} if got else {}


def measure(run: Callable[[Sample], tuple[str, dict[str, str]]], pages: Sequence[Sample]) -> list[Result]:
    import lxml.html

    parser = lxml.html.HTMLParser(encoding="utf-8")
    results = []
    run(pages[0])  # imports and tables are not the page's cost
    for page in pages:
        data = page.html.encode("utf-8", "surrogatepass")
        start = time.process_time()
        with suppress(Exception):
            lxml.html.document_fromstring(data, parser=parser)
        middle = time.process_time()
        try:
            text, said = run(page)
        except Exception:  # a crash is an empty answer here
            text, said = "", {}
        results.append(Result(text, said, time.process_time() - middle, middle - start))
    return results


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", (text or "").casefold())


def ends_lost(gold: str, text: str) -> tuple[bool, bool]:
    """Whether prose of the gold text is missing before the first, and behind the last, of its lines that came out."""
    got = letters(text)
    came = [letters(line) in got for line in gold.split("\n") if PROSE.fullmatch(line)]
    return any(came) and not came[0], any(came) and not came[-1]


def is_over_twice(gold: str, text: str) -> bool:
    return len("".join(text.split())) > 2 * len("".join(gold.split())) > 0


def people(text: str) -> list[str]:
    names = re.split(r"[;,/|&]|\band\b", re.sub(r"^\s*by\s+", "", text or "", flags=re.I))
    return sorted({letters(name) for name in names} - {""})


def agrees(field: str, gold: str, got: str) -> bool:
    if field == "date":
        return gold[:10] == got[:10]
    return people(gold) == people(got) if field == "author" else letters(gold) == letters(got)


def row(name: str, pages: Sequence[Sample], results: Sequence[Result], metrics: Any) -> str:
    """One line of the table."""
    pairs = [(page, got) for page, got in zip(pages, results, strict=True)]
    articles = metrics.shingle_report([(p.gold, g.text) for p, g in pairs if p.kind == "article"], 0)
    everything = metrics.shingle_report([(p.gold, g.text) for p, g in pairs], 0)
    empty = sum(bool(p.gold.strip()) and not g.text.strip() for p, g in pairs)
    headlines = [
        letters(p.said["title"]) in letters(g.said.get("title", "") + g.text) for p, g in pairs if p.said["title"]
    ]
    cells = [
        f"{articles['f1']:.4f}",
        f"{articles['p']:.4f}",
        f"{articles['r']:.4f}",
        f"{everything['f1']:.4f}",
        f"{metrics.word_report([(p.gold, g.text) for p, g in pairs])['f1']:.4f}",
        str(empty),
        str(sum(is_over_twice(p.gold, g.text) for p, g in pairs)),
    ]
    cells += [str(sum(lost)) for lost in zip(*(ends_lost(p.gold, g.text) for p, g in pairs), strict=True)]
    cells.append(f"{sum(headlines) / max(1, len(headlines)):.3f}")
    for field, key in FIELDS.items():
        judged = [agrees(field, p.said[key], g.said.get(field, "")) for p, g in pairs if p.said.get(key)]
        cells.append(f"{sum(judged)}/{len(judged)}" if any(g.said for g in results) else "-")
    cells.append(f"{sum(g.seconds for g in results) / max(1e-9, sum(g.parse for g in results)):.1f}")
    return f"| {name} | {' | '.join(cells)} |"


def table(
    runs: dict[str, list[Result]], pages: Sequence[Sample], metrics: Any, chosen: Sequence[int], title: str
) -> None:
    some = [pages[i] for i in chosen]
    if not some:  # with --limit
        return
    print(f"\n### {title}: {len(some)} pages, {sum(p.kind == 'article' for p in some)} articles\n")
    columns = "article F1 | P | R | all kinds F1 | word F1 | empty | twice | head | tail"
    columns += " | headline | title | author | date | x lxml parse"
    print(f"| extractor | {columns} |")
    print("|---" * 15 + "|")
    for name, results in runs.items():
        print(row(name, some, [results[i] for i in chosen], metrics))


def missing(package: str) -> str:
    try:
        version(package)
    except PackageNotFoundError:
        return f"{package} is not installed: pip install {package}"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", default=",".join((*OURS, *PEERS)))
    parser.add_argument("--write", type=Path, help="put the tables into this file, in the place of those it has")
    parser.add_argument("--ends", action="store_true", help="list the pages that lost prose at an end")
    parser.add_argument("--limit", type=int, default=0, help="only the first pages")
    options = parser.parse_args()
    if not (BENCH / "wcxb").is_dir():
        sys.exit(f"The labelled pages are not at {BENCH}; set CLEANER_BENCH to their folder.")
    sys.path.insert(0, str(BENCH))
    datasets, metrics, peers = (importlib.import_module(name) for name in ("datasets", "metrics", "peers"))
    pages = list(samples(datasets))[: options.limit or None]
    runs: dict[str, list[Result]] = {}
    for name in options.names.split(","):
        if name in OURS:
            runs[name] = measure(cleaner if name == "cleaner" else cleaner_and_strip, pages)
        elif reason := missing(PEERS[name]):
            print(f"{name} is left out: {reason}", file=sys.stderr)
        else:
            runs[name] = measure(peer(name, peers.REG), pages)
            if name == "trafilatura":
                runs[name] = [got._replace(said=trafilatura_says(p)) for got, p in zip(runs[name], pages, strict=True)]
    told = io.StringIO()
    with redirect_stdout(told):
        print_tables(runs, pages, metrics)
    print(told.getvalue(), end="")
    if options.write:
        before, _, _ = options.write.read_text("utf-8").partition("Python 3")
        options.write.write_text(before + told.getvalue(), "utf-8")
    for name, results in runs.items() if options.ends else ():
        for page, got in zip(pages, results, strict=True):
            if any(lost := ends_lost(page.gold, got.text)):
                print(
                    name, page.group, page.id, *(end for end, gone in zip(("head", "tail"), lost, strict=True) if gone)
                )


def print_tables(runs: dict[str, list[Result]], pages: Sequence[Sample], metrics: Any) -> None:
    """Print the versions of all that ran, and a table for each set and language."""
    installed = [p for p in dict.fromkeys((*PEERS.values(), "selectolax", "lxml")) if not missing(p)]
    print(f"Python {platform.python_version()}, " + ", ".join(f"{p} {version(p)}" for p in installed))
    wcxb = [i for i, page in enumerate(pages) if page.group == "wcxb-dev"]
    table(runs, pages, metrics, [i for i in wcxb if not held_out(pages[i].url)], "wcxb-dev, development sites")
    table(runs, pages, metrics, [i for i in wcxb if held_out(pages[i].url)], "wcxb-dev, held-out sites")
    table(runs, pages, metrics, wcxb, "wcxb-dev, all")
    for name in OTHER_SETS:
        chosen = [i for i, page in enumerate(pages) if page.group == name]
        table(runs, pages, metrics, chosen, name)
        for language in sorted({pages[i].language for i in chosen}) if name == "daniel-dev" else ():
            table(runs, pages, metrics, [i for i in chosen if pages[i].language == language], f"{name}, {language}")


if __name__ == "__main__":
    main()
