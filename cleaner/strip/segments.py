"""Split lines whose line ends were lost: "…kata dia.Baca juga: Harga Cabai TurunMenurut ketua kelompok, …".

Crawls that take the text of every element without a blank between them glue labels, headlines and notices to the
paragraphs beside them. A segment begins where a capital follows an end mark or a small letter without a blank, behind
two blanks or more, at an arrow, at a notice of rights, and where a known label opens ("Baca juga:"). This module only
splits; what is judged of the segments is in inside_segments.py. Abbreviations, hosts, names with a capital inside and
words that come again in the same form (a brand that the text is about) are no joints: cleaner/strip/segments.toml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from cleaner.characters import CLOSERS, SENTENCE_ENDS
from cleaner.judge.lines import ends_sentence
from cleaner.phrases.phrases import LABELS, Phrases, normalise_wording
from cleaner.tables import read_toml

__all__ = [
    "bare_labels",
    "find_gaps",
    "find_labels",
    "goes_on_behind",
    "is_quoted",
    "joints",
    "may_be_label",
    "segments",
    "sentence_breaks",
    "word_lists",
]

LABEL = 40
"""The most characters of a label before its colon."""

WORD = 40
"""The most characters of a word that are looked at on either side of a capital inside it."""

QUOTATION = 400
"""The most characters from a quotation mark to what is asked whether it stands inside the quotation."""

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶŁĻŃŅŇŐŒŘŚŞŠȘŢŤȚŪŮŰŲŹŻŽΆ-ΏΑ-ΫЀ-Я"
_LOWER = "a-zß-öø-ÿāăąćčďđēėęěğģīįıķłļńņňőœřśşšșţťțūůűųźżžά-ώа-џ"
_ENDS = ".!?…"
_BEHIND = _ENDS + '"”’»)]'
_UNCASED = "\u0590-\u0dff\uac00-\ud7af"

# Each pattern opens with a character that is rare in running text: one pattern for all takes five times as long.
_CAPITAL = re.compile(f'[{_UPPER}](?:(?<=[{_LOWER}{_ENDS})\\]].)|(?<=[{re.escape(_BEHIND)}]["”’»].))')
_UNCASED_END = re.compile(f'[.!?؟۔।](?<=[{_UNCASED}].)["”’»)]?(?=[{_UNCASED}])')
_UNCASED_LETTER = re.compile(f"[{_UNCASED}]")
# Each pattern takes a run of blanks to its end: a run before a line end would else be tried from each blank on.
_GAP = re.compile(r"  [ \t\xa0]*")
_OTHER_GAP = re.compile(r"[\t\xa0][ \t\xa0]*")
_NOTICE = re.compile(r"Copyright(?= ?(?:©|\(c\)|\d{4}))|Hak [Cc]ipta(?= (?:terpelihara|dilindungi|©))|[©ⓒ]|[▶►▷☞]")
_NOTICES = ("Copyright", "Hak", "©", "ⓒ", "▶", "►", "▷", "☞")
_LETTERS = re.compile(r"[^\W\d_]+")
_STOPS = f"[{re.escape(''.join(sorted(SENTENCE_ENDS - set(CLOSERS))))}]"
_SENTENCE_END = re.compile(f"({_STOPS}+[{re.escape(CLOSERS)}]*)[ \\t\\xa0]+(?=\\S)")
_SHAPES = bytes.maketrans(
    b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.!?")]\n \t\r\v\f\x1c\x1d\x1e\x1f' + bytes(range(128, 256)),
    b"A" * 26 + b"a" * 26 + b"." * 7 + b" " * 9 + b"." * 64 + b"A" * 64,
)
_LABEL_SHAPE = re.compile(rb"\.(?:[. ]|A\.\.?)A(?:[A.]{3}|[Aa.]* A)")
_WORD_BEFORE = re.compile(r"[^\W\d_]+$")
_WORDS_BEFORE = re.compile(r"[^\s()\[\].!?\"”:]+(?: [^\s()\[\].!?\"”:]+){0,3}$")


@cache
def word_lists() -> dict[str, Any]:
    """The lists of cleaner/strip/segments.toml, and its `names` once more in small letters, as `small_names`."""
    lists = read_toml("strip/segments.toml")
    found = {name: frozenset(words) if isinstance(words, list) else words for name, words in lists.items()}
    return found | {"small_names": tuple(sorted({name.lower() for name in lists["names"]}))}


def segments(text: str, phrases: Phrases | None = None) -> list[tuple[int, int]]:
    """The segments of `text` in order, as (start, end) in code points, without white space at their ends.

    Line ends are joints as well, so a text without glued joints gives its lines. With `phrases` a segment also begins
    at a known label with its colon. What stands between two segments is white space and nothing else.

    >>> text = "Harga turun.Baca juga: Cabai Makin MurahMenurut petani, iPhone dan YouTube tak ikut turun."
    >>> [text[a:b] for a, b in segments(text)]
    ['Harga turun.', 'Baca juga: Cabai Makin Murah', 'Menurut petani, iPhone dan YouTube tak ikut turun.']
    """
    cuts = sorted(
        {*joints(text, phrases, find_gaps(text)), *(end.end() for end in re.finditer("\n", text)), 0, len(text)}
    )
    found = []
    for start, end in pairwise(cuts):
        bare = text[start:end].strip()
        if bare:
            start += len(text[start:end]) - len(text[start:end].lstrip())
            found.append((start, start + len(bare)))
    return found


def joints(text: str, phrases: Phrases | None, gaps: Sequence[tuple[int, int]]) -> list[int]:
    """Where segments begin inside lines, in order; see `segments`. `gaps` are those of `find_gaps`."""
    cuts = {at for at, _, _ in find_labels(text, phrases)} if phrases else set()
    capitals = [found.start() for found in _CAPITAL.finditer(text)]
    if capitals:
        inner = [at for at in capitals if text[at - 1].isalpha()]
        words = Counter(_word_around(text, at)[1] for at in inner) if inner else Counter[str]()
        cuts.update(at for at in capitals if _is_glued(text, at, words))
    cuts.update(end for start, end in gaps if text[start - 1] != ":")  # behind its colon a label goes on
    if not text.isascii() and _UNCASED_LETTER.search(text, 0, 200):
        cuts.update(found.end() for found in _UNCASED_END.finditer(text))
    for notice in _NOTICES[:2] if text.isascii() else _NOTICES:
        at = text.find(notice)
        while at >= 0:
            if (found := _NOTICE.match(text, at)) and _opens_notice(text, found):
                cuts.add(at)
            at = text.find(notice, at + 1)
    return sorted(cuts)


def find_gaps(text: str) -> list[tuple[int, int]]:
    """Two blanks or more inside a line, or a tab; not two behind full stops where that is how the text is typed."""
    gaps = {found.start(): found.end() for found in _GAP.finditer(text)} if "  " in text else dict[int, int]()
    if "\t" in text or "\xa0" in text:
        for found in _OTHER_GAP.finditer(text):
            start = found.start() - (text[found.start() - 1 : found.start()] == " ")
            if text[start - 1 : start] != " " and ("\t" in found[0] or found.end() - start >= 2):
                gaps[start] = found.end()
    if not gaps:
        return []
    inside = {start: end for start, end in gaps.items() if not text[end : end + 1].isspace() and end < len(text)}
    typed = {start for start, end in inside.items() if end - start == 2 and text[start - 1 : end] == ".  "}
    if len(typed) >= 3 and 2 * len(typed) > text.count(". "):
        inside = {start: end for start, end in inside.items() if start not in typed}
    return sorted(inside.items())


def _opens_notice(text: str, mark: re.Match[str]) -> bool:
    """Whether a notice of rights, or a link behind an arrow, begins at a mark; "photo © Name" names an owner."""
    before = text[max(0, mark.start() - 30) : mark.start()]
    bare = before.rstrip()
    if mark[0] in "▶►▷☞":
        return True
    if mark[0] not in "©ⓒ":  # a year, the sign or "reserved" follows; behind a comma a sentence names a source
        return bare[-1:] not in (",", "(", "-", "–", "/")
    glued = before[-1:].isalnum() or bare[-1:] in _BEHIND
    return glued and not bare.lower().endswith(("copyright", "terpelihara", "dilindungi"))


def _is_glued(text: str, at: int, words: Counter[str]) -> bool:
    """Whether the capital at `at`, with no blank before it, begins a line whose line end was lost.

    `words` counts the words of the text that have a capital inside.
    """
    before, after = text[at - 1], _LETTERS.match(text, at, at + WORD)
    follows = after[0] if after else text[at]
    if before.isalpha():  # "TurunMenurut"
        start, word = _word_around(text, at)
        first = text[start:at]
        # brands have a capital inside as well: known ones, short first parts (eBay), and what the text names again
        return (
            sum(map(str.islower, first)) >= 3
            and follows[1:2].islower()
            and words[word] == 1
            and first not in word_lists()["prefixes"]
            and not word.lower().startswith(word_lists()["small_names"])
            # hashtags and accounts are written in one, and no line end was lost behind the first word of a line
            and text[start - 1 : start] not in ("#", "@", "_", "\n", "")
        )
    if before in ")]":  # "(bidik layar)Baca juga": a bracket that holds something ends there
        return len(follows) > 1 and text[at - 2 : at - 1] not in ("(", "[")
    if before == '"' and not is_quoted(text, at - 1):  # a quotation opens there, and none is open before it
        return False
    return text[max(0, at - 4) : at].rstrip('"”’»')[-1:] in _ENDS and _ends_a_sentence(text, at, follows)


def is_quoted(text: str, at: int) -> bool:
    """Whether the nearest quotation mark before `at`, on its line, opens a quotation, which then goes on there."""
    begin = max(text.rfind("\n", max(0, at - QUOTATION), at) + 1, at - QUOTATION, 0)
    mark = max(text.rfind(quote, begin, at) for quote in '"“”')
    if mark < 0 or text[mark] == "”":
        return False
    before, after = text[mark - 1 : mark], text[mark + 1 : mark + 2]
    return text[mark] == "“" or ((mark == begin or before.isspace() or before in "([") and not after.isspace())


def sentence_breaks(text: str, begin: int = 0) -> Iterator[tuple[int, int]]:
    """Where a sentence of a line ends, and where the next begins: behind no initial, no number of a list and no
    abbreviation."""
    at = begin
    for end in _SENTENCE_END.finditer(text, begin):
        short = False
        if end[1] == ".":
            start = stop = end.start()  # of the word before: a pattern that opens with it takes four times as long
            while start > at and (text[start - 1].isalnum() or text[start - 1] == "_"):
                start -= 1
            word = text[start:stop]
            short = word.isascii() and (
                len(word) < 3 or word.isdigit() or word.lower() in word_lists()["abbreviations"]
            )
        at = end.end()
        if not short:
            yield end.end(1), at


def goes_on_behind(text: str) -> bool:
    """Whether a sentence of five words or more ends the line, behind the end of another: it may be the article's."""
    return ends_sentence(text) and any(len(text[begin:].split()) >= 5 for _, begin in sentence_breaks(text))


