"""Find the code of a language by what people call it: a code of ISO 639, a tag such as id-ID, or a name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from cleaner.errors import OptionError
from cleaner.tables import read_toml

__all__ = ["language_code", "language_codes", "named_languages"]


@cache
def _tables() -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, str]]:
    """Return three tables: the languages that the language step can name, and all others, both as code -> English name
    and other names; and the code of each code and name, in small letters."""
    tables = read_toml("language_codes.toml")
    named, others = tables["named"], tables["others"]
    known = {name.casefold(): code for table in (named, others) for code in table for name in (code, *table[code])}
    return named, others, known


def named_languages() -> dict[str, str]:
    """Return code -> English name of the languages that the language step can name."""
    return {code: names[0] for code, names in _tables()[0].items()}


def _known(name: str) -> str:
    """Return the code that a name or tag means, or "". A tag is looked up as it is, then without script and region."""
    known = _tables()[-1]
    plain = " ".join(name.casefold().replace("_", "-").split()).removesuffix(" language").removeprefix("language ")
    if plain in known:
        return known[plain]
    # A tag of BCP 47 or of a POSIX locale: id-ID, zh-Hant-TW, pt_BR.UTF-8, sr-Latn. Two parts first, for zh-TW.
    tag = re.fullmatch(r"([a-z]{2,3})((?:-[a-z0-9]{2,8})*)(?:[.@].*)?", plain)
    parts = [tag[1], *filter(None, tag[2].split("-"))] if tag else []
    return next((known[part] for part in ("-".join(parts[:2]), *parts[:1]) if part in known), "")


def language_code(name: str) -> str:
    """Return the code that Cleaner uses for a language, given a code or name in any usual form.

    A usual form is a code of ISO 639-1, 639-2 or 639-3, a tag with script or region, or a name in English or in the
    language itself; capital letters make no difference. Raises OptionError, which names the nearest languages, for a
    name that means none.

    >>> language_code("ind"), language_code("id-ID"), language_code("Bahasa Indonesia"), language_code("zh_TW")
    ('id', 'id', 'id', 'zh-Hant')
    """
    if code := _known(name):
        return code
    named, others, known = _tables()
    near = dict.fromkeys(known[match] for match in get_close_matches(name.casefold().strip(), known, n=5, cutoff=0.7))
    # The English name makes a code readable: "su (Sundanese)" is told from "sv (Swedish)" at a glance.
    meant = " or ".join(f"{code} ({(named | others)[code][0]})" for code in [*near][:3])
    hint = f"Did you mean {meant}?" if near else "Codes are such as id."
    raise OptionError(f"language: {name!r} is no language of ISO 639. {hint}")


def language_codes(names: Iterable[str]) -> tuple[str, ...]:
    """Return the codes for names of languages. Each str may hold several names, between commas or white space.

    Raises OptionError for a name that means no language, and for a language that the language step cannot name: a
    corpus of that language alone would be empty.

    >>> language_codes(["ID, ms", "Bahasa Jawa"])
    ('id', 'ms', 'jv')
    """
    found: dict[str, None] = {}
    others = _tables()[1]
    for name in (part.strip() for given in names for part in re.split(r"[,;]", given) if part.strip()):
        # White space stands between names ("id ms") or inside of one ("bahasa indonesia"): the whole comes first.
        parts = [name] if _known(name) or not all(map(_known, name.split())) else name.split()
        for code in map(language_code, parts):
            if code in others:
                raise OptionError(
                    f"language: {code} ({others[code][0]}) is a language that the language step cannot name, so no "
                    "article would be kept. Leave it out to keep every language."
                )
            found[code] = None
    return tuple(found)
