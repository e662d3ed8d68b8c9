"""Choose the article's paragraphs: trees judge each, then the whole page is read as runs of text.

jusText (Pomikálek 2011) classes each paragraph alone and revises it by its neighbours; so here the odds of a paragraph
come from fitted trees, which know its neighbours and the elements around it, and the best runs are found over the page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cleaner.characters import CLOSERS, FULL_STOPS
from cleaner.extract.blocks import HEADINGS, Blocks
from cleaner.extract.content_root import ITEMS, ContentRoot, named_article
from cleaner.extract.left_out import kinds_of_marks
from cleaner.extract.marks import opens_boilerplate, weak_names
from cleaner.extract.page_facts import PageFacts
from cleaner.extract.paragraph_features import Features, paragraph_features
from cleaner.extract.paragraph_rules import choose_by_rules
from cleaner.extract.table_rows import data_cells
from cleaner.judge.character_counts import Numbers
from cleaner.judge.lines import ends_signed
from cleaner.judge.trees import Trees
from cleaner.tables import table_bytes

__all__ = [
    "best_segments",
    "choose_paragraphs",
    "find_article",
    "hints_of",
]

_SWITCH = 0.4  # log odds that a change from text to boilerplate, or back, costs
_LEAST = 0.1  # log odds of a paragraph of the article
_WEAK, _WEAK_SHARE = 2.0, 0.45  # mean log odds of a weak segment, and their largest share of those of the article
_MOST_CHARS, _MOST_ODDS = 1000, 8.0  # of one paragraph, so that none stands for its whole segment
_REPEATED = 100  # characters; a shorter text may come again by chance
# What the rules' choice adds to the log odds of the trees where a page names the element of its article. Elsewhere it
# adds nothing: there the trees alone are as good.
_TRUST_NAMED, _TRUST_ODD = 0.6, 5.0
# Where the rules know more than the trees: leads, cells of a table in an article, its headings between boxes of others.
_TRUST_SURE, _TRUST_HEADING = 2.5, 1.5
# To those without a link in the article's element of a page of few paragraphs, if it is of today, and if not.
_TRUST_SHORT, _TRUST_SHORT_OLD = 2.5, 1.0
_FEW, _MANY = 20, 1500  # paragraphs; of pages with fewer or more the trees have seen hardly any
_HEADLINE_REACH, _SHORTEST_HEADLINE = 12, 15  # paragraphs above the text; characters
_STANDFIRST_REACH, _NO_STANDFIRST = 15, -2.5  # paragraphs above the text; log odds of what is none
_FEW_LINKS = 0.4  # share of links of a standfirst
_RAISED = 2.0  # log odds to which the best paragraph is raised where the trees are sure of none
_ALIKE = -2.5  # log odds by the trees of what goes on in elements like those of the text beside it
_SHARE_OF_TODAY, _SHARE = 0.2, 0.1  # of the text that the rules choose: on less the trees are not believed
_LONG_ITEM = 100  # characters of an item with links that may be a source
_BRIEF_SIZE, _BRIEF = 20, -6.0  # characters of a short sentence at the end, and its log odds by the trees
_FEW_BETWEEN, _DOUBTFUL = 6, -1.5  # paragraphs that may stand between sentences at the end; log odds of these
_AGREED, _OPENING = -1.5, -2.0  # log odds by the trees of what the rules choose there, and of prose below the headline
_HEADLINE_NEAR = 2  # lines above a teaser in which its headline stands, with a date between them
_COLONS = (":", "：")  # what a line ends with that announces a list
_QUESTIONS = ("?", "？", "؟")  # their answers are no teasers
_PROSE = 60  # text weight of a sentence there
_CELLS = frozenset(("td", "th"))
_NO_BYLINES = HEADINGS | ITEMS | {"pre"}  # elements above the first prose in which neither byline nor date stands


class Hints(NamedTuple):
    """What is known of a page beside the odds of its paragraphs."""

    by_rules: list[int]  # the paragraphs that the rules choose
    inside: frozenset[int]  # those of the content root that pruning left
    is_list: bool  # whether they take the page for a list rather than prose
    is_named: bool  # whether the page names the element of its article
    prior: Numbers  # log odds that the rules' choice adds to those of the trees
    is_parted: bool  # whether its text may come in parts of which the trees are less sure than of the largest
    is_of_today: bool  # whether it is made for telephones as well: its ends are longer, its boxes of others clearer
    headlines: list[int]  # paragraphs that may be the headline with which the text begins
    standfirsts: list[int]  # paragraphs below the headline that are the page's description, or a sentence as a heading
    openings: list[int]  # prose below the headline of a page of today that may open the text in a box of its own
    sentences: Numbers  # for each paragraph whether it is prose that ends as a sentence does
    briefs: Numbers  # the same of short sentences without a link


def choose_paragraphs(blocks: Blocks, content: ContentRoot, facts: PageFacts) -> tuple[list[int], bool]:
    """Return the numbers of the article's paragraphs in order, and whether the page is a list rather than prose."""
    if not blocks.texts:
        return [], False
    features = paragraph_features(blocks, content, facts)
    hints = hints_of(blocks, content, facts, features)
    chosen = find_article(blocks, _judge().odds(features), hints)
    if len(blocks.texts) > _MANY and not any(hints.sentences[j] for j in chosen):
        chosen = sorted({*chosen, *(j for j in hints.by_rules if hints.sentences[j])})
    if chosen and facts.is_article and all(blocks.tags[blocks.homes[j]] in HEADINGS for j in chosen):
        chosen = sorted({*chosen, *(j for j in hints.by_rules if content.weights[j])})  # headlines are no article
    if facts.is_forum:
        chosen = sorted({*chosen, *_replies(blocks, content, chosen, hints)})
    return sorted({*chosen, *_quotation_sources(blocks, chosen)}), hints.is_list


