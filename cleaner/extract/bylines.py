"""Find the author as a reader finds them: in the short lines around the headline, and in marked elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import Any

from selectolax.lexbor import LexborNode

from cleaner.dates import find_date, is_month, is_weekday
from cleaner.extract.blocks import Blocks
from cleaner.extract.marks import marks_of
from cleaner.extract.parse import Parsed
from cleaner.tables import read_toml

__all__ = [
    "YEAR", "Surroundings", "begins_as_byline", "clean_name", "is_elsewhere", "load_data", "marked_nodes",
    "normalise_title", "stands_elsewhere", "visible_author",
]  # fmt: skip

_BEFORE, _BEHIND = 12, 12  # paragraphs around headline and start of text in which author and date may stand
_SHORT_LINE = 160  # characters; a longer line near the headline is text
_LONG_LINE = 200  # characters; elsewhere on the page such a line is text
_LONGEST_NAME, _MOST_WORDS = 60, 6  # characters and words of a name
_NODES = 3  # elements looked at for each selector; the article's byline stands before those of other articles
_DEEP = 12  # elements around a marked one that may say that it belongs to something else
_NEAR = 4  # paragraphs from headline or text
_FEW_LINKS = 3  # an aside with so many is a box of other articles
_NO_NAME = re.compile(
    r"://|@|^www\.|^/|(?<!\w)\d{3}|[?!…]|^(?:follow|subscribe|share|ikuti|bagikan)\b|^\w+(?:\.\w+){2,}$", re.I
)
# What ends a name in a byline: the next label, a separator, a number, or words about the date.
_NAME_END = re.compile(
    r"\s*(?:(?:^|[\s【])[^\W\d]+\s?[:：]|[|•·●⋅–—»/\n(]|\s(?:di|at|pada|am|um|le|el|em)\s+\d|\s-\s|\s\d"
    r"|\b(?:on|updated|published|last|posted|in)\b|,\s*\w+\s+\d).*",
    re.I | re.S,
)
_LABELLED = re.compile(r"\s*[|｜]\s*|\s+(?=[^\W\d_]+\s?[:：])")  # "3 Mei 2024 | Penulis: Rina Sitompul Editor: Ann"
_BEFORE_DATE = re.compile(r"[,\s]+(?:le|el|em|il|am|den|on|op|at|pada)\s*$")  # "Par Jean Roche, le 3 mars 2024"
_JOINED = re.compile(r"\s*[,;&]\s*|\s+(?:and|und|et|y|e|dan|en|og|och|i|и|ve|with|dengan)\s+")
_MOST_NAMES, _PARTS_OF_NAME = 8, (2, 4)  # names in a row of several; words of each
_READING_TIME = re.compile(r"^\d+\s|\b(?:min|minutes?|menit|minuten|minutos|минут\w*)\b", re.I)
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
YEAR = re.compile(r"\d\d{3}")  # without one a line holds no date; to begin with one digit is three times as fast
_FOOTERS = frozenset(("entry-footer", "post-footer", "article-footer"))  # of the article, with its byline
_HEADINGS = ("h1", "h2", "h3", "figcaption")


@cache
def load_data(name: str) -> dict[str, Any]:
    """Return the content of one file of data/."""
    return read_toml(f"extract/data/{name}")


@lru_cache(maxsize=1 << 9)  # the titles of a page are compared with each other, so that each is asked for three times
def normalise_title(text: str) -> str:
    """Return the letters and digits of `text`, caseless."""
    return _NOT_ALPHANUMERIC.sub("", text.casefold())


# names


@cache
def _by() -> re.Pattern[str]:
    """Match the words that introduce a name ("By", "Oleh", "Written by"), at the start of a line."""
    words = sorted(load_data("bylines.toml")["by"]["words"].split(), key=lambda word: (-len(word), word))
    listed = "|".join(re.escape(word.replace("_", " ")) for word in words)
    return re.compile(rf"(?:(?:{listed})(?:\s*[:：]\s*|\s+|$))+", re.I)


def begins_as_byline(line: str) -> bool:
    """Whether a line opens with a word that introduces a name: "By", "Oleh", "Written by"."""
    return bool(_by().match(line))


@cache
def _words(field: str) -> frozenset[str]:
    """Return a list of words of data/bylines.toml."""
    return frozenset(load_data("bylines.toml")[field]["words"].split())


def clean_name(name: str) -> str:
    """Return a name without "By" before it and what follows it; "" for what is no name: an address, a reading time.

    >>> clean_name("Oleh: Rina Sitompul"), clean_name("https://example.org/rina"), clean_name("5 minutes")
    ('Rina Sitompul', '', '')
    """
    name = " ".join(name.split())[:200]
    name = _without_role(name)
    by = _by().match(name)
    name = name[by.end() if by else 0 :].strip(" ,;:：|•·-–—")
    return "" if _NO_NAME.search(name) or _READING_TIME.search(name) or len(name) > 2 * _LONGEST_NAME else name


@cache
def _roles() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Match "Laporan wartawan Kabar Utara, " before a name, and ", Jurnalis" behind one."""
    listed = "|".join(sorted(_words("roles")))
    # in English a newspaper stands behind the name, so that only the words of Indonesian bylines open the first
    before = re.compile(rf"(?:laporan|oleh)\s+(?:{listed})\s[^,:]{{3,40}},\s+(?=\w)", re.I)
    # "Orla Venn, Science Editor"; in Korean the role follows the name itself
    behind = rf",\s+(?:[\w'-]+\s+){{0,2}}(?:{listed})s?\.?$|(?<=^[가-힣]{{3}})\s+(?:기자|특파원)(?=$|\s*[|/(·]|\s+\d)"
    return before, re.compile(behind, re.I)


