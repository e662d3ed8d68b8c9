"""Choose the headline of a page among its headings and what it calls itself in JSON-LD, meta tags and <title>."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cleaner.dates import find_date
from cleaner.extract.bylines import normalise_title

__all__ = ["best_title"]

_QUOTATION = re.compile(r"«[^«»]*»|»[^«»]*«")  # its second sign is no bar, such as stands before the name of a site
_HIDE, _SHOW = str.maketrans("«»", "\ue000\ue001"), str.maketrans("\ue000\ue001", "«»")

# Each branch begins with a character that titles have few of, so that a search passes over all others.
_SEPARATOR = re.compile(r"(\s+(?:[-–—·•:]\s+|[|»]\s*)|[|»]\s*)")
_BAR = re.compile(r"\s+[|»]\s*|[|»]\s*")
_BARS = re.compile(r"\s+(?:[-–—·•]\s+|[|»]\s*)|[|»]\s*")
_FIRST_PARTS = re.compile(r"\s+(?:[-–—·•]\s+|[|»]\s*)|[|»]\s*|,\s+")
_SIMILAR = 0.5  # share of character pairs that a heading and a given title have in common, to be the headline
_FIRST_PART = 0.97  # likeness of a heading that is the first part of a given title, so that only the same is more alike
_FEWER_PARTS = 0.001  # a heading of fewer parts of the title is more like it: the section behind it is no part
_LAST_PART = 0.96  # likeness of a heading that is the last part of a given title, and more than half of it
_SHORT_HEADING = 8  # letters; the similarity of shorter headings counts less, because they match by chance
_LABEL = re.compile(r"[:/–-]\s*$|/")  # what a label of a headline ends with or holds: "Thread:", "Tips/Techniques"
_LONGEST_LABEL, _SHORTEST_TITLE = 20, 8  # letters and digits of the label, and of the headline behind it
_FEW_WORDS = 3  # of a title, which more words of a bar behind it do not make better known
_SECTION_WORDS = 4  # most words of the name of a section or a site


def best_title(
    headings: Sequence[str],
    given: Sequence[str],
    site: str,
    host: str,
    lesser: Iterable[str] = (),
    logos: Sequence[str] = (),
) -> str:
    """Return the visible heading most like what the page calls itself, else what it calls itself first.

    A heading that is a logo, a section or a question of the site is not like its title. Where the only `<h1>` is the
    name of the site or of a book, one of the `lesser` headings that is a whole part of a given title is the headline.
    The `logos` are those `<h1>` that are one link.

    >>> best_title(["Kabar Utara", "Banjir di Medan surut"], ["Banjir di Medan surut | Kabar Utara"], "Kabar Utara", "")
    'Banjir di Medan surut'
    >>> best_title(["Daerah"], ["Banjir di Medan surut - Daerah"], "", "")
    'Banjir di Medan surut - Daerah'
    >>> best_title(["Buku Sungai"], ["Banjir - Buku Sungai"], "", "", lesser=["Isi", "Banjir"])
    'Banjir'
    >>> best_title(["Buku Sungai"], ["Buku Sungai: Hujan di hulu"], "", "", ["Hujan di hulu"], logos=["Buku Sungai"])
    'Hujan di hulu'
    """
    headings, given, logos = ([_hide_quotations(title) for title in some] for some in (headings, given, logos))
    lesser = map(_hide_quotations, lesser)
    names = [normalise_title(name) for name in (site, host.partition(".")[0], host)]
    bare = [short for title in given if (short := _without_site(title, [name for name in names if name]))]
    # the logo of many sites is an <h1> too
    headings = [heading for heading in headings if normalise_title(heading) != names[0]] or list(headings)
    likeness = [_likeness(heading, given, bare) for heading in headings]
    # The name of a site or a book stands at the end of a title, that of a blog before a colon, and a section of one or
    # two words before the headline.
    parts = [part for title in given if len(part := _BARS.split(title)) > 1]
    aside = {normalise_title(part[-1]) for part in parts}
    aside |= {normalise_title(logo) for logo in logos if any(title.startswith(f"{logo}:") for title in given)}
    sections = {normalise_title(part[0]) for part in parts if len(part) > 2 and len(part[0].split()) < _FEW_WORDS}
    like_sections = [normalise_title(one) in sections for one in headings]
    if all(
        like < _SIMILAR or is_section or normalise_title(one) in aside
        for one, like, is_section in zip(headings, likeness, like_sections, strict=True)
    ):
        others = [heading for heading in lesser if normalise_title(heading) not in names]
        inner = {normalise_title(part[1]) for part in parts if len(part) > 2 and normalise_title(part[0]) in sections}
        behind = {normalise_title(title.partition(": ")[2]) for title in given}
        likeness += [
            _LAST_PART if normalise_title(one) in behind else _part_of_title(normalise_title(one), given, _BARS)
            for one in others
        ]
        if any(like_sections) and (found := [one for one in others if normalise_title(one) in inner]):
            return found[0]
        headings = [*headings, *others]
    if headings and (max(likeness) >= _SIMILAR or not bare):
        title = headings[likeness.index(max(likeness))]
    else:
        title = bare[0] if bare else ""
    title = _without_section(_without_label(title.rstrip(" ¶"), bare))  # the sign of a link to the heading itself
    # two elements of a heading may touch where the given title has a space
    known = normalise_title(title)
    same = [one for one in bare if normalise_title(one) == known]
    return max([title, *same], key=lambda one: len(one.split())).translate(_SHOW)


def _hide_quotations(title: str) -> str:
    """Return a title with other characters for the « and » that are quotation marks."""
    return _QUOTATION.sub(lambda found: found[0].translate(_HIDE), title) if "«" in title else title


def _likeness(heading: str, given: Sequence[str], bare: Sequence[str]) -> float:
    """Return how much a heading is like the most similar title, `given` or `bare` of the site, 0 to 1."""
    known = normalise_title(heading)
    if (part := _part_of_title(known, (*given, *bare), _FIRST_PARTS)) > _LAST_PART:
        return part
    best = max((_similarity(known, title) for title in dict.fromkeys(map(normalise_title, bare))), default=1.0)
    return best * min(1.0, len(known) / _SHORT_HEADING)


def _part_of_title(known: str, titles: Sequence[str], separator: re.Pattern[str]) -> float:
    """Return the likeness of a normalised heading that is the first part of a title, or the larger part at its end."""
    for title in titles:
        parts = [normalise_title(part) for part in separator.split(title)]
        for n in range(1, len(parts)) if known else ():
            if known == "".join(parts[:n]):
                return _FIRST_PART - _FEWER_PARTS * n
            if known == "".join(parts[n:]) and 2 * len(known) > sum(map(len, parts)):
                return _LAST_PART
    return 0.0


def _similarity(one: str, other: str) -> float:
    """Return the share of the pairs of characters of two texts that both have (Dice's coefficient)."""
    if one == other:
        return float(bool(one))
    pairs, others = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return 2 * len(pairs & others) / max(1, len(pairs) + len(others))


def _without_label(title: str, given: Sequence[str]) -> str:
    """Return a title without a label or a date before the words that the page itself gives as its title.

    >>> _without_label("Thread: Which pump is best?", ["Which pump is best?"])
    'Which pump is best?'
    """
    known = normalise_title(title)
    for one in given:
        short = normalise_title(one)
        if len(short) >= _SHORTEST_TITLE and known.endswith(short) and 0 < len(known) - len(short) <= _LONGEST_LABEL:
            label = title[: max(0, len(title) - len(one))]
            touches = title.endswith(one) and label[-1:].isalpha()  # an element of its own: "ExclusiveBanjir surut"
            if touches or _LABEL.search(label) or find_date(label):
                return one
    return title


def _without_section(title: str) -> str:
    """Return a title without the sections or the site that stand behind bars.

    >>> _without_section("Banjir di Medan surut | Daerah | Kabar Utara"), _without_section("Wallet | 2024")
    ('Banjir di Medan surut', 'Wallet | 2024')
    """
    first, *rest = _BAR.split(title)
    sections = all(len(part.split()) <= _SECTION_WORDS for part in rest)
    return first if rest and sections and len(first.split()) >= _FEW_WORDS else title


def _without_site(title: str, names: Sequence[str]) -> str:
    """Return `title` without a first or last part that is the site's name; `names` are normalised.

    >>> _without_site("Banjir di Medan - Kabar Utara", ["kabarutara"])
    'Banjir di Medan'
    """
    parts = _SEPARATOR.split(title)
    for end, rest in ((-1, parts[:-2]), (0, parts[2:])):
        part = normalise_title(parts[end])
        for name in names if rest and part else ():
            # three letters or fewer may stand in a longer name by chance
            if part == name or (len(part) > 3 and part in name) or (len(name) > 3 and name in part):
                return "".join(rest)
    return title