def _replies(blocks: Blocks, content: ContentRoot, chosen: Sequence[int], hints: Hints) -> list[int]:
    """Return the short paragraphs of a forum in elements with the class of chosen prose: replies of a few words."""

    def kind(j: int) -> tuple[str, str, str]:
        home = blocks.homes[j]
        return blocks.tags[home], blocks.attrs[home], blocks.attrs[blocks.parents[home]]

    known = {kind(j) for j in chosen if hints.sentences[j]}
    known = {one for one in known if "class=" in one[1] or "class=" in one[2]}
    texts = {blocks.texts[j] for j in chosen}
    open_ones = [j for j in range(len(blocks.texts)) if content.kept[j] and not blocks.link_chars[j]]
    return [j for j in open_ones if blocks.texts[j] not in texts and kind(j) in known]


def _quotation_sources(blocks: Blocks, chosen: Sequence[int]) -> list[int]:
    """Return the paragraphs that name the source of a chosen quotation right above them, in the element for that."""
    tags, parents, homes = blocks.tags, blocks.parents, blocks.homes
    found = []
    for i in blocks.elements("footer", "figcaption") if "blockquote" in tags else ():
        j, box = blocks.first[i], parents[i]
        quotation = homes[j - 1]
        while quotation > box and tags[quotation] != "blockquote":
            quotation = parents[quotation]
        is_quotation = tags[quotation] == "blockquote" and (quotation == box or parents[quotation] == box)
        is_named = j + 1 == blocks.last[i] and blocks.link_chars[j] < len(blocks.texts[j])
        if is_quotation and is_named and j - 1 in chosen:
            found.append(j)
    return found


def hints_of(blocks: Blocks, content: ContentRoot, facts: PageFacts, features: Features) -> Hints:
    """Return what is known of a page that has these features."""
    by_rules, is_list = choose_by_rules(blocks, content, is_article=facts.is_article)
    inside = frozenset(j for j in range(blocks.first[content.root], blocks.last[content.root]) if content.kept[j])
    named = named_article(blocks, content)
    is_named = named > 0
    is_of_today = facts.has_viewport
    prior = _prior_odds(blocks, content, by_rules, named, is_list, is_of_today)
    # The text of an old page begins with its headline, in the labelled texts as on the page itself; that of others
    # begins below it, and their headline is in the title alone.
    parts = np.flatnonzero(features["in title"]).tolist() if facts.is_old else []
    headlines = [j for j in parts if len(blocks.texts[j]) >= _SHORTEST_HEADLINE]
    if not facts.is_old:
        is_first = (features["from headline"] == 0) | (features["from title"] == 0)
        prior[(features["in title"] > 0) & is_first] = -_TRUST_ODD
    below = (features["from title"] > 0) & (features["size"] >= _PROSE) & (features["links"] < _FEW_LINKS)
    is_spoken = (features["heading"] > 0) & (features["sentence"] > 0)  # a standfirst that is set as a heading
    standfirsts = np.flatnonzero(below & ((features["in description"] > 0) | is_spoken)).tolist()
    sentences = (features["weight"] >= _PROSE) & (features["sentence"] > 0)
    spoken = sentences | (is_spoken & (features["size"] >= _PROSE))
    is_opening = (below | (features["from headline"] > 0)) & spoken & (features["links"] < _FEW_LINKS)
    openings = _unmarked(blocks, content, np.flatnonzero(is_opening).tolist()) if is_of_today else []
    is_parted = is_named or (is_of_today and not facts.is_article)
    briefs = (features["size"] >= _BRIEF_SIZE) & (features["links"] == 0)
    for j in np.flatnonzero(briefs).tolist():
        text = blocks.texts[j]
        briefs[j] = text.rstrip(CLOSERS)[-1:] in FULL_STOPS or ends_signed(text)
    return Hints(
        *(by_rules, inside, is_list, is_named, prior, is_parted, is_of_today),
        *(headlines, standfirsts, openings, sentences, briefs),
    )