def _without_role(name: str) -> str:
    """Return a name without its role and newspaper."""
    before, behind = _roles()
    return behind.sub("", before.sub("", name, count=1))


def _name_in(line: str) -> str:
    """Return the name with which a byline begins, without the date, the role or the section behind it."""
    found = find_date(line) if YEAR.search(line) else None
    if found:
        line = _BEFORE_DATE.sub("", line[: found.start])
    name = clean_name(_NAME_END.sub("", line))
    words = name.split()
    while words and is_month(_last_hump(words[-1])):
        rest = words[-1][: -len(_last_hump(words[-1]))]  # "Orla VennApril 18" where two elements touch
        words = [*words[:-1], rest] if rest else words[:-1]
    if found and len(words) > 2 and is_weekday(words[-1]):  # "Rina Sitompul Rabu, 14 Agustus 2019"; Lin Sun is a name
        words.pop()
    name = " ".join(words).strip(" ,;:|•·-–—")
    if 0 < len(name) <= _LONGEST_NAME and len(words) <= _MOST_WORDS:
        return name
    return _row_of_names(name)


def _row_of_names(line: str) -> str:
    """Return a line that names several people, each by two to four words, up to the role of the last; else "".

    >>> _row_of_names("Rina Sitompul , Orla Venn and Ann Weaver, Health Reporter, The Daily Loaf")
    'Rina Sitompul, Orla Venn and Ann Weaver'
    >>> _row_of_names("Medan, Binjai and the hills around Lake Toba")
    ''
    """
    line = re.sub(r"\s+,", ",", line)
    end, number = 0, 0
    for name in re.split(_JOINED, line):
        words = name.split()
        if words and words[-1].lower().removesuffix("s") in _words("roles"):
            break
        least, most = _PARTS_OF_NAME
        if not (least <= len(words) <= most and _looks_like_names(name)):
            return ""
        end, number = line.index(name, end) + len(name), number + 1
    return line[:end] if 0 < number <= _MOST_NAMES else ""


def _last_hump(word: str) -> str:
    return re.split(r"(?<=[a-z])(?=[A-Z])", word)[-1]


def _looks_like_names(name: str) -> bool:
    """Whether the words are written as names are: with capitals, but for particles, where the script has them.

    >>> _looks_like_names("Rina br Sitompul"), _looks_like_names("der Fähre aufs Rad")
    (True, False)
    """
    words = re.findall(r"[^\W\d_][^\s,;&]*", name)
    lower = [word for word in words if word[0].islower()]
    return bool(words) and not (words[0] in lower and len(words) == 1) and _words("particles").issuperset(lower)


# where author and date may stand


