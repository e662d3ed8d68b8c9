"""Mojibake repaired, clean text left alone, CPU: beside ftfy.fix_text with the same configuration.

    python benchmarks/repair.py

Paragraphs of four sentences in 37 languages (benchmarks/data/repair.toml, on which the rules were tuned) and in
43 (benchmarks/data/languages.toml, never looked at for them) are read as if their UTF-8 were another charset: the
whole, each sentence alone, each word alone. A paragraph counts only when it comes back to the letter. Clean text is
every sentence and paragraph as it is, in capitals, and in capitals where each word is closed by a mark.
"""

from __future__ import annotations

import argparse
import platform
import random
import time
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import ftfy

from cleaner.repair.repair import repair

DATA = Path(__file__).parent / "data"
CORPUS = {"unescape_html": False, "uncurl_quotes": False, "fix_latin_ligatures": False, "fix_character_width": False}
CHARSETS = {
    "latin-1": "latin-1",
    "cp1252": "sloppy-windows-1252",
    "cp1252, lossy": "cp1252",
    "cp1251": "sloppy-windows-1251",
    "cp1250": "sloppy-windows-1250",
    "cp1253": "sloppy-windows-1253",
    "cp437": "cp437",
    "cp850": "cp850",
    "mac-roman": "macroman",
}
UNITS = ("whole", "sentence", "word")
Paragraphs = dict[str, list[list[str]]]
Fix = Callable[[str], str]


def by_ftfy(text: str) -> str:
    return ftfy.fix_text(text, **CORPUS)


def by_cleaner(text: str) -> str:
    return repair(text).text


FIXES: dict[str, Fix] = {"ftfy": by_ftfy, "cleaner": by_cleaner}


def paragraphs(name: str) -> Paragraphs:
    """By language, paragraphs of up to four sentences in normal form."""
    table = tomllib.loads((DATA / name).read_text("utf-8"))
    found: Paragraphs = {}
    for language, sentences in _sentences(table):
        normal = [unicodedata.normalize("NFC", sentence) for sentence in sentences]
        found[language] = [normal[i : i + 4] for i in range(0, len(normal), 4)]
    return found


def _sentences(table: dict[str, dict[str, list[str] | str]]) -> Iterator[tuple[str, list[str]]]:
    for language, sentences in (table.get("sentences") or table["texts"]).items():
        yield language, sentences.split("\n")[:-1] if isinstance(sentences, str) else sentences


def garble(text: str, charset: str) -> str:
    return text.encode().decode(charset, "replace" if charset == "cp1252" else "strict")


def cases(sentences: list[str], charset: str) -> Iterator[tuple[str, str]]:
    """Unit and garbled paragraph."""
    yield "whole", garble(" ".join(sentences), charset)
    for i, sentence in enumerate(sentences):
        yield "sentence", " ".join((*sentences[:i], garble(sentence, charset), *sentences[i + 1 :]))
        words = sentence.split(" ")
        for j, word in enumerate(words):
            one = " ".join((*words[:j], garble(word, charset), *words[j + 1 :]))
            yield "word", " ".join((*sentences[:i], one, *sentences[i + 1 :]))


def rates(texts: Paragraphs, share: float) -> None:
    """Print the share of paragraphs that come back, by charset and unit; `share` of the words are tried."""
    rng = random.Random(1)
    total: dict[str, dict[tuple[str, str], list[int]]] = {name: defaultdict(lambda: [0, 0]) for name in FIXES}
    for label, charset in CHARSETS.items():
        for sentences in (part for parts in texts.values() for part in parts):
            meant = " ".join(sentences)
            for unit, garbled in cases(sentences, charset):
                if garbled == meant or (unit == "word" and rng.random() > share):
                    continue
                for name, fix in FIXES.items():
                    good = fix(garbled) == meant
                    for row in (label, "all but lossy") if "lossy" not in label else (label,):
                        total[name][row, unit][0] += good
                        total[name][row, unit][1] += 1
    print(f"{'read as':14}" + "".join(f"{unit + ' ftfy':>15}{'cleaner':>9}{'of':>7}" for unit in UNITS))
    for label in (*CHARSETS, "all but lossy"):
        line = f"{label:14}"
        for unit in UNITS:
            counts = [total[name][label, unit] for name in FIXES]
            line += "".join(
                f"{100 * good / max(of, 1):{width}.1f}" for (good, of), width in zip(counts, (15, 9), strict=True)
            )
            line += f"{counts[0][1]:7}"
        print(line)


def false_changes(texts: Paragraphs) -> None:
    count = 0
    changed = dict.fromkeys(FIXES, 0)
    for text in clean(texts):
        count += 1
        for name, fix in FIXES.items():
            changed[name] += fix(text) != text
    print(f"clean texts {count}: changed by ftfy {changed['ftfy']}, by cleaner {changed['cleaner']}")


def clean(texts: Paragraphs) -> Iterator[str]:
    for sentences in (part for parts in texts.values() for part in parts):
        whole = " ".join(sentences)
        yield from (unicodedata.normalize("NFC", text) for text in (*sentences, whole, whole.upper()))
        words = [word.strip(".,?!…:;“”„«»‘’") for word in whole.upper().split()]
        for opening, closing in ("“”", "«»", "„“", (" ", "™")):
            closed = " ".join(f"{opening}{word}{closing}" for word in words if word[-1:].isalpha())
            yield unicodedata.normalize("NFC", closed)


def speed(texts: Paragraphs) -> None:
    english = "The council opened nine flood posts on Monday, and the schools stayed open.\n" * 40
    kinds = {"ASCII": english}
    names = {"id": "Indonesian, curly quotes", "fr": "French", "pt": "Portuguese", "ru": "Russian", "uk": "Ukrainian"}
    names |= {"el": "Greek", "vi": "Vietnamese", "ar": "Arabic", "zh": "Chinese"}
    kinds |= {name: "\n".join(texts[code][0] * 10) for code, name in names.items()}
    kinds["French, garbled"] = garble(kinds["French"], "sloppy-windows-1252")
    kinds["French, one bad word"] = kinds["French"].replace("mairie a", "mairie Ã ", 1)
    print(f"{'CPU, ns a character':28}{'ftfy':>8}{'cleaner':>9}{'ratio':>8}")
    for kind, text in kinds.items():
        slow, fast = (nanoseconds(fix, text) for fix in FIXES.values())
        print(f"{kind:28}{slow:8.0f}{fast:9.1f}{slow / fast:8.1f}")


def nanoseconds(fix: Fix, text: str) -> float:
    """The best of five, each long enough for the clock."""
    best = float("inf")
    for _ in range(5):
        start, rounds = time.process_time(), 0
        while (spent := time.process_time() - start) < 0.05:
            fix(text)
            rounds += 1
        best = min(best, spent / rounds / len(text) * 1e9)
    return best


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--words", type=float, default=0.25, help="share of the words of languages.toml that are tried"
    )
    words = options.parse_args().words
    print(f"Python {platform.python_version()}, ftfy {version('ftfy')}, {time.strftime('%Y-%m-%d', time.gmtime())}")
    own, other = paragraphs("repair.toml"), paragraphs("languages.toml")
    speed(own)
    for name, texts, share in (("repair.toml", own, 1.0), ("languages.toml, held out", other, words)):
        print(
            f"\n{name}: {len(texts)} languages, {sum(map(len, texts.values()))} paragraphs; restored to the letter, %"
        )
        rates(texts, share)
        false_changes(texts)


if __name__ == "__main__":
    main()