def _unmarked(blocks: Blocks, content: ContentRoot, paragraphs: Sequence[int]) -> list[int]:
    """Return those paragraphs that stand in no boilerplate but boxes whose names an opening of the text bears as well.

    Such are "excerpt" and "meta", while what stands in a "newsletter" or in a caption does not open a text.
    """
    kind_of, weak = kinds_of_marks().get, weak_names()
    edges = np.zeros(len(blocks.texts) + 1, np.int64)  # how many such boxes open at a paragraph, less those that close
    for i, found in content.marked:
        if any(family != "body" and (name not in weak or kind_of(name) == "caption") for family, name in found):
            edges[blocks.first[i]] += 1
            edges[blocks.last[i]] -= 1
    inside = edges.cumsum()
    return [j for j in paragraphs if not inside[j]]


def _prior_odds(
    blocks: Blocks, content: ContentRoot, by_rules: Sequence[int], named: int, is_list: bool, is_of_today: bool
) -> Numbers:
    """Return the log odds that the rules add to those of the trees; `named` is the article's element, 0 for none."""
    n, is_named = len(blocks.texts), named > 0
    is_odd = n < _FEW or n > _MANY
    trust = _TRUST_ODD if is_odd and not is_list else _TRUST_NAMED if is_named else 0.0
    odds = np.full(n, -trust)
    if is_odd:  # what the article itself says in few words the trees know better than the rules
        around, start, is_aside = named or content.root, min(by_rules, default=0), False
        for j in range(blocks.first[around], blocks.last[around]):
            tag, text = blocks.tags[blocks.homes[j]], blocks.texts[j]
            is_aside = opens_boilerplate(text) if tag in HEADINGS else is_aside  # up to the next heading
            if not content.kept[j] or blocks.link_chars[j] or tag == "h1" or is_aside:
                continue
            # above the first prose what may be a byline or a date is left to the rules
            is_text = tag in _NO_BYLINES or text.endswith(_QUESTIONS) or text.rstrip(CLOSERS)[-1:] in FULL_STOPS
            if n > _MANY:
                odds[j] = 0.0
            elif j > start or is_text:
                odds[j] = _TRUST_SHORT if is_of_today else _TRUST_SHORT_OLD
    cells = data_cells(blocks, content.root)
    for j in by_rules:
        tag = blocks.tags[blocks.homes[j]]
        is_sure = j in content.leads or (tag in _CELLS and (is_named or j in cells))
        is_heading = is_named and tag in HEADINGS and tag != "h1" and not blocks.link_chars[j]
        odds[j] = max(trust, _TRUST_SURE if is_sure else _TRUST_HEADING if is_heading else 0.0)
    return odds


