"""Find the codec of Python that the name of an encoding stands for.

Names mean what browsers take them for (WHATWG Encoding Standard): ISO-8859-1 is cp1252, because pages that declare
the one hold characters of the other. The names are data, in encodings.toml.
"""

from __future__ import annotations

import codecs
from functools import cache
from typing import Any

from cleaner.errors import OptionError
from cleaner.tables import read_toml

__all__ = ["check_encoding", "codec_of", "table"]

_BY_PYTHON_ONLY = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem")
"""Codecs in which no file is written, though Python counts them as text."""


def codec_of(label: str) -> str:
    """Return Python's codec for a label; "" if there is none, or if it is not one of text (zlib, rot13).

    >>> codec_of("ISO-8859-1"), codec_of("x-sjis"), codec_of("zlib")
    ('cp1252', 'cp932', '')
    """
    plain = label.strip().lower()
    if not plain:
        return ""
    if known := table()["labels"].get(plain):
        return str(known)
    # What browsers do not know, Python may: cp437, or koi8_t.
    try:
        found = codecs.lookup(plain)
    except (LookupError, ValueError):
        return ""
    return found.name if getattr(found, "_is_text_encoding", True) and found.name not in _BY_PYTHON_ONLY else ""


@cache
def check_encoding(label: str) -> None:
    """Raise OptionError if `label` names no encoding of text; "" stands for none, and is accepted."""
    if label and not codec_of(label):
        raise OptionError(f"--encoding {label}: there is no such encoding. Name one such as utf-8, cp1252 or gb18030.")


@cache
def table() -> dict[str, Any]:
    """Return the content of encodings.toml, ready for look-up.

    `labels` has Python's name of the codec for each label, `rare` what each codec loses, `cased` the codecs of scripts
    that have capitals. `letters` has for each language those it needs, and these with those of its loan words.
    """
    found = read_toml("decode/encodings.toml")
    labels = {label: codec for codec, also in found["labels"].items() for label in (codec, *also)}
    parts = [line.partition(" ") for line in found["letters"].values()]
    return {
        "labels": {label: codecs.lookup(codec).name for label, codec in labels.items()},
        "rare": {codecs.lookup(name).name: float(less) for less, names in found["rare"].items() for name in names},
        "cased": found["cased"]["codecs"],
        "letters": [(frozenset(own), frozenset(own + loans)) for own, _, loans in parts],
    }
