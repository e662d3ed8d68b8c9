"""Write cleaner/months.json: month and weekday names with their numbers, by language, from the Unicode CLDR.

    pip install babel
    python benchmarks/build_months.py

Babel carries the data of the CLDR (Unicode License V3); the file names its version. The package reads the file alone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from importlib.metadata import version
from pathlib import Path

from babel import Locale

from cleaner.phrases.phrases import phrase_languages

CODES = {"tl": "fil", "no": "nb"}
"""Codes under which the CLDR has a language of our lists."""

MORE = (
    "az",
    "be",
    "bn",
    "bs",
    "ca",
    "et",
    "eu",
    "gl",
    "hr",
    "hy",
    "is",
    "ka",
    "kk",
    "lt",
    "lv",
    "mk",
    "sk",
    "sl",
    "sq",
)
"""Languages without a phrase list of which pages are read all the same."""

TARGET = Path(__file__).parents[1] / "cleaner" / "months.json"


def name_of(text: str) -> str:
    """A name as dates are compared: small letters, without the article, "de" or the stop of a short form."""
    text = unicodedata.normalize("NFC", text.lower()).strip(" .\u200f")
    text = re.sub(r"^(?:de |d[’'])", "", text)
    # "3月" and narrow forms of one letter say nothing beside a day; of two words dates are not read
    return "" if len(text) < 2 or any(c.isdigit() or c.isspace() for c in text) else text


def names(table: dict[str, dict[str, dict[int, str]]]) -> dict[int, list[str]]:
    """The forms of each number, long ones first, as they stand in a date and alone."""
    found: dict[int, dict[str, None]] = {}
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, text in table.get(context, {}).get(width, {}).items():
                if name := name_of(text):
                    found.setdefault(number, {})[name] = None
    return {number: list(forms) for number, forms in sorted(found.items())}


def main() -> None:
    languages = {}
    for code in sorted({*phrase_languages(), *MORE} - {"neutral"}):
        locale = Locale.parse(CODES.get(code, code))
        months, days = names(locale.months), names(locale.days)
        row = {
            "months": ["/".join(months[n]) for n in range(1, 13)] if len(months) == 12 else [],
            "days": ["/".join(days[n]) for n in range(7)] if len(days) == 7 else [],  # from Monday
        }
        if row["months"] or row["days"]:
            languages[code] = row
    head = f"Unicode CLDR, by Babel {version('babel')}; Unicode License V3, https://www.unicode.org/license.txt"
    rows = ",\n".join(f'"{code}":{json.dumps(row, ensure_ascii=False)}' for code, row in languages.items())
    TARGET.write_text(f'{{"source":{json.dumps(head)},"languages":{{\n{rows}\n}}}}\n', "utf-8")


if __name__ == "__main__":
    main()
