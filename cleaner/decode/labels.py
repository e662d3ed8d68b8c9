"""Names of encodings: what the web's labels mean to Python."""

from __future__ import annotations

import codecs
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from cleaner.errors import OptionError

__all__ = ["check_encoding", "codec_of", "table"]


def codec_of(label: str) -> str:
    """Python's codec for a label of the web, "" for none that is text.

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
    """Raises OptionError where `label` names no encoding of text; "" is none, and right."""
    if label and not codec_of(label):
        raise OptionError(f"--encoding {label}: there is no such encoding. Name one such as utf-8, cp1252 or gb18030.")


_BY_PYTHON_ONLY = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem")


@cache
def table() -> dict[str, Any]:
    """Labels, rarity and alphabets, from `encodings.toml`."""
    return tomllib.loads((files("cleaner.decode") / "encodings.toml").read_text("utf-8"))


@cache
def _labels() -> dict[str, str]:
    labels = {label: codec for codec, also in table()["labels"].items() for label in (codec, *also)}
    return {label: codecs.lookup(codec).name for label, codec in labels.items()}