def _ends_a_sentence(text: str, at: int, follows: str) -> bool:
    """Whether the mark straight before `at` ends a sentence: not an abbreviation, an initial, a host."""
    stop = at - 1
    while stop > 0 and text[stop] in _BEHIND:
        stop -= 1
    if len(follows) < 2:
        return False
    token = text[max(0, at - 100) : at].rsplit(None, 1)[-1].lower()
    if "//" in token or token.startswith(("www.", "@")) or follows.lower() in word_lists()["hosts"]:
        return False
    word = _WORD_BEFORE.search(text, max(0, stop - 30), stop + 1)
    if word is None:  # behind a number: "Rp 30.000.Menurut" ends a sentence, "Node 3.Js" does not
        return text[stop].isdigit() and len(follows) >= 4
    known = word[0].lower() in word_lists()["abbreviations"]
    return len(word[0]) >= 3 and (follows[1].islower() or follows.isupper()) and not known


def _word_around(text: str, at: int) -> tuple[int, str]:
    """Start and wording of the run of letters around `at`, up to WORD on either side."""
    start = at
    while start and text[start - 1].isalpha() and at - start < WORD:
        start -= 1
    found = _LETTERS.match(text, start, at + WORD)
    return start, found[0] if found else ""


def find_labels(text: str, phrases: Phrases) -> Iterator[tuple[int, int, str]]:
    """Start of each known label in front of a colon, end of the colon, and the kind.

    The label begins with a capital, behind the end of a sentence, a gap or a lost line end; behind one blank
    alone only where it has two words or more that all have capitals ("92 mats Baca Juga: ...").
    """
    colon = text.find(":")
    while colon >= 0:
        may_be = may_be_label(text, colon, phrases)
        words = _WORDS_BEFORE.search(text, max(0, colon - LABEL), colon) if may_be else None
        if words:
            starts = [words.start() + word.start() for word in re.finditer(r"\S+", words[0])]
            for count in range(len(starts), 0, -1):
                if found := _label_at(text, starts[-count], colon, count, phrases):
                    yield found[0], colon + 1, found[1]
                    break
        colon = text.find(":", colon + 1)