class Surroundings:
    """The places of a page in which its author and date may stand; what costs time is found when it is asked for.

    The text begins with paragraph `start`, and `headline` is the paragraph of the page's `title`.
    """

    def __init__(self, page: Parsed, blocks: Blocks, start: int, title: str) -> None:
        self.page, self.blocks, self.start, self.title = page, blocks, start, title
        self.headline = _find_headline(blocks, start, title)

    @cached_property
    def near(self) -> list[int]:
        """The short paragraphs from the headline to a little behind the start of the text, then those a little before
        the headline, the nearest first."""
        texts, start, headline = self.blocks.texts, self.start, self.headline
        last = len(texts)
        # a page whose text begins far below its headline has its byline at the headline
        end = start + _BEHIND if headline <= start <= headline + 4 * _BEHIND else headline + _BEHIND
        after, before = (
            range(headline, min(end, last)),
            range(min(headline, last) - 1, max(0, headline - _BEFORE) - 1, -1),
        )
        return [j for j in chain(after, before) if len(texts[j]) <= _SHORT_LINE]

    @cached_property
    def dated_lines(self) -> list[str]:
        """The short lines of the page that may hold a year."""
        return [line for line in self.blocks.texts if len(line) < _LONG_LINE and YEAR.search(line)]

    @cached_property
    def attributes(self) -> str:
        """The attributes of the elements of the visible page; of elements with the same ones, those of one."""
        return "\n".join(dict.fromkeys(chain(self.blocks.attrs, self.blocks.inline_attrs)))

    @cached_property
    def class_values(self) -> str:
        """The values of the class attributes of the visible page."""
        return " ".join([rest.partition('"')[0] for rest in self.attributes.split('class="')[1:]])

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes of the elements of the visible page."""
        return frozenset(self.class_values.split())

    def has(self, word: str) -> bool:
        """Whether the visible page has a class (.date), a tag (<time), an attribute (@rel="author"), or a class with
        `word` in it."""
        if word[0] == "<":
            return word in self.page.body
        if word[0] == "@":
            return word[1:] in self.attributes
        name = word.removeprefix(".")
        return name in self.class_values and (name == word or name in self.classes)

    @cached_property
    def around_headlines(self) -> frozenset[int]:
        """The numbers of the elements that are an h1 or hold one."""
        holders = set[int]()
        for node in self.page.tree.css("h1"):
            around: LexborNode | None = node
            while around is not None and around.mem_id not in holders:
                holders.add(around.mem_id)
                around = around.parent
        return frozenset(holders)


def _find_headline(blocks: Blocks, start: int, title: str) -> int:
    """Return the paragraph that is the page's `title`, a heading if one is; else the last h1 before the text."""
    homes, tags, texts = blocks.homes, blocks.tags, blocks.texts
    known, opening = normalise_title(title), title[:3].casefold()
    begins = (title[0], title[0].upper(), title[0].lower()) if known else ()
    at = [
        j
        for j, text in enumerate(texts)
        if text[0] in begins
        and len(text) < 2 * len(title)
        and text[:3].casefold() == opening
        and normalise_title(text) == known
    ]
    unlinked = [j for j in at if not blocks.link_chars[j]]  # lists of articles name it as well
    heads = [j for j in at if tags[homes[j]] in _HEADINGS]
    for chosen in ([j for j in heads if tags[homes[j]] == "h1"], heads, unlinked, at):
        if chosen:
            return chosen[0]
    return next((j for j in range(min(start, len(homes) - 1), -1, -1) if tags[homes[j]] == "h1"), start)


def stands_elsewhere(around: Surroundings, j: int) -> bool:
    """Whether paragraph j stands in a box of other articles, of comments or of the site.

    A small box right below the headline or right above the text is that of the article's own author and date, whatever
    its name is.
    """
    blocks, start, headline = around.blocks, around.start, around.headline
    i = blocks.homes[j]
    near = start - _NEAR <= j < start or headline < j <= headline + _NEAR
    while i > 0 and near and (j <= headline + 2 or blocks.last[i] - blocks.first[i] <= 2 * _NEAR):
        i = blocks.parents[i]
    while i > 0 and not blocks.first[i] <= start < blocks.last[i]:  # a box that holds the text is the article's
        if _is_other_box(blocks.tags[i], blocks.attrs[i]):
            return True
        i = blocks.parents[i]
    return False


