"""Options whose values are written as NAME=VALUE: `--columns` (names of columns) and `--split` (shares of a split)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from cleaner.article import MARK_KEYS, RECORD_KEYS, SPLIT_KEY
from cleaner.errors import OptionError

__all__ = ["column_names", "split_shares"]

_PART = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
"""The name of a part of the split. It becomes the name of a file, and Hugging Face takes no others for splits."""

_TOLERANCE = 1e-6
"""How far the sum of the shares may be from 1: shares such as .7, .2 and .1 do not add up to 1 exactly."""


def column_names(given: Sequence[str]) -> dict[str, str]:
    """Return field of a record -> its name in the output, in the order of the columns; all fields if none is given.

    A column is given as the name of its field, or as FIELD=NAME. Raises OptionError for an unknown field and for a
    field or name that stands there twice.

    >>> column_names(("id", "text=isi"))
    {'id': 'id', 'text': 'isi'}
    """
    known = (*RECORD_KEYS[:-1], *MARK_KEYS, SPLIT_KEY, RECORD_KEYS[-1])
    names: dict[str, str] = {}
    for one in given:
        field, renamed, name = (part.strip() for part in one.partition("="))
        if field not in known:
            near = get_close_matches(field.lower(), known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known)}."
            raise OptionError(f"columns: a record has no field {field!r}. {hint}")
        if renamed and not name:
            raise OptionError(f"columns: {one!r} names no column. Write {field}=NAME, or {field} alone.")
        if field in names or (name or field) in names.values():
            raise OptionError(f"columns: {one!r} stands there twice, as a field or as a name. Give each one once.")
        names[field] = name or field
    return names or dict(zip(known, known, strict=True))


def split_shares(given: Sequence[str]) -> dict[str, float]:
    """Return part of the split -> its share, in the order given. The shares add up to 1; without parts there are none.

    They may be given as shares (.9) or in percent (90%). Raises OptionError for fewer than two parts, a name that is
    no word, a share that is no number above 0, and for shares that do not add up to 1.

    >>> split_shares(("train=.9", "test=.1")), split_shares(("train=80%", "test=20%"))
    ({'train': 0.9, 'test': 0.1}, {'train': 0.8, 'test': 0.2})
    """
    shares: dict[str, float] = {}
    for one in given:
        name, _, share = (part.strip() for part in one.partition("="))
        try:
            number = float(share.removesuffix("%")) / (100 if share.endswith("%") else 1)
        except ValueError:
            number = 0.0
        if not _PART.fullmatch(name) or name in shares or not 0 < number < 1:
            raise OptionError(
                f"split: {one!r} is no part with its share. Name each part once, with letters and digits, and give it "
                "a share between 0 and 1, such as train=.9,test=.1."
            )
        shares[name] = number
    if shares and (len(shares) < 2 or abs(sum(shares.values()) - 1) > _TOLERANCE):
        total = f"{sum(shares.values()):.6g}"
        raise OptionError(f"split: the shares have to be of two parts or more and add up to 1, not to {total}.")
    return shares