def may_be_label(text: str, colon: int, phrases: Phrases) -> bool:
    """Fast path: False if the word before a colon ends no known label; most words do not.

    It may be glued to another word, as in "TurunPenulis:".
    """
    endings, last = _label_endings(phrases), text[max(0, colon - LABEL) : colon].rstrip().rpartition(" ")[2]
    if last.casefold() in endings:
        return True
    return not last[1:].islower() and any(
        last[at:].casefold() in endings for at in range(1, len(last)) if last[at].isupper()
    )


@lru_cache(64)
def _label_endings(phrases: Phrases) -> frozenset[str]:
    """The last words of the known labels."""
    labels = (wording for wording, phrase in phrases.entries["start"].items() if phrase.kind in LABELS)
    return frozenset(label.rpartition(" ")[2] for label in labels)


def _label_at(text: str, start: int, colon: int, count: int, phrases: Phrases) -> tuple[int, str] | None:
    """Where a label of `count` words begins whose first word begins at `start`, or is glued to the word there."""
    first = _LETTERS.match(text, start, colon)
    stop = first.end() if first else start
    inner = next((i for i in range(stop - 1, start, -1) if text[i].isupper() and text[i - 1].islower()), start)
    for at in dict.fromkeys((start, inner)):
        found = phrases.entries["start"].get(normalise_wording(text[at:colon])) if text[at].isupper() else None
        if found is None or found.kind not in LABELS:
            continue
        before = text[max(0, at - 4) : at]
        capitals = count >= 2 and all(word[0].isupper() for word in text[at:colon].split())
        apart = not before.strip() or before.rstrip()[-1] in _BEHIND + ":*" or before[-2:].isspace()
        if before[-1:] in ("(", "["):  # "(Baca juga: ...)" is one with its bracket
            return None
        if apart or capitals or (before[-1:].isalnum() and count >= 2):
            return at, found.kind
    return None


