"""Names of encodings: which codec of Python a label stands for.

Labels mean what browsers take them for (WHATWG Encoding Standard): ISO-8859-1 is cp1252. They are data, in
encodings.toml.
"""

from __future__ import annotations

import codecs
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from cleaner.errors import OptionError

__all__ = ["check_encoding", "codec_of", "table"]

_BY_PYTHON_ONLY = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem")
"""Codecs in which no file is written, though Python counts them as text."""


def codec_of(label: str) -> str:
    """Python's codec for a label, "" where there is none or it is not of text (zlib, rot13).

    >>> codec_of("ISO-8859-1"), codec_of("x-sjis"), codec_of("zlib")
    ('cp1252', 'cp932', '')
    """
    plain = label.strip().lower()
    if not plain:
        return ""
    if plain in _labels():
        return _labels()[plain]
    try:
        found = codecs.lookup(plain)
    except (LookupError, ValueError):
        return ""
    return found.name if getattr(found, "_is_text_encoding", True) and found.name not in _BY_PYTHON_ONLY else ""


@cache
def check_encoding(label: str) -> None:
    """Raises OptionError where `label` names no encoding of text; "" stands for none, and is accepted."""
    if label and not codec_of(label):
        raise OptionError(f"--encoding {label}: there is no such encoding. Name one such as utf-8, cp1252 or gb18030.")


@cache
def table() -> dict[str, Any]:
    """Labels, rarity and alphabets, as encodings.toml has them."""
    return tomllib.loads((files("cleaner.decode") / "encodings.toml").read_text("utf-8"))


@cache
def _labels() -> dict[str, str]:
    labels = {label: codec for codec, also in table()["labels"].items() for label in (codec, *also)}
    return {label: codecs.lookup(codec).name for label, codec in labels.items()}
