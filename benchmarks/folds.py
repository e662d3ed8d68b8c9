"""Folds of labelled articles and pages that never part a site: what is fitted on some is measured on the others.

A site is known by the name it registered ("finance.detik.com" and "detik.com/jatim" are both "detik"), so that the
articles of one publisher stand in one fold, whichever set they come from and however a set spells the site. Articles
of an unknown site go by the repository they were collected in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["PARTS", "fold_of", "held_back", "site_name"]

PARTS = 5
SALT = "fold 31"
"""Of forty salts one with even folds: each has 17.5 to 21.6 % of the articles of all sets."""

_HOST = re.compile(r"^(?:https?://)?(?:www\.|m\.)?([^/\s:]*)")
_FILE = re.compile(r"\.html?$")
_SECOND_LEVEL = frozenset(
    ("ac", "co", "com", "edu", "go", "gob", "gov", "gub", "mil", "my", "ne", "net", "nom", "or", "org", "sch", "web")
)
"""What stands before a country's code without being a name ("co.id"); blogs of one host count as one site."""


def site_name(doc: Mapping[str, Any]) -> str:
    """The registered name of an article's site, else the repository of its source, else its id.

    >>> [site_name({"site": s}) for s in ("sport.detik.com", "detik.com/jatim", "http://yna.co.kr/", "VnExpress")]
    ['detik', 'detik', 'yna', 'vnexpress']
    >>> site_name({"site": "unknown (KuliahNLP)", "source": "dwiahmaddzul/KuliahNLP:berita.json:3"})
    'dwiahmaddzul/KuliahNLP'
    """
    site = str(doc.get("site") or "").strip().lower()
    if site.startswith(("unknown", "rewrite")) or not site or _FILE.search(site):
        return re.split(r"[\s:]", doc.get("source") or doc["id"], maxsplit=1)[0]
    found = _HOST.match(site.replace(" ", ""))
    *labels, last = (found[1] if found else site).split(".")
    while len(labels) > 1 and labels[-1] in _SECOND_LEVEL and len(last) <= 3:
        last = labels.pop()
    return labels[-1] if labels else last


def fold_of(doc: Mapping[str, Any], parts: int = PARTS) -> int:
    """The fold of an article, 0 to `parts` - 1; the same for all articles of its site in all sets."""
    return hashlib.sha256(f"{SALT} {site_name(doc)}".encode()).digest()[0] % parts


def held_back(doc: Mapping[str, Any]) -> bool:
    """Whether an article belongs to the fifth of sites that the first rules were not tuned on; unknown sites go by
    article. Later sets were labelled when those rules stood, so that all of them were unseen then."""
    host = re.sub(r"^(https?://)?(www\.|m\.)?", "", (doc.get("site") or "").strip().lower()).split("/")[0]
    return hashlib.sha256((host or doc["id"]).encode()).digest()[0] % 5 == 0