def bare_labels(text: str, phrases: Phrases, gaps: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each label that stands in `text` without a colon: "Baca Juga", "ADVERTISEMENT".

    Only forms that sentences do not have: two words that both have capitals, one word in capitals, and English words
    for advertising in texts of other languages; behind the end of a sentence, or beside a gap.
    """
    forms, spelled, opening, any_form = _bare_forms(phrases)
    spans: set[tuple[int, int]] = set()
    if forms and (not text.isascii() or may_open_label(text)):  # nearly all beyond ASCII may
        found = (any_form.match(text, at.start()) for at in opening.finditer(text))
        spans = {form.span() for form in found if form is not None}
    for start, end in gaps:  # few texts have any
        if text.startswith(spelled, end):
            form = next(form for form in spelled if text.startswith(form, end))
            spans.add((end, end + len(form)))
        if text.endswith(spelled, 0, start):
            form = next(form for form in spelled if text.endswith(form, 0, start))
            spans.add((start - len(form), start))
    labels: Counter[str] = Counter()  # those that are whole words, before what opens a sentence or a line
    for start, end in spans:
        after = re.match(r"[ \t\xa0]*([^\W\d_]*)(.?)", text[end : end + 40])
        if text[start - 1 : start].isalnum() or text[end : end + 1].isalnum() or after is None:
            continue
        word, mark = after.groups()
        shouted = len(word) > 1 and word.isupper() and text[start:end].isupper()  # "ADVERTISEMENT FOR MYSELF"
        labels[text[start:end]] += (word[0].isupper() and not shouted) if word else mark in ("", "\n", '"', "“")
    # what stands elsewhere inside a sentence is a name or a word of this text; a word that is foreign to it is none
    # where most are labels
    foreign = word_lists()["english_ads"] if phrases.languages[0] != "en" else frozenset()
    only_labels = {
        form
        for form, times in labels.items()
        if 0 < times == text.count(form) - text.count(f"{form}:") or (form in foreign and 2 * times > text.count(form))
    }
    for start, end in sorted(spans):
        if text[start:end] in only_labels:
            yield start, end, forms[text[start:end]]


def may_open_label(text: str) -> bool:
    """Fast path: False if no word of four capitals, and no two words with capitals, stand where a sentence may begin.

    Told in bytes of UTF-8, in a quarter of the time. Beyond ASCII any byte counts as what it may be a part of, so there
    99 of 100 texts may.
    """
    return _LABEL_SHAPE.search(text.encode("utf-8", "surrogatepass").translate(_SHAPES)) is not None


@lru_cache(64)
def _bare_forms(phrases: Phrases) -> tuple[dict[str, str], tuple[str, ...], re.Pattern[str], re.Pattern[str]]:
    """The kinds of the forms that `bare_labels` looks for, the forms with the longest first, what may be one of those
    that open a line or stand behind the end of a sentence, and the pattern of all forms."""
    forms: dict[str, str] = {}
    for wording, phrase in phrases.entries["start"].items():
        words = wording.split()
        if phrase.kind == "related" and len(words) == 2 and all(word.isalpha() for word in words):
            forms.update({form: "related" for form in (wording.title(), wording.upper()) if form[0].isupper()})
    for phrase in phrases.entries["between"].values():
        upper = phrase.text.upper()
        if phrase.kind == "ad" and upper.isalpha() and len(upper) >= 5 and upper != phrase.text.lower():
            forms[upper] = "ad"
    if phrases.languages[0] != "en":
        forms.update(dict.fromkeys(word_lists()["english_ads"], "ad"))
    spelled = tuple(sorted(forms, key=lambda form: (-len(form), form)))
    # two words with capitals, or one in capitals: most sentences are told by that from all of the forms, and by their
    # first letter, with which the search begins, as fewer characters are capitals than marks and line ends are
    shape = r"(?=[^\W\d_]* [^\W\d_a-z]|[^\W\d_a-z]{3})"
    first = re.escape("".join(sorted({form[0] for form in forms})))
    opening = re.compile(rf"[{first}](?<=[\n{re.escape(_BEHIND)}]\s.){shape}" if forms else "(?!)")
    return forms, spelled, opening, re.compile("|".join(map(re.escape, spelled)))
