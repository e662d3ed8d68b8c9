"""The rules that look at one line alone: is it a phrase, a label with its rest, a time, a right, a name?

`judge_line` asks them in order and returns the strongest evidence as a `Hit`, which says where in the article it
suffices; neighbours.py then accepts it or not. The way of "Baca juga: Harga Cabai Turun":

- rule: `phrase-start`, in `_label_hit` below
- data: the entry "baca juga" under `[related] start` in cleaner/phrases/lists/id.toml; `cleaner phrases line` names it
- traps that must stay, beside the lines that must go: tests/cases/strip/lines_id.jsonl and its neighbours, and
  tests/cases/phrases/ for languages other than Indonesian, Malay and English
- measured precision of each rule: benchmarks/results/strip.md, "By rule"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from cleaner.characters import BULLETS, MARKED_CLASS
from cleaner.dates import says_published
from cleaner.judge.lines import ANY, BESIDE, EDGE, HEAD, SHORT, Hit, Line, ends_sentence
from cleaner.phrases.phrases import EMOJI, HEAD_LENGTH, Phrase, Phrases, normalise_wording
from cleaner.strip.bylines import (
    address_hit,
    agency_hit,
    bracket_hit,
    byline_hit,
    looks_like_names,
    newsroom_hit,
    rights_hit,
)
from cleaner.strip.calls import call_hit, is_spoken, names_site, navigation_hit, post_line_hit
from cleaner.strip.headlines import HEADLINE, looks_like_headline, visible_end
from cleaner.strip.segments import goes_on_behind

__all__ = ["SEPARATOR", "forget_lines", "is_clear_paragraph", "judge_line"]

# What may stand between a label and its rest; a hyphen or a slash only between white space ("baca-juga"). The pattern
# opens with the marks, which are rare: with the white space before them it takes four times as long.
_PARTING = ":：|｜»›>–—】"
SEPARATOR = re.compile(rf"[{_PARTING}/{EMOJI}-](?:(?<=[{_PARTING}])|(?<=\s[-/])(?=\s)|(?<=[{EMOJI}])[{EMOJI}]*)\s*")
# "[Baca juga] ...", "Lire aussi. ...", "ये भी पढ़ें- ..."
_POINTER_END = re.compile(r"(?<=\w)(?:[\])*]+[ \t]*[:：]?[ \t]*|[.?] )(?=\S)|(?<=[^\s\d-])-[ \t]+(?=\S)")
_TERM_BREAK = re.compile(r"\s*[,;|/#·•、،]\s*")
# marks of vowels and stops of abbreviations are parts of the word: "12 मार्च", "12 มี.ค. 2567"
_TIME_WORD = re.compile(rf"[^\W\d_]+(?:\.?(?!\d)[{MARKED_CLASS}]+[^\W\d_]*)*(?:'[^\W\d_]+)?|\d+")
_ENDMARK = re.compile(r"[\[(]? ?[*#=_~.■●◆□▪-]{0,6} ?[\])]?")
_DATE = re.compile(
    r"(?<!\d)\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}\b|\b\d{4}[./-]\d{1,2}[./-]\d{1,2}\b"
    r"|\b\d{1,2}[:.h]\d{2}\b(?! ?[%‰])|\d{4}年\d{1,2}月"
)
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b(?![.:/-]\d)")
_FULL_DATE = re.compile(r"(?<![\d./-])\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\b(?![./-]\d)|\d{4}年\d{1,2}月")
_DATED_LABEL = re.compile(
    r"\d{4}[-./年] ?\d{1,2}[-./月] ?\d{1,2}日?[\sT]*(?:\d{1,2}:\d{2}(?::\d{2})?)?[\s|]*(?P<label>[^\W\d_]{1,8}) ?[:：]"
)
_SPELLED_OUT = re.compile(r"[^\W\d_](?: [^\W\d_]){1,24}")
_FORM_LABEL = re.compile(r"[^\W\d_a-z][^\W\d_]*(?:[ -][^\W\d_]+){0,3} ?\*")
_YEAR = re.compile(r"\b(?:(?:19|20|25)\d\d|(?:(?![0-9])\d){4})\b")  # 2567 of the Buddhist era, ২০২৪
_SMALL_WORDS = re.compile(r"(?:[^\W\d_A-Z]+,? ){2}")
_COUNT = re.compile(r"0 ?[km]? ")

EDGE_KINDS = frozenset(
    (
        *("byline", "caption", "sourcenote", "timestamp", "nav", "title"),
        *("footer", "video", "authorbio", "pagination", "app"),
    )
)
"""Kinds whose labels authors use as well (a list of contacts, a table's source): only at the edges of an article."""

_POINTING = frozenset(("video", "caption", "sourcenote"))
_HEADING = frozenset(("disclaimer", "caption", "sourcenote"))
"""Kinds whose bare labels are headings of the author's too ("Disclaimer:"), or fields of a table."""

_POINTERS = frozenset(("related", "readmore", "share", "video", "caption", "sourcenote", "tags", "pagination", "ad"))
"""Kinds whose labels stand before a headline, a name or a link, never before a sentence and a further one."""

_SIGNING = frozenset(("byline", "sourcenote", "timestamp"))
"""Kinds whose labels stand behind the date of an article."""

_CODE_MARKS = frozenset("=/;{}<>")

MOST_NAMES = 6
"""The most words that are neither numbers nor of time beside a date, or behind the label of one."""

_RULES = {
    "line": ("phrase-line", ""),
    "tail": ("phrase-line", ANY),
    "between": ("phrase-between", ANY),
    "edge": ("phrase-line", EDGE),
    "start": ("phrase-start", ""),
}
"""Array of a phrase list -> the rule's name in the log, and where the entry suffices; "" leaves that to its kind."""


def judge_line(line: Line, phrases: Phrases) -> Hit | None:
    """The strongest evidence against `line`, or None. A line above SHORT characters is asked for whole phrases only."""
    text = line.text
    if line.prose and is_clear_paragraph(text, phrases, line.opens):
        return None
    if len(text) > SHORT:
        # the longest entries are legal notices; none is known that fills more than three lines of a template
        found = phrases.line(normalise_wording(text)) if len(text) <= 3 * SHORT else None
        return Hit("phrase-line", found.kind, found.why) if found else None
    hit, line.known_wording = _judge_short(text, phrases, line.opens)
    return hit


def is_clear_paragraph(text: str, phrases: Phrases, opens: bool) -> bool:
    """Fast path for paragraphs: True if no rule can match, judged by the first characters and a few marks.

    Without it stripping takes a quarter longer. Paragraphs are asked for less than other lines, since sentences may
    hold the rest: no entries with fewer than HEAD_LENGTH characters before a placeholder ("{any} is a registered
    trademark of {any}") or a rare separator ("Foto / ..."), no paths, no items between dots, no rights in capitals.
    """
    opening = text[:HEAD_LENGTH].casefold() if text[0].isalpha() else normalise_wording(text[:40])[:HEAD_LENGTH]
    long = len(text) > SHORT
    heads = (phrases.long_heads if long else phrases.heads).get(opening)
    if len(opening) < HEAD_LENGTH or (heads and normalise_wording(text[:40]).startswith(heads)):
        return False
    if long:
        return True
    head = text[:60]
    if (
        opens
        or phrases.words["closing"]  # where the verb comes last, a call shows at the end of its line
        or text[-1] == ")"
        or ":" in head
        or "|" in head
        or " - " in head
        or "eserved" in text
        or "ipta" in text
    ):
        return False
    return text.isascii() or not ("：" in head or "–" in head or "—" in head or "»" in head or "©" in text)


@lru_cache(8192)
def _judge_short(text: str, phrases: Phrases, opens: bool) -> tuple[Hit | None, str]:
    """What speaks against a line, and its normalised wording; remembered, since sites repeat their lines, and later
    looks at a text see the same ones again."""
    wording = normalise_wording(text)
    return _first_hit(text, wording, phrases, opens), wording


def _first_hit(text: str, wording: str, phrases: Phrases, opens: bool) -> Hit | None:
    """The first rule that speaks against a line: phrases of the lists, labels, calls on the reader, shapes."""
    if wording[1:2] == " " and _SPELLED_OUT.fullmatch(wording):  # "I K L A N"
        known = phrases.any(joined := wording.replace(" ", ""))
        wording = joined if known is not None and known.kind == "ad" else wording
    if text[0] == "\ufffd" and not text.strip("\ufffd "):
        return Hit("lost-characters", "loading", "nothing but characters that were lost")
    if not wording:
        return Hit("endmark", "endmark", "a mark alone", EDGE) if len(text) <= 6 and _ENDMARK.fullmatch(text) else None
    found = phrases.any(wording)
    if ("://" in text and found is not None and found.kind in _POINTING) or is_spoken(text):
        return None  # a reference that the author gives, a quotation
    if found is not None and found.array != "weak" and (hit := _phrase_hit(text, wording, found, phrases)):
        return hit
    if text[-1] == "*" and _FORM_LABEL.fullmatch(text):
        return Hit("form-label", "comment", "a label with the star of required fields", BESIDE)
    if hit := _label_hit(text, wording, phrases) or call_hit(text, wording, phrases, opens):
        return hit
    if found is not None:
        return (
            rights_hit(wording)
            or agency_hit(text, wording, phrases)
            or Hit("weak-in-tail", found.kind, found.why, BESIDE)
        )
    return (
        _count_hit(text, wording, phrases)
        or _dated_label_hit(text, phrases)
        or _time_hit(text, wording, phrases)
        or rights_hit(wording)
        or navigation_hit(text, wording)
        or post_line_hit(text, wording, phrases)
        or bracket_hit(text)
        or byline_hit(text, wording, phrases)
        or address_hit(text, phrases)
        or newsroom_hit(text, phrases)
        or agency_hit(text, wording, phrases)
    )


def forget_lines() -> None:
    """Forget what was judged of lines that repeat, so that a benchmark measures the first sight of each."""
    _judge_short.cache_clear()


def _phrase_hit(text: str, wording: str, found: Phrase, phrases: Phrases) -> Hit | None:
    """What a line that is a whole phrase of the lists is; None for a sentence that only happens to be worded so."""
    rule, where = _RULES[found.array]
    if found.kind == "loading" and not (_CODE_MARKS - set(found.text)).isdisjoint(text):  # "// null", "= undefined;"
        return None
    # "Dukung {any}" is an appeal of the article's as well: a short entry with a hole at its end takes a whole sentence
    # only where that names something of the site's
    if found.kind == "promo" and found.text.endswith(("{any}", "{name}")) and ends_sentence(text):
        fixed = normalise_wording(found.text.replace("{any}", " ").replace("{name}", " "))
        if fixed.count(" ") <= 3 and not names_site(wording, phrases):
            return None
    slight = found.text.endswith("{any}") and found.text.count(" ") <= 4 and found.kind in _POINTERS
    if slight and goes_on_behind(text):  # "Follow us on X. Residents fled."
        return None
    boxed = text[0] == "[" and text[-1] == "]"  # a template's mark, not a sentence
    # "Komentar." with a full stop, and any single word, may be an author's; at the edges of an article it is not
    sentence = text[-1] == "." and text[-2:] != ".." and found.array == "line" and wording.count(" ") < 3
    if (found.slight or sentence) and found.array != "between":
        labels = found.kind == "related" and text[-1] in ":：" and wording in phrases.entries["start"]  # "Related:"
        where = ANY if boxed or labels else EDGE
    # "{name} is a writer at ..." with a full stop, and one word with a hole that ends as a sentence, are content
    named = "{name}" in found.text and text[-1] == "."
    spoken = found.slight and "{" in found.text and text[-1] != ")" and ends_sentence(text)
    if not boxed and (named or spoken):
        return None
    if found.array == "start" and found.kind in _HEADING:
        where = BESIDE
    return Hit(rule, found.kind, found.why, where or (EDGE if found.kind in EDGE_KINDS else ANY))


def _label_hit(text: str, wording: str, phrases: Phrases) -> Hit | None:
    """ "Baca juga: Headline", "[Baca juga] Headline": a line that opens with an entry of `start`, then a separator or a
    headline."""
    if not phrases.may_label(wording):
        return None
    for mark in chain(SEPARATOR.finditer(text, 0, 80), _POINTER_END.finditer(text, 0, 80)):
        label, rest = text[: mark.start()], text[mark.end() :]
        found = phrases.whole(normalise_wording(label), "start")
        pointer = mark.re is _POINTER_END
        joined = pointer and mark[0][0] == "-" and (" " not in label or rest[0].islower())  # "Baca- tulis aksara"
        if found is None or joined or (pointer and found.kind != "related"):
            continue
        if not _fits_label(rest, found.kind, phrases):
            return None
        # where a sentence of the article follows the headline, inside_lines.py takes the headline alone
        sentence = found.kind == "related" and ends_sentence(text)
        end = visible_end(text, mark.end(), min(len(text), mark.end() + HEADLINE), phrases) if sentence else -1
        if end > 0 and len(text) - end >= 25:
            return None
        # "Foto: Rapat desa (Dok. Warga)": label and credit bear each other out
        credited = found.kind == "caption" and (credit := bracket_hit(text)) is not None and credit.rule == "credit"
        return Hit("phrase-start", found.kind, found.why, EDGE if found.kind in EDGE_KINDS and not credited else ANY)
    words = wording.split(" ", 2)
    if len(words) < 3:
        return None
    label = f"{words[0]} {words[1]}"
    found = phrases.entries["start"].get(label)
    # "Don't Miss Out on ..." and "More From Less" are headlines themselves
    if found is None or found.kind != "related" or label in phrases.words["spoken"]:
        return None
    # "Baca Juga Headline of Another Story": no separator, so the rest has to be written as a headline
    rest = text.split(None, 2)[-1]
    if found.language in ("en", "id", "ms"):
        headline = looks_like_headline(rest)
    else:  # headlines of other languages have no capital in each word
        headline = rest[0].isupper() and len(rest) >= 20 and rest[-1] not in ".:,;"
    return Hit("phrase-headline", found.kind, found.why) if headline else None


def _fits_label(rest: str, kind: str, phrases: Phrases) -> bool:
    """Whether what follows a label is what it labels: names, a time, terms of up to six words; or anything."""
    if kind == "byline":
        return looks_like_names(rest)
    # an address behind "Video:" or "Source:" is a reference that the author gives
    if "://" in rest and kind in _POINTING:
        return False
    if kind in _POINTERS and goes_on_behind(rest):  # "Read also: Flood hits village. Residents fled on Monday."
        return False
    if kind == "related" and _SMALL_WORDS.match(rest) and rest[-1] in ".!":  # "Baca: huruf demi huruf, jangan lompat."
        return False
    if not rest or kind not in ("timestamp", "tags"):
        return True
    if kind == "timestamp":
        numbers, times, others = _count_time_words(_TIME_WORD.findall(normalise_wording(rest)), phrases)
        return numbers + times > 0 and others <= MOST_NAMES
    terms = _TERM_BREAK.split(rest)
    return rest[-1] not in "!?" and ". " not in rest and all(len(term.split()) <= 6 for term in terms)


def _count_hit(text: str, wording: str, phrases: Phrases) -> Hit | None:
    """A date or a number alone, or a number with a word of comments or shares: "12 Komentar"."""
    if wording == "0":  # every number is normalised to it
        if len(text) <= 12 and _FULL_DATE.search(text) and _YEAR.search(text):
            return Hit("timestamp", "timestamp", "a date alone", EDGE)
        # "- 6" is an item of a list
        return Hit("number", "pagination", "a number alone", BESIDE) if text[0] not in BULLETS else None
    if wording[0] != "0" and wording[-1] != "0":  # a number inside a line is part of what it says
        return None
    rest = wording
    if rest[-1] == "0" and rest[-2] in " (:|":
        rest = rest[:-1].rstrip(" (:|")
    if count := _COUNT.match(rest):
        rest = rest[count.end() :]
    found = phrases.whole(rest, "weak")
    if found and found.kind in ("comment", "share"):
        return Hit("phrase-count", found.kind, f"a number and {found.why}", EDGE)
    return None


def _dated_label_hit(text: str, phrases: Phrases) -> Hit | None:
    """A date glued to a label with what it labels: "2024-05-26 12:11来源：Desk作者：Name"."""
    dated = _DATED_LABEL.match(text) if text[0].isdigit() and not ends_sentence(text) else None
    found = phrases.entries["start"].get(dated["label"]) if dated else None
    signs = found is not None and found.kind in _SIGNING
    return Hit("timestamp", "timestamp", f"a date and {found.why}", EDGE) if found and signs else None


def _time_hit(text: str, wording: str, phrases: Phrases) -> Hit | None:
    """A line of numbers and words of time; where a full date stands, names may stand beside it."""
    # "— Téléfoot (@telefoot) June 1, 2018" signs an embedded post
    if "0" not in wording or len(text) > 120 or "(@" in text:
        return None
    words = _TIME_WORD.findall(wording)
    numbers, times, others = _count_time_words(words, phrases)
    if not numbers or others > MOST_NAMES:
        return None
    month = times > 0 and not phrases.words["month"].isdisjoint(words)
    # a year alone is part of many a subhead: "Sisa Libur 2024"
    full = _FULL_DATE.search(text) is not None or (month and _YEAR.search(text) is not None)
    if others and not full:  # names may stand beside a full date; beside a mere time any other word makes it a sentence
        return None
    if numbers == times == 1 and not others and len(text) <= 16:
        parts = wording.replace(".", " ").split()
        # "12 Juli": below the headline it is the date, further down it may be the subhead of a chronicle
        if len(parts) == 2 and "0" in parts and not phrases.words["month"].isdisjoint(parts):
            return Hit("timestamp", "timestamp", "a day and a month", HEAD)
    clocked = _DATE.search(text) is not None
    # "30 menit", "1 h 20 min" are the time that something takes; "5 menit lalu", "baca 5 menit" say more
    lasting = not (full or clocked or month) and times <= numbers and phrases.words["weekday"].isdisjoint(words)
    if not times + clocked or lasting:
        return None
    if not others and (times >= 2 or (times and numbers >= 2) or clocked):
        # without a year it may be the time of an event in a programme, so it needs another hit beside it, or a word of
        # publishing above the article
        where = EDGE if full else HEAD if says_published(text) else BESIDE
        return Hit("timestamp", "timestamp", "nothing but numbers and words of time", where)
    # "Harga Emas Antam Hari Ini, Rabu 14 Agustus 2024" is a headline: a writer has fewer names, or a time stands there
    if others >= 4 and not (_CLOCK.search(text) or "|" in text or " - " in text):
        return None
    # "Tanggal Merah Agustus 2024" names no day, so it is a subhead
    if full and (numbers >= 2 or _FULL_DATE.search(text)) and _only_names(text, phrases):
        return Hit("byline-date", "byline", "names and a date, nothing else", HEAD)
    return None


def _count_time_words(words: Sequence[str], phrases: Phrases) -> tuple[int, int, int]:
    """How many words of a normalised line are numbers, words of time, and others."""
    numbers, known = words.count("0"), phrases.times
    times = len([word for word in words if word in known])
    return numbers, times, len(words) - numbers - times


def _only_names(text: str, phrases: Phrases) -> bool:
    """Whether every word that is neither number nor time is a name, an address, or a word of bylines."""
    seen = False
    for word in text.replace("|", " ").replace("·", " ").split():
        bare = normalise_wording(word)
        if not bare or "@" in word or bare in phrases.times or bare in phrases.words["by"]:
            continue
        if bare[0] == "0":  # a date or a time, not "711：名無し：2005"
            if len(bare) > 12:
                return False
            continue
        # a label, or a word in small letters, makes it more than names
        first = word.lstrip("(“")[:1]
        # where letters have no case, a clock makes the line more than a sentence of words
        caseless = first.isalpha() and first.lower() == first.upper() and len(word) <= 12 and _CLOCK.search(text)
        if word[-1] in ":：" or not (first.isupper() or caseless):
            return False
        seen = True
    return seen and not ends_sentence(text.rstrip(")"))