def find_article(blocks: Blocks, odds: Numbers, hints: Hints) -> list[int]:
    """Return the paragraphs of the best segments, without those that are a copy or a weak segment behind the article.

    `odds` are the log odds of each paragraph by the trees.
    """
    odds = odds + hints.prior
    texts = blocks.texts
    inside = np.array(best_segments(odds - _LEAST, _SWITCH))
    if not inside.any() and hints.by_rules:  # the trees are sure of nothing: what they doubt least
        inside = np.array(best_segments(odds - _least_doubt(blocks, odds, hints) + _RAISED - _LEAST, _SWITCH))
    # A heading that is a link opens a segment of its own: the teaser of another article.
    length, linked = (np.fromiter(sizes, np.int64, len(texts)) for sizes in (map(len, texts), blocks.link_chars))
    opens = [j for j in np.flatnonzero(linked == length).tolist() if blocks.tags[blocks.homes[j]] in HEADINGS]
    is_first = np.ones(len(texts), np.bool_)
    np.not_equal(inside[1:], inside[:-1], out=is_first[1:])
    is_first[opens] = True
    segment = np.cumsum(is_first)
    size = np.minimum(_MOST_CHARS, length) * inside
    total = np.bincount(segment, size * np.clip(odds, -_MOST_ODDS, _MOST_ODDS))
    mean = total / np.maximum(1, np.bincount(segment, size))
    # On pages that do not name their article comments and teasers follow it: a segment that the trees are much less
    # sure of than of the largest. Of old layouts 3 % come out at over twice their size, and 4.5 % without this rule.
    # Pages of today that do not call themselves articles have several parts: of 1,016 pages of all kinds 87 lose prose
    # at the end, and 97 with this rule for them as well.
    weak = (mean < _WEAK) & (mean < _WEAK_SHARE * mean[total.argmax()]) & (np.arange(len(mean)) > total.argmax())
    if not hints.is_parted:
        known = {*hints.by_rules} if hints.is_of_today else set[int]()
        for number in np.flatnonzero(weak).tolist() if known else ():
            some = np.flatnonzero(inside & (segment == number)).tolist()
            # What rules and trees both choose stays: mostly answers to questions, which stand below links of their own.
            weak[number] = not known.issuperset(some) or any(_is_below_headline(blocks, j) for j in some[:1])
        inside &= ~weak[segment]
    found: list[int] = np.flatnonzero(inside).tolist()
    copies = _find_copies(blocks, found, hints.sentences)
    chosen = [j for j in found if j not in copies]
    if chosen:
        chosen = _with_ends(blocks, odds, chosen, hints)
    # Better a doubtful text than none: a brief among links may look like one of them.
    least = _SHARE_OF_TODAY if hints.is_of_today else _SHARE
    text = sum(len(texts[j]) for j in hints.by_rules if not blocks.link_chars[j])
    return chosen if chosen and sum(len(texts[j]) for j in chosen) >= least * text else hints.by_rules


def _least_doubt(blocks: Blocks, odds: Numbers, hints: Hints) -> float:
    """Return the odds of the best paragraph in the box whose short sentences hold most text, of those that the rules
    choose."""
    boxes: dict[int, list[int]] = {}
    for j in hints.by_rules:
        boxes.setdefault(blocks.parents[blocks.homes[j]] if hints.briefs[j] else -1, []).append(j)
    sentences = [some for box, some in boxes.items() if box >= 0] or [hints.by_rules]
    most = max(sentences, key=lambda some: sum(len(blocks.texts[j]) for j in some))
    return float(odds[most].max())


def _find_copies(blocks: Blocks, found: list[int], sentences: Numbers) -> set[int]:
    """Return those of the found paragraphs that come again in another part of the page.

    A long text that does is the same for another screen, or a quote from it. What stands beside it there as it did
    before is one as well, if it is a sentence or has copies on both sides: the same lines may come again by chance.
    """
    if len({blocks.texts[j] for j in found}) == len(found):
        return set()
    part = {j: blocks.parents[blocks.homes[j]] for j in found}
    place_of: dict[str, int] = {}
    # the place among the found of the text that each repeats, -2 for none
    before = [-2] * (len(found) + 1)
    for k, j in enumerate(found):
        first = place_of.setdefault(blocks.texts[j], k)
        before[k] = first if part[found[first]] != part[j] else -2
    is_copy = [at >= 0 and len(blocks.texts[j]) >= _REPEATED for at, j in zip(before[:-1], found, strict=True)]
    for order in (range(1, len(found)), range(len(found) - 2, -1, -1)):
        for k in order:
            beside = k - order.step
            if is_copy[beside] and before[k] >= 0 and before[k] - before[beside] == order.step:
                other = k + order.step
                closed = 0 <= other < len(found) and is_copy[other]
                is_copy[k] = is_copy[k] or bool(sentences[found[k]]) or closed
    return {j for j, copied in zip(found, is_copy, strict=True) if copied}


