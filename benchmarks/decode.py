"""Bytes to text: how often the exact text comes back, beside other detectors.

    python benchmarks/decode.py [--texts N] [--folder DIR]

Texts are drawn from benchmarks/data/languages.toml (43 languages), or from the files LANGUAGE.txt of a folder:
sentences in random order, encoded in 31 legacy encodings; UTF-8 with one bad byte, a cut tail or a NUL; pages whose
declarations are right, wrong, missing or in conflict. A text counts only when it equals the gold to the letter. The
last part measures how fast UTF-8 passes.
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

DATA = tomllib.loads((Path(__file__).parent / "data" / "languages.toml").read_text("utf-8"))
SIZES = (1024, 2048, 8192)
PEERS = ("chardet", "charset-normalizer", "resiliparse", "ftfy")
FOLD = str.maketrans("“”„«»’–—", '"""""\'--') | {ord("…"): "...", 0x200C: "", 0x0654: ""}
TONES = "\u0300\u0301\u0303\u0309\u0323"
Case = tuple[str, str, bytes, str, str]  # group, detail, data, gold, the HTTP header's charset
Detector = Callable[[bytes, str, bool], str]


def encoded(text: str, encoding: str) -> bytes:
    """`text` in `encoding`: what it lacks is folded or left out; Vietnamese tones stand apart, as cp1258 wants."""
    if encoding == "cp1258":
        text = "".join(_toned(char) for char in text)
    fits = (char if _fits(char, encoding) else char.translate(FOLD) for char in text)
    return "".join(fits).encode(encoding, "ignore")


def _fits(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _toned(char: str) -> str:
    if _fits(char, "cp1258"):
        return char
    parts = unicodedata.normalize("NFD", char)
    tone = "".join(mark for mark in parts if mark in TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in TONES)) + tone


def draw(language: str, encoding: str, size: int, seed: str) -> bytes:
    """At least `size` bytes of `language` in `encoding`: its sentences in random order."""
    rng = random.Random(seed)
    sentences = DATA["texts"][language].strip().split("\n")
    parts: list[bytes] = []
    while sum(map(len, parts)) < size:
        parts.append(encoded(rng.choice(sentences) + "\n", encoding))
    return b"".join(parts)


def pairs() -> list[tuple[str, str]]:
    """Each legacy encoding with the languages written in it of which there are texts."""
    every = ((encoding, language) for encoding, languages in DATA["encodings"].items() for language in languages)
    return [(encoding, language) for encoding, language in every if language in DATA["texts"]]


def legacy_cases(texts: int) -> Iterator[Case]:
    for encoding, language in pairs():
        for size in SIZES:
            for i in range(texts):
                data = draw(language, encoding, size, f"{encoding} {language} {size} {i}")
                yield encoding, f"{language} {size}", data, data.decode(encoding), ""


def damaged_cases(texts: int) -> Iterator[Case]:
    for language in DATA["texts"]:
        for i in range(texts * 2):
            rng = random.Random(f"damage {language} {i}")
            data = draw(language, "utf-8", 1024, f"utf-8 {language} {i}")
            at = rng.randrange(len(data))
            bad = bytes([rng.choice([0x80, 0x92, 0xA0, 0xC0, 0xE9, 0xF5, 0xFF])])
            for group, broken in (
                ("one bad byte", data[:at] + bad + data[at + 1 :]),
                ("cut tail", data[: max(at, 600)]),
                ("a NUL", data[:at] + b"\0" + data[at:]),
            ):
                yield group, language, broken, broken.decode("utf-8", "replace"), ""


PAGE = """<!DOCTYPE html>
<html lang="{language}"><head>{meta}<title>{title}</title>
<link rel="stylesheet" href="/css/site.css"><script>var page = {{"id": 7, "ads": true}}; load(page);</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<div class="main"><h1>{title}</h1>
{paragraphs}
</div><footer><p>Copyright 2024 | RSS | Contact</p></footer></body></html>
"""
LABELS = ["utf-8", "iso-8859-1", "iso-8859-2", "iso-8859-9", "koi8-r", "gbk", "shift_jis", "euc-kr"]
LABELS += [f"windows-{page}" for page in (1250, 1251, 1252, 1256)]
WEB = {
    "cp932": "windows-31j",
    "mac-roman": "macintosh",
    "cp866": "ibm866",
    "cp874": "windows-874",
    "cp949": "ks_c_5601-1987",
}


def page_cases(texts: int) -> Iterator[Case]:
    for encoding, language in [*pairs(), *(("utf-8", language) for language in DATA["texts"])]:
        for i in range(texts):
            rng = random.Random(f"page {encoding} {language} {i}")
            right = WEB.get(encoding, encoding.replace("cp125", "windows-125"))
            wrong = rng.choice([label for label in LABELS if label != right])
            for group, http, meta in (
                ("right", "", right),
                ("right, HTTP", right, ""),
                ("wrong", "", wrong),
                ("missing", "", ""),
                ("conflict", right, wrong),
                ("conflict, HTTP wrong", wrong, right),
            ):
                data = page(language, encoding, meta, f"{encoding} {language} {i}")
                yield group, f"{encoding} {language} {http or meta}", data, data.decode(encoding), http


def page(language: str, encoding: str, meta: str, seed: str) -> bytes:
    lines = draw(language, encoding, 1500, seed).decode(encoding).strip().split("\n")
    tag = f'<meta charset="{meta}">' if meta else ""
    body = "\n".join(f"<p>{line}</p>" for line in lines[1:])
    return PAGE.format(language=language, meta=tag, title=lines[0][:60], paragraphs=body).encode(encoding, "ignore")


