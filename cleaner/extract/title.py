"""Which of a page's titles is the headline, and the headline without the site's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["best_title", "normalise_title"]

_SEPARATOR = re.compile(r"(\s+[-–—·•:]\s+|\s*[|»]\s*)")
_NO_LETTER = re.compile(r"[\W_]+")
_ALIKE = 0.5


def normalise_title(text: str) -> str:
    """`text` with letters and digits only, caseless."""
    return _NO_LETTER.sub("", text.casefold())


def _alike(one: str, other: str) -> float:
    """Share of the pairs of characters of the shorter folded text that stand in the other as well."""
    if one == other:
        return float(bool(one))
    pairs, others = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    least = min(len(pairs), len(others))
    return len(pairs & others) / least if least else 0.0


def _without_site(title: str, site: str, host: str) -> str:
    """`title` without a first or last part that is the site's name.

    >>> _without_site("Banjir di Medan - Kabar Utara", "Kabar Utara", "kabarutara.example")
    'Banjir di Medan'
    """
    parts = _SEPARATOR.split(title)
    known = [
        name for name in (normalise_title(site), normalise_title(host.partition(".")[0]), normalise_title(host)) if name
    ]
    for end, rest in ((-1, parts[:-2]), (0, parts[2:])):
        part = normalise_title(parts[end])
        if (
            rest
            and part
            and any(
                part == name or (len(part) > 3 and part in name) or (len(name) > 3 and name in part) for name in known
            )
        ):
            return "".join(rest)
    return title


def best_title(heads: Sequence[str], given: Sequence[str], site: str, host: str) -> str:
    """The headline: the visible heading most like what the page calls itself, else what it calls itself first.

    >>> best_title(["Kabar Utara", "Banjir di Medan surut"], ["Banjir di Medan surut | Kabar Utara"], "Kabar Utara", "")
    'Banjir di Medan surut'
    """
    given = [_without_site(title, site, host) for title in given]
    heads = [head for head in heads if normalise_title(head) != normalise_title(site)] or list(heads)
    titles, folded = list(dict.fromkeys(map(normalise_title, given))), [normalise_title(head) for head in heads]
    likeness = [
        max((_alike(head, title) for title in titles), default=1.0) * min(1.0, len(head) / 8) for head in folded
    ]
    if heads and (max(likeness) >= _ALIKE or not given):
        return heads[likeness.index(max(likeness))]
    return given[0] if given else ""