def _with_ends(blocks: Blocks, odds: Numbers, chosen: list[int], hints: Hints) -> list[int]:
    """Return the chosen paragraphs with the headline or standfirst above them, and the sentences that follow them.

    These stand in elements like those of chosen prose, with a few other paragraphs between them at most. Of news in old
    layouts F1 is .942 with both and .941 without; 20 of 731 pages lose prose at the end, and 26 without. On pages of
    today prose at either end stays with lower odds: at the head any below the headline, at the end what the rules
    choose too. Of 1,016 such pages 56 lose prose at the head and 75 at the end without that, and 47 and 64 with it.
    A short sentence follows if it stands in the same box as one of the text. Of 168 pages made of short articles 99
    lines were lost without that and _with_neighbours, and 7 are with both.
    """
    by_trees, by_rules = odds - hints.prior, {*hints.by_rules} if hints.is_of_today else set[int]()
    texts = {blocks.texts[j] for j in chosen}
    known = {_likeness(blocks, hints, j) for j in chosen if hints.sentences[j]}
    boxes = {(blocks.parents[blocks.homes[j]], _likeness(blocks, hints, j)) for j in chosen if hints.briefs[j]}
    at, last, closing = chosen[-1] + 1, chosen[-1], list[int]()
    while at < len(odds) and at - last <= _FEW_BETWEEN + 1:
        like, box = _likeness(blocks, hints, at), blocks.parents[blocks.homes[at]]
        is_alike = hints.sentences[at] and odds[at] > _DOUBTFUL and like in known
        is_alike = is_alike or (hints.briefs[at] and (box, like) in boxes and by_trees[at] > _BRIEF)
        is_agreed = at in by_rules and by_trees[at] > _AGREED and len(blocks.texts[at]) >= _PROSE
        if (is_alike or (is_agreed and not _is_below_headline(blocks, at))) and blocks.texts[at] not in texts:
            closing.append(at)
            last = at
        at += 1
    above = [j for j in hints.headlines if chosen[0] - _HEADLINE_REACH <= j < chosen[0]]
    opening = above[-1:] if not set(chosen[:3]).intersection(hints.headlines) else []
    if not opening:
        # Of 1,016 pages of today 47 lose prose at the head with these rules, and 63 without.
        reach = range(chosen[0] - _STANDFIRST_REACH, chosen[0])
        above = [j for j in hints.standfirsts if j in reach and odds[j] > _NO_STANDFIRST]
        opening = [j for j in above if blocks.texts[j] not in texts][-1:]
        opened = [j for j in hints.openings if j in reach and by_trees[j] > _OPENING and blocks.texts[j] not in texts]
        opened = [j for j in opened if not _is_below_headline(blocks, j)]
        opening = sorted({*opening, *opened})
    return _with_neighbours(blocks, by_trees, opening + chosen + closing, hints)


def _with_neighbours(blocks: Blocks, by_trees: Numbers, chosen: list[int], hints: Hints) -> list[int]:
    """Return the chosen paragraphs with those between and beside them that are in elements like theirs, have no link
    and are chosen by the rules: lists, rows, short lines, of which the trees know little on pages with little text.

    Of 1,761 pages made of labelled articles in three layouts 260 lose a line, and 373 without this.
    """
    by_rules, texts, found = {*hints.by_rules}, {blocks.texts[j] for j in chosen}, {*chosen}

    def is_alike(j: int, beside: int) -> bool:
        return _likeness(blocks, hints, j) == _likeness(blocks, hints, beside)

    def goes_on(j: int, beside: int) -> bool:
        is_open = j in by_rules and not blocks.link_chars[j] and by_trees[j] > _ALIKE
        may_be_more = hints.is_of_today and j in hints.inside and by_trees[j] > _ALIKE
        is_more = may_be_more and _goes_with(blocks, j, beside, found)
        return (is_open and (is_alike(j, beside) or is_listed(j))) or is_more

    def is_listed(j: int) -> bool:  # an item of a list below a line of the text that announces it
        above = blocks.first[blocks.parents[blocks.homes[j]]] - 1
        announced = above in by_rules and blocks.texts[above].endswith(_COLONS)
        return announced and blocks.tags[blocks.homes[j]] in ITEMS and above in found

    def is_linked(j: int, before: int, after: int) -> bool:  # a whole sentence of the article that is a link
        text = blocks.texts[j]
        is_sentence = len(text) >= _PROSE and text[-1] in FULL_STOPS and blocks.link_chars[j] == len(text)
        return (
            is_sentence
            and text not in texts
            and all(is_alike(j, at) or _is_wrapped_as(blocks, j, at) for at in (before, after))
        )

    for before, after in pairwise(chosen):
        for j in range(before + 1, after):
            if goes_on(j, before) or goes_on(j, after) or is_linked(j, before, after):
                found.add(j)
    for step, end in ((-1, chosen[0]), (1, chosen[-1])):
        j = end + step
        while 0 <= j < len(by_trees) and blocks.texts[j] not in texts and goes_on(j, end):
            found.add(j)
            j += step
    return sorted(found)


