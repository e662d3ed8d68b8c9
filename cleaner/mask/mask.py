"""Personal data in a text, each found with the kind that it is."""

from __future__ import annotations

import re
from collections.abc import Collection

from cleaner.article import Removal, cut

__all__ = ["find_masks", "mask_text"]

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def find_masks(text: str, kinds: Collection[str]) -> list[Removal]:
    """Removals."""
    if "email" not in kinds:
        return []
    return [Removal(m.start(), m.end(), "mask", "email", "", "<email>") for m in _EMAIL.finditer(text)]


def mask_text(text: str, kinds: Collection[str]) -> str:
    """The text."""
    return cut(text, find_masks(text, kinds))