def is_elsewhere(around: Surroundings, node: LexborNode) -> bool:
    """Whether an element stands in a box of other articles, of comments or of the site."""
    for _ in range(_DEEP):
        if node.tag == "aside" and len(node.css("a")) < _FEW_LINKS and not node.css("h2, h3, h4"):
            pass  # a box beside the text in which its date stands; one under a heading tells of something else
        elif _is_other_box(node.tag or "", "".join([f' {k}="{v or ""}"' for k, v in node.attributes.items()])):
            return True
        parent = node.parent
        if parent is None or parent.tag == "body" or parent.mem_id in around.around_headlines:
            return False
        node = parent
    return False


def _is_other_box(tag: str, attrs: str) -> bool:
    """Whether an element is a box of other articles, of comments or of the site, by its tag and marks."""
    if tag in ("aside", "footer", "nav"):
        return True
    others, marks = _words("elsewhere"), marks_of(tag, attrs)
    if any(mark.name in _FOOTERS for mark in marks):  # "post-footer" is no footer of the site
        marks = tuple(mark for mark in marks if mark.name != "footer")
    return any(mark.family in ("discussion", "navigation") or mark.name in others for mark in marks)


def marked_nodes(around: Surroundings, field: str) -> Iterator[LexborNode]:
    """Yield the first elements that each selector of a field finds, if one of its words stands on the visible page.

    The tree also holds templates and objects, which the walk leaves out as never shown. To look for a word costs a
    tenth of what a selector does.
    """
    for words, *selectors in load_data("bylines.toml")["select"][field]:  # the best first
        if any(map(around.has, words.split())):
            for selector in selectors:
                yield from around.page.tree.css(selector)[:_NODES]


# the author


def _labelled_parts(line: str) -> list[str]:
    """Return a line with a date in parts, before each label and at bars; any other line whole, as menus have both.

    >>> _labelled_parts("2024-03-03 来源：云溪日报 作者：周明")
    ['2024-03-03', '来源：云溪日报', '作者：周明']
    """
    parts = _LABELLED.split(line) if YEAR.search(line) else [line]
    # "Author: | Print" names nobody
    return [part for part in parts[:-1] if not ((by := _by().match(part)) and by.end() == len(part))] + parts[-1:]


def visible_author(around: Surroundings) -> str:
    """Return the name in a byline, in a line near the headline or in a marked element; "" if there is none."""
    blocks, known = around.blocks, normalise_title(around.title)
    announced = False  # "Written by" may stand on a line of its own, and the name on the next
    near = ((at, line) for at in around.near for line in blocks.texts[at].split("\n"))
    for j, said in ((at, part) for at, line in near for part in _labelled_parts(line)):
        line = _without_role(said)
        by = _by().match(line)
        if not by and YEAR.search(line) and (dated := find_date(line)):  # "9 March 2025 by Rina Sitompul"
            behind = line[dated.end :].lstrip(" ,|·•-–—")
            line, by = (behind, _by().match(behind)) if _by().match(behind) else (line, None)
        # headlines and captions begin with such words as well: "Von der Fähre aufs Rad"
        is_name = (
            (by or announced or line != said)
            and blocks.tags[blocks.homes[j]] not in _HEADINGS
            and normalise_title(line) != known
        )
        if is_name and not stands_elsewhere(around, j):
            name = _name_in(line[by.end() :] if by else line)
            # "by hand" is no byline, "by ibby on 9 March 2025" is one
            named = _looks_like_names(name) or (name.isalnum() and find_date(line) is not None)
            if name and named and not line.endswith((".", ":")):
                return name
        announced = by is not None and by.end() == len(line)
    for node in marked_nodes(around, "author"):
        if is_elsewhere(around, node):
            continue
        # its first lines of two words or more, else the whole of it
        lines = [" ".join(line.split()) for line in node.text(separator="\n")[:300].splitlines()]
        lines = [line for line in lines if line and clean_name(line)]
        first = next((line for line in lines[:2] if len(clean_name(line).split()) > 1), "")
        name = _name_in(clean_name(first or " ".join(lines)))
        if name and normalise_title(name) != known:
            return name
    return ""
