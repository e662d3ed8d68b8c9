"""Tell whole pages rendered as text from extracted articles, and find the article's lines on them.

Each line is judged by its own features (features.py, line_features.py), then beside its neighbours, by trees fitted on
labelled pages (trees.py). The headline, and the paragraphs straight above and below the article, stay by rule.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cleaner.characters import SENTENCE_ENDS, is_wide
from cleaner.judge.character_counts import Numbers
from cleaner.judge.features import BRACKETS, Features, neighbour_features, own_features
from cleaner.judge.line_features import ALONE, line_features
from cleaner.judge.lines import Hit, Line, ends_signed
from cleaner.judge.trees import UNIT, PageModel, load_page_model
from cleaner.judge.vocabulary import CONCEPTS, vocabulary_for
from cleaner.phrases.phrases import Phrases, normalise_wording

__all__ = [
    "costs_of",
    "finish_article",
    "looks_like_page",
    "odds_to_stay",
    "outside_block",
    "stays_at",
]

BOILERPLATE = frozenset(
    ("nav", "login", "footer", "cookie", "newsletter", "share", "app", "promo", "comment", "pagination", "related")
)
"""Kinds of hits that stand around an article rather than in it."""

COSTS = (-1.5, -1.0, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.9, 1.3, 1.8)
"""Log odds that are added to those of a line by its size (BRACKETS), .6 of its logarithm: a long line costs more when
it is lost. At the same loss .870 for .861 of the lines of wcxb are found so as with .2, and .961 for .946 of daniel."""

BELOW_USUAL = 0.5
"""On a page whose paragraphs have low odds a line stays down to this much below theirs."""

MOST_BELOW = 1.0
"""But no further below the threshold than this, or the menus of pages with few paragraphs stay. At the same loss .846
for .820 of the lines of the pages in 13 languages are found so, and .962 for .956 of daniel; of 1,566 pages 38 lose a
tenth of their article or more, for 37."""

SHORT_PAGE = 80
"""On pages of fewer lines every paragraph stays that nothing is known against: the pages fitted on are long, with 240
lines on average, and judge those of shorter ones too low."""

HEADLINE_ABOVE = 60
"""Lines above the article in which its headline is looked for."""

REACH = 3
"""Lines that the first paragraph of an article may stand above the rest, behind a byline and a row of shares."""

_FEWEST_LINES, _LONG_PAGE = 30, 80  # a page has at least the first; from the second on it needs less evidence
_FEWEST_HITS, _FEWEST_KINDS = 5, 2  # hits on boilerplate that any page has
_BARE = 60  # characters; a shorter line without an end mark is bare, as menus are
_FEWEST_BARE, _BARE_BY_CONCEPTS = 0.2, 0.3  # share of a page's lines that are bare
_LABEL = 40  # characters; a longer line that opens with a concept may be about it
_MENU = 50  # bare lines in a row; of 820 labelled articles none has so many without a digit
_FRAME = frozenset(("nav", "login", "cookie", "footer"))  # what only the pages of a site have
_FRAME_CONCEPTS = frozenset(
    map(CONCEPTS.index, ("menu", "about the site", "terms and privacy", "rights", "login", "cookies"))
)
_BARE_MARKS = frozenset(("number", "endmark"))  # rules for which a cell of a table is enough
_BETWEEN = frozenset(("ad", "related", "readmore"))
_WORD = re.compile(r"[^\W\d_]+")
_CREDITED = re.compile(r"[.!?] (?:foto|photo|gambar|image) ?: ?[^.:!?]{0,40}/[^.:!?]{1,40}$", re.IGNORECASE)
_FIELD = re.compile(r"([^\W\d][^:.!?]{1,28}): \S")
_FIELD_LENGTH = 100  # characters; a longer line that opens with a label is a paragraph
_RECORDS = 3  # values that both fields of a record have
_END_MARKS = SENTENCE_ENDS - frozenset("']』") | frozenset(":;,")  # a bare apostrophe or bracket ends menus as well


def looks_like_page(lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases) -> bool:
    """Return True for many lines, a good part of them short and bare, with boilerplate that only pages have.

    What frames a page (menus, logins, cookie notices, footers) has to be among it: a table with one cell a line is as
    bare and full of numbers. The rules' hits tell it first, else short lines that name concepts of the frame, and else
    a menu. So 1,417 of 1,566 labelled pages are recognised, and 3 of 820 labelled articles are taken for pages.
    """
    n = len(lines)
    if n < _FEWEST_LINES:
        return False
    bare = [len(line.text) < _BARE and line.text[-1] not in _END_MARKS for line in lines]
    share = sum(bare) / n
    if share < _FEWEST_BARE:
        return False
    # an item of a menu stands beside others; a heading that names a concept stands alone above a paragraph
    listed = [a or b for a, b in zip([False, *bare[:-1]], [*bare[1:], False], strict=True)]
    found = [
        hit
        for hit, is_bare, beside in zip(hits, bare, listed, strict=True)
        if hit is not None and (beside or not is_bare) and hit.kind in BOILERPLATE and hit.rule not in _BARE_MARKS
    ]
    frame = [hit for hit in found if hit.kind in _FRAME]
    if _has_hits_of_page(n, share, found, frame):
        return True
    if share < _BARE_BY_CONCEPTS:
        return False
    items = [line for line, is_bare, beside in zip(lines, bare, listed, strict=True) if is_bare and beside]
    opens = vocabulary_for(phrases).opens
    short = [line for line in items if len(line.text) < _LABEL and opens(line.wording)]
    named = [concept for line in short if (concept := line_features(line, phrases).concept) in _FRAME_CONCEPTS]
    if len(set(named)) >= 3 or (len(set(named)) == 2 and len(frame) >= 2):
        return True
    return len(named) + len(frame) >= 2 and _has_menu(lines, bare)


def _has_hits_of_page(n: int, bare: float, found: Sequence[Hit], frame: Sequence[Hit]) -> bool:
    """Return True if a text of `n` lines, of which a share of `bare` is bare, has hits on boilerplate as pages have.

    Shorter pages need more, a hit on one line in six: extracted articles rarely keep three kinds.
    """
    several = len({hit.kind for hit in found})
    sure = {hit.kind for hit in frame if hit.rule != "weak-in-tail"}
    if len(found) < _FEWEST_HITS or several < _FEWEST_KINDS or (len(frame) < 3 and len(sure) < 2):
        return False
    if n >= _LONG_PAGE:
        return True
    return several >= 3 and 6 * len(found) >= n and (bare >= 0.5 or (len(found) >= 7 and bare >= 0.3))


def _has_menu(lines: Sequence[Line], bare: Sequence[bool]) -> bool:
    """Return True for a long run of bare lines without a digit, which no table of numbers has."""
    run = 0
    for line, is_bare in zip(lines, bare, strict=True):
        run = run + 1 if is_bare and not any(map(str.isdigit, line.text)) else 0
        if run >= _MENU:
            return True
    return False


def outside_block(
    lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases, known_title: str
) -> list[Hit | None]:
    """Return a hit for every line that is not the article's, and None for the others and for the headline above it.

    All are None when no line would stay. `known_title` is the headline where it is known, else "".
    """
    if not lines:
        return []
    own, alone = own_features(lines, hits, phrases)
    model = load_page_model()
    stays: list[bool] = stays_at(own, odds_to_stay(own, alone, model), model.threshold).tolist()
    if not any(stays):
        return [None] * len(lines)
    first, last = finish_article(lines, hits, stays, known_title)
    evidence = _evidence_against(own, alone, [i for i, hit in enumerate(hits) if hit is None and not stays[i]])
    outside: list[Hit | None] = []
    for i, hit in enumerate(hits):
        if stays[i]:
            outside.append(None)
            continue
        kind = hit.kind if hit is not None else "nav" if i < first else "footer" if i > last else "related"
        where = "above" if i < first else "below" if i > last else "between its paragraphs"
        why = hit.why if hit is not None else evidence[i]
        outside.append(Hit("page-block", kind, f"not the article's: {where}; {why}"))
    return outside


def odds_to_stay(own: Features, alone: Sequence[Sequence[int]], model: PageModel) -> Numbers:
    """Return the log odds of each line that it is the article's, with COSTS; `alone` are the features of ALONE that
    each line has."""
    odds = model.trees.odds({**own, **neighbour_features(own, model.linear.odds(own, alone))})
    with_costs: Numbers = odds + costs_of(own)
    return with_costs


def costs_of(own: Features) -> Numbers:
    """Return the one of COSTS that each line has."""
    costs: Numbers = np.array(COSTS)[np.searchsorted(BRACKETS, own["size"], side="right")]
    return costs


def stays_at(own: Features, odds: Numbers, threshold: float) -> Numbers:
    """Return for each line whether it stays at a threshold, a lower one where the paragraphs have low odds."""
    usual = 0.0  # the odds of the page's paragraphs: the median, each weighing as its size
    paragraphs = np.flatnonzero(own["paragraph"])
    if len(paragraphs):
        order = paragraphs[np.argsort(odds[paragraphs], kind="stable")]
        up_to = np.cumsum(own["size"][order])
        usual = float(odds[order[np.searchsorted(2 * up_to, up_to[-1])]])
    stays: Numbers = odds > min(threshold, max(usual - BELOW_USUAL, threshold - MOST_BELOW))
    if len(odds) < SHORT_PAGE:
        stays |= (own["paragraph"] > 0) & (own["hit"] == 0)
    return stays


def _evidence_against(own: Features, alone: Sequence[Sequence[int]], lines: Sequence[int]) -> dict[int, str]:
    """Return for each of some lines the names of the two of its features by itself that speak most against it."""
    linear = load_page_model().linear
    names, parts = linear.parts(own)
    parts, weights = parts[:, lines], linear.alone
    against = [sorted((weights[k] / UNIT, ALONE[k]) for k in alone[i] if weights[k] < 0)[:2] for i in lines]
    for _ in range(2):
        most = parts.argmin(0)
        for of_line, k, spoke in zip(against, most.tolist(), parts.min(0, initial=0.0).tolist(), strict=True):
            if spoke < 0:
                of_line.append((spoke, names[k]))
        parts[most, np.arange(len(lines))] = 0.0
    return {
        i: ", ".join(name for _, name in sorted(found)[:2]) or "its neighbours"
        for i, found in zip(lines, against, strict=True)
    }


def finish_article(
    lines: Sequence[Line], hits: Sequence[Hit | None], stays: list[bool], known_title: str
) -> tuple[int, int]:
    """Correct `stays`, of which one is True, at both ends of the article and at its headline; returns the indices of
    its first and last line, the headline not counted."""
    first, last = _finish_edges(lines, hits, stays)
    _keep_records(lines, hits, stays)
    headline = _find_headline(lines, hits, first, known_title)
    if headline >= 0:
        stays[headline] = True
    stays[0] = stays[0] or _is_headline_above_menu(lines, hits, first)
    return first, last


def _finish_edges(lines: Sequence[Line], hits: Sequence[Hit | None], stays: list[bool]) -> tuple[int, int]:
    """Correct `stays` at both ends of the article, and return the indices of its first and last line."""
    _drop_loose_lines(lines, hits, stays)
    # The first paragraph stands under a byline and a row of shares, so its neighbours speak against it.
    first = i = stays.index(True)
    while i > max(0, first - REACH):
        i -= 1
        if lines[i].prose and hits[i] is None and not _CREDITED.search(lines[i].text):  # no caption with its credit
            stays[i], first = True, i
    # Paragraphs straight below the article join it, and so does a sentence that its author's initials close. One line
    # may stand between: an advertisement, or a link to one other article ("Read also: ..."); a bare "Related" has a
    # list below.
    last = len(stays) - 1 - stays[::-1].index(True)
    while True:
        below = last + 1
        if below < len(lines) and (hit := hits[below]) is not None and hit.kind in _BETWEEN:
            below += hit.kind != "related" or len(lines[below].text) > 24
        if below >= len(lines) or hits[below] is not None:
            return first, last
        if not (lines[below].prose or ends_signed(lines[below].text)):
            return first, last
        stays[below], last = True, below


def _drop_loose_lines(lines: Sequence[Line], hits: Sequence[Hit | None], stays: list[bool]) -> None:
    """Take out of `stays` what stands around the article without being its: at least one line stays."""
    # Above the article a bare line that stays alone, with nothing that stays in the three lines below, goes.
    for i, below in pairwise([i for i, stay in enumerate(stays) if stay]):
        if lines[i].prose or below - i <= REACH:
            break
        stays[i] = False
    paragraphs = [i for i, stay in enumerate(stays) if stay and lines[i].prose]
    # Above the first paragraph a line without a letter or digit is a button, such as that of larger letters.
    for i in range(paragraphs[0] if paragraphs else 0):
        stays[i] = stays[i] and any(map(str.isalnum, lines[i].text))
    # Below the last one a bare line goes that stands under one that a rule knows, or second below it where the first
    # one goes: one of the tags, a headline.
    last_known = -len(lines)
    for i in range(paragraphs[-1] + 1 if paragraphs else len(lines), len(lines)):
        if stays[i] and i - last_known <= 2 and len(lines[i].text) < _BARE:
            stays[i] = lines[i].text[-1] in _END_MARKS
        if stays[i] or hits[i] is not None:
            last_known = -len(lines) if stays[i] else i
    # A caption that ends with its credit ("... Senin pagi. Foto: Lensa Kota/Dian Sagara") stands above the article.
    for i in range(paragraphs[1] if len(paragraphs) > 1 else 0):
        stays[i] = stays[i] and not _CREDITED.search(lines[i].text)


def _keep_records(lines: Sequence[Line], hits: Sequence[Hit | None], stays: list[bool]) -> None:
    """Let the records of an article stay: two fields, one below the other, that come round between its paragraphs with
    other values ("Location: ...", "Class size: ...").

    To the trees they look like the cards of a feed. Of the 155 lines that stay so on labelled pages 135 are content.
    """
    paragraphs = [i for i, stay in enumerate(stays) if stay and lines[i].prose]
    labels: dict[int, str] = {}
    for i in range(paragraphs[0], paragraphs[-1]) if paragraphs else ():
        text = lines[i].text
        if hits[i] is None and len(text) < _FIELD_LENGTH and (found := _FIELD.match(text)):
            labels[i] = found[1].casefold()
    values: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    pairs = {i: (label, labels[i + 1]) for i, label in labels.items() if labels.get(i + 1, label) != label}
    for i, pair in pairs.items():
        values[pair].add((lines[i].text, lines[i + 1].text))
    for i, pair in pairs.items():
        if all(len(set(texts)) >= _RECORDS for texts in zip(*values[pair], strict=True)):
            stays[i] = stays[i + 1] = True


def _find_headline(lines: Sequence[Line], hits: Sequence[Hit | None], first: int, known_title: str) -> int:
    """Return the index of the line above the article that is its headline, or -1.

    It is the known title where there is one. Else it is the line that shares most words with the first paragraphs and
    with the other lines above, where a breadcrumb or the page's title repeat it. Else it is the longer one of the two
    lines straight above that could be a headline.
    """
    wanted = normalise_wording(known_title)
    above = range(max(0, first - HEADLINE_ABOVE), first)
    same = [i for i in above if lines[i].wording == wanted] if wanted else []
    if same:
        return same[-1]
    body = {w for line in lines[first : first + 6] for w in _long_words(line.text[:600])}
    best, headline = 0.0, -1
    for i in above:
        words = set(_long_words(lines[i].text))
        if hits[i] is not None or not _has_headline_length(lines[i].text) or not words:
            continue
        shared = sum(1 for w in words if w in body)
        signed = any(h is not None and h.kind in ("byline", "timestamp") for h in hits[i + 1 : min(first, i + 4)])
        again = any(j != i and lines[i].wording in lines[j].wording for j in above if lines[i].wording)
        near = 2 * (i - above.start + 1) / len(above)
        score = shared / len(words) * min(shared, 6) + 1.5 * signed + again + near
        if shared + signed + again >= 2 and score >= best:
            best, headline = score, i
    if headline >= 0:
        return headline
    fits = []
    for i in range(max(0, first - 2), first):
        text = lines[i].text
        # three words, or a script that does not part them
        if hits[i] is None and _has_headline_length(text) and (len(text.split()) >= 3 or is_wide(text)):
            fits.append(i)
    return max(fits, key=lambda i: len(lines[i].text), default=-1)


def _is_headline_above_menu(lines: Sequence[Line], hits: Sequence[Hit | None], first: int) -> bool:
    """Return True when the very first line of a page shares a quarter of its long words with the first paragraphs.

    Some scrapers write the headline above all lines of the page. Of 263 labelled pages 13 keep a slogan for it.
    """
    text, words = lines[0].text, set(_long_words(lines[0].text))
    body = {word for line in lines[first : first + 6] for word in _long_words(line.text[:600])}
    fits = hits[0] is None and _has_headline_length(text) and (len(text.split()) >= 3 or is_wide(text))
    return fits and bool(words & body) and 4 * len(words & body) >= len(words)


def _has_headline_length(text: str) -> bool:
    """Return True for 15 to 200 characters; in scripts that say more in one, 15 bytes of UTF-8 are enough."""
    return len(text) <= 200 and (len(text) >= 15 or len(text.encode("utf-8", "surrogatepass")) >= 15)


def _long_words(text: str) -> list[str]:
    """Return the words of four letters and more, caseless; pairs of neighbours where no spaces part the words."""
    words = [word for word in _WORD.findall(text.casefold()) if len(word) > 3]
    return [part for w in words for part in (map("".join, pairwise(w)) if is_wide(w) else (w,))]
