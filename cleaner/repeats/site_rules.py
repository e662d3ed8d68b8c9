"""Site rules: the lines that repeat on sites as a file that people can read and correct, one line a row.

    {"site": "situs.example", "line": "dibaca 0 kali", "anchors": 41, "of": 60, "places": ["end", "run"]}

`line` is normalised: lower case, single spaces, each number a 0 (but in tables of numbers); "penulis:*" is a label with
which lines begin. `anchors` of the site's `of` different articles have the line; `places` says where it may be removed.
A row that is deleted is forgotten, until the articles of a later run show the line again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import orjson

from cleaner.arrays import distinct
from cleaner.article import Article
from cleaner.errors import OptionError
from cleaner.repeats.repeats import ANYWHERE, AT_AN_END, IN_A_MENU, IN_A_RUN, Repeats
from cleaner.repeats.site_lines import line_key, site_key, wordings

__all__ = ["Wordings", "join_rules", "list_rules", "load_site_rules", "read_rules_file", "wordings_taken"]

Wordings = Mapping[int, tuple[str, str]]
"""Key -> site and normalised wording of a line."""

_PLACES = {"end": AT_AN_END, "run": IN_A_RUN, "anywhere": ANYWHERE, "menu": IN_A_MENU}
_FIGURES = ("anchors", "of", "places")


def read_rules_file(path: str) -> bytes:
    """Return the bytes of the file, b"" if there is no file yet. Raises OptionError when it cannot be read."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise OptionError(
            f"--site-rules {path}: {error.strerror}. Name a file that can be read and written."
        ) from error


def load_site_rules(lines: Iterable[bytes], path: str = "") -> tuple[Repeats, dict[int, tuple[str, str]]]:
    """Return the rules that the lines of such a file hold, and the wording of each.

    Raises OptionError with the number of the line for a row that is no rule; blank lines are passed over.
    """
    wording: dict[int, tuple[str, str]] = {}
    figures: dict[int, tuple[int, int, int]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            key = line_key(row["line"], site_key(row["site"]))
            wording[key] = row["site"], row["line"]
            figures[key] = int(row["anchors"]), int(row["of"]), sum({_PLACES[place] for place in row["places"]})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OptionError(
                f"--site-rules {path}, line {number}: {type(error).__name__}: {error}. Each line is an object with "
                f"site, line, anchors, of, and places out of {', '.join(_PLACES)}; correct it, or delete it."
            ) from error
    keys = sorted(figures)
    columns = np.array([figures[key] for key in keys], np.int64).reshape(-1, 3).T
    return Repeats(np.array(keys, np.uint64), *columns), wording


def join_rules(one: Repeats, other: Repeats) -> Repeats:
    """Return the rules of both. A line that both know gets the figures of the larger crawl of its site, and the places
    of both."""
    keys = distinct(np.concatenate([one.keys, other.keys]))
    # the columns of each side at the index of each of all keys; 0 where it does not know the key
    sides = [{name: np.zeros(len(keys), np.int64) for name in _FIGURES} for _ in range(2)]
    for side, columns in zip((one, other), sides, strict=True):
        for name, column in columns.items():
            column[np.searchsorted(keys, side.keys)] = getattr(side, name)
    # the figures of one crawl stay together, or `anchors` of one and `of` of the other would make no share
    larger = sides[1]["of"] > sides[0]["of"]
    anchors, of = (np.where(larger, sides[1][name], sides[0][name]) for name in _FIGURES[:2])
    return Repeats(keys, anchors, of, sides[0]["places"] | sides[1]["places"])


def _index_of(key: int, known: Repeats) -> int:
    """Return the index of a key among those of the rules, -1 where they do not know it."""
    at = int(np.searchsorted(known.keys, np.uint64(key)))
    return at if at < len(known.keys) and int(known.keys[at]) == key else -1


def wordings_taken(article: Article, site: str, known: Repeats) -> Iterator[tuple[int, str]]:
    """Yield key and wording of the lines of an article that were removed because they repeat on the site of this name.

    The columns of the lines hold no wording, so it is found again in the article, by the key.
    """
    for removal in article.removals:
        # spans of other rules repeat by themselves and need no row
        if removal.rule in ("site-line", "site-lead"):
            for wording in wordings(article.before[removal.start : removal.end]):
                key = line_key(wording, site_key(site))
                if _index_of(key, known) >= 0:
                    yield key, wording
                    break


def list_rules(known: Repeats, wording: Wordings) -> Iterable[dict[str, object]]:
    """Yield the rows of the file, by site and wording."""
    for site, line, key in sorted((*wording[key], key) for key in wording):
        at = _index_of(key, known)
        if at >= 0:
            yield {
                "site": site,
                "line": line,
                "anchors": int(known.anchors[at]),
                "of": int(known.of[at]),
                "places": [name for name, bit in _PLACES.items() if known.places[at] & bit],
            }