def detectors() -> dict[str, Detector]:
    """Ours and the peers that are installed."""
    from cleaner.decode.decode import decode

    found: dict[str, Detector] = {"cleaner": lambda data, http, html: decode(data, declared=http, html=html).text}
    makers = {"chardet": _chardet, "charset-normalizer": _normalizer, "resiliparse": _resiliparse, "ftfy": _ftfy}
    for name, maker in makers.items():
        try:
            found[f"{name} {version(name)}"] = maker()
        except ImportError:
            print(f"{name} is not installed: pip install {name}")
    found["utf-8 else cp1252"] = lambda data, http, html: _strict(data, "utf-8") or data.decode("cp1252", "replace")
    return found


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _chardet() -> Detector:
    import chardet

    return lambda data, http, html: data.decode(chardet.detect(data)["encoding"] or "utf-8", "replace")


def _normalizer() -> Detector:
    from charset_normalizer import from_bytes

    def detect(data: bytes, http: str, html: bool) -> str:
        best = from_bytes(data).best()
        return str(best).removeprefix("\ufeff") if best else ""

    return detect


def _resiliparse() -> Detector:
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    return lambda data, http, html: bytes_to_str(data, detect_encoding(data, from_html_meta=html))


def _ftfy() -> Detector:
    from ftfy import guess_bytes

    return lambda data, http, html: guess_bytes(data)[0]


def measure(
    name: str, cases: list[Case], found: dict[str, Detector], html: bool = False
) -> dict[str, dict[str, float]]:
    """Share of exact texts per group, and milliseconds of CPU a text as the group "ms"."""
    table: dict[str, dict[str, float]] = {}
    for detector, detect in found.items():
        right: dict[str, list[bool]] = defaultdict(list)
        begin = time.process_time()
        for group, detail, data, gold, http in cases:
            try:
                exact = detect(data, http, html) == gold
            except (LookupError, UnicodeError, ValueError):
                exact = False
            right[group].append(exact)
            if not exact and detector == "cleaner":
                print(f"    missed: {name}, {group}, {detail}")
        spent = (time.process_time() - begin) / len(cases)
        table[detector] = {group: sum(hits) / len(hits) for group, hits in right.items()} | {"ms": spent * 1000}
    return table


def show(title: str, cases: int, table: dict[str, dict[str, float]], groups: list[str]) -> None:
    print(f"\n### {title} ({cases:,} texts)\n")
    print("| " + " | ".join(["detector", "mean", *groups, "CPU ms a text"]) + " |")
    print("|---|---:|" + "---:|" * (len(groups) + 1))
    for detector, shares in table.items():
        every = [share for group, share in shares.items() if group != "ms"]
        cells = [f"{100 * shares[group]:.1f}" for group in groups]
        mean = f"{100 * sum(every) / len(every):.2f}"
        print("| " + " | ".join([detector, mean, *cells, f"{shares['ms']:.2f}"]) + " |")


def show_encodings(table: dict[str, dict[str, float]]) -> None:
    print("\n| encoding | " + " | ".join(table) + " |")
    print("|---|" + "---:|" * len(table))
    for encoding in DATA["encodings"]:
        print(f"| {encoding} | " + " | ".join(f"{100 * shares[encoding]:.1f}" for shares in table.values()) + " |")


def speed() -> None:
    """UTF-8 articles of about 4 KB: gigabytes a second of CPU time, the best of seven rounds."""
    from cleaner.decode.decode import decode

    print("\n### UTF-8 articles of 4 KB, GB a second of CPU time\n")
    print("| text | cleaner | bytes.decode |\n|---|---:|---:|")
    ascii_text = draw("id", "ascii", 4096, "speed")
    for name, data in {
        "id, ASCII": ascii_text,
        **{each: draw(each, "utf-8", 4096, "speed") for each in ("id", "fr", "ru", "zh")},
    }.items():
        ours = rate(decode, data)
        print(f"| {name} | {ours:.2f} | {rate(bytes.decode, data):.2f} |")


def rate(function: Callable[[bytes], object], data: bytes) -> float:
    best = 0.0
    for _ in range(7):
        begin = time.process_time()
        for _ in range(5000):
            function(data)
        best = max(best, 5000 * len(data) / (time.process_time() - begin) / 1e9)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=2, help="texts per language, encoding and size")
    parser.add_argument("--folder", type=Path, help="take the texts from here: LANGUAGE.txt, UTF-8, a sentence a line")
    args = parser.parse_args()
    if args.folder:
        DATA["texts"] = {path.stem: path.read_text("utf-8") for path in sorted(args.folder.glob("*.txt"))}
    texts = args.texts
    found = detectors()
    print(f"Python {platform.python_version()}; mean: over encodings or kinds of damage")
    legacy = list(legacy_cases(texts))
    table = measure("legacy", legacy, found)
    show("31 legacy encodings, 1 to 8 KB", len(legacy), table, [])
    show_encodings(table)
    for title, cases, html in (
        ("Damaged UTF-8", list(damaged_cases(texts)), False),
        ("HTML pages, by their declarations", list(page_cases(1)), True),
    ):
        show(title, len(cases), measure(title, cases, found, html), list(dict.fromkeys(case[0] for case in cases)))
    speed()


if __name__ == "__main__":
    main()