def _is_wrapped_as(blocks: Blocks, j: int, beside: int) -> bool:
    """Return True if two paragraphs stand in elements alike, each in a box of its own with the same class."""
    (home, box), (other, around) = ((at, blocks.parents[at]) for at in (blocks.homes[j], blocks.homes[beside]))
    is_same = blocks.kinds[home] == blocks.kinds[other] and blocks.kinds[box] == blocks.kinds[around]
    return is_same and bool(blocks.attrs[box])


def _goes_with(blocks: Blocks, j: int, beside: int, found: set[int]) -> bool:
    """Return True if paragraph `j` is one more item of the list, or one more element of the class, of the one beside.

    Of a list the text must hold the half: its sources, long items with links, may be left out. A line that ends with a
    colon is a label of links to other articles.
    """
    home, other = blocks.homes[j], blocks.homes[beside]
    box, around = blocks.parents[home], blocks.parents[other]
    if blocks.link_chars[j] > _FEW_LINKS * len(blocks.texts[j]):
        return False
    if blocks.tags[home] in ITEMS:
        whole = range(blocks.first[box], blocks.last[box])
        is_source = blocks.link_chars[j] and len(blocks.texts[j]) > _LONG_ITEM
        return box == around and not is_source and 2 * len(found.intersection(whole)) >= len(whole)
    is_same = blocks.kinds[home] == blocks.kinds[other] and blocks.attrs[box] == blocks.attrs[around]
    return is_same and bool(blocks.attrs[home]) and not blocks.texts[j].endswith(_COLONS)


def _likeness(blocks: Blocks, hints: Hints, j: int) -> tuple[str, str, str | int]:
    """Return what the elements of a paragraph look like: its tag and attributes, and the box in which it stands, or the
    attributes of that where the page names its article."""
    home = blocks.homes[j]
    box = blocks.parents[home]
    return blocks.tags[home], blocks.attrs[home], blocks.attrs[box] if hints.is_named else box


def _is_below_headline(blocks: Blocks, j: int) -> bool:
    """Return True if paragraph `j`, or one of the two above it, is a link and no question: the headline of a teaser."""
    for at in range(max(0, j - _HEADLINE_NEAR), j + 1):
        text = blocks.texts[at]
        if blocks.link_chars[at] == len(text) >= _SHORTEST_HEADLINE and not text.endswith(_QUESTIONS):
            return True
    return False


@cache
def _judge() -> Trees:
    """Return the trees of paragraph_trees.json, read once in a process."""
    stored = json.loads(table_bytes("judge/paragraph_trees.json"))
    split, limit, leaf = (
        np.array(stored["split"]),
        np.array(stored["limit"], np.float32),
        np.array(stored["leaf"], np.int32),
    )
    return Trees(tuple(stored["features"]), split, limit, leaf, stored["base"])


def best_segments(odds: Numbers | Sequence[float], switch: float) -> list[bool]:
    """Return which paragraphs stand in the runs with the largest sum of `odds`; each end of a run costs `switch`.

    One article is mostly one run, so a doubtful paragraph goes with those around it (Viterbi 1967, with two states).

    >>> best_segments([-2.0, 1.5, -0.2, 2.0, 0.1, -3.0], 0.4)
    [False, True, True, True, True, False]
    """
    outside, inside = 0.0, -switch  # the best sums up to here
    back = []
    for gain in np.asarray(odds, float).tolist():
        stays_out, stays_in = outside >= inside - switch, inside >= outside - switch
        outside, inside = (
            outside if stays_out else inside - switch,
            (inside if stays_in else outside - switch) + gain,
        )
        back.append((stays_out, stays_in))
    is_inside = inside > outside
    chosen = []
    for stays_out, stays_in in reversed(back):
        chosen.append(is_inside)
        is_inside = stays_in if is_inside else not stays_out
    return chosen[::-1]
