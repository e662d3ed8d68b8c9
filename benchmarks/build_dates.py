"""Write cleaner/judge/dates.json: the words of dates in every language that has a phrase list, from the Unicode CLDR.

    pip install babel
    python benchmarks/build_dates.py

Babel carries the data of the CLDR (Unicode License V3); the file names its version. The package reads the file alone.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version

from babel import Locale
from strip import ROOT

from cleaner.phrases.phrases import phrase_languages

CODES = {"tl": "fil", "no": "nb"}
"""Codes under which the CLDR has a language of our lists."""

UNITS = ("second", "minute", "hour", "day", "week", "month", "year")


def calendar_words(locale: Locale) -> set[str]:
    """The names of months and days in small letters, long and short, as they stand in a date and alone."""
    tables = [table for names in (locale.months, locale.days) for forms in names.values() for table in forms.values()]
    names = {name.casefold().strip(" .") for table in tables for name in table.values()}
    # "1月" and narrow forms of one letter say nothing beside a digit
    return {name for name in names if len(name) > 1 and not re.fullmatch(r"\d+\W*\w?", name)}


def unit_words(locale: Locale) -> set[str]:
    """The names of units of time from second to year that stand beside a number, in small letters."""
    patterns = locale._data["unit_patterns"]  # Babel has no public name for the table
    texts = (
        text
        for unit in UNITS
        for form in ("long", "short")
        for text in patterns.get(f"duration-{unit}", {}).get(form, {}).values()
        if isinstance(text, str) and "/" not in text
    )
    words = {word.strip(".") for text in texts for word in text.replace("{0}", " ").casefold().split()}
    return {word for word in words if len(word) > 1 and not word[0].isdigit()}


def main() -> None:
    languages = {}
    for code in phrase_languages():
        locale = Locale.parse(CODES.get(code, code))
        languages[code] = {"calendar": sorted(calendar_words(locale)), "units": sorted(unit_words(locale))}
    head = f"Unicode CLDR, by Babel {version('babel')}; Unicode License V3, https://www.unicode.org/license.txt"
    text = json.dumps({"source": head, "languages": languages}, ensure_ascii=False, separators=(",", ":"))
    target = ROOT / "cleaner" / "judge" / "dates.json"
    target.write_text(text.replace("},", "},\n").replace('"languages":{', '"languages":{\n') + "\n", "utf-8")


if __name__ == "__main__":
    main()
