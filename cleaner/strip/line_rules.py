"""What speaks against one line, looked at alone: a phrase, a label with its rest, a time, a right, a name."""

from __future__ import annotations

import re
from functools import lru_cache

from cleaner.judge.lines import ANY, BESIDE, EDGE, HEAD, SHORT, Hit, Line, ends_sentence
from cleaner.phrases.phrases import HEAD_LENGTH, Phrases, normalise_wording
from cleaner.strip.calls import calls, may_call, navigates
from cleaner.strip.datelines import SITE

__all__ = ["forget", "judge", "looks_like_headline", "looks_like_names", "time_share"]

SEPARATOR = re.compile(r"\s*[:：|｜»›>–—】]\s*|\s+[-/]\s+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_TIME_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+")
_HOLDER = re.compile(r"(?:0 ?[-–]? ?0?,? ?)?(?:©|®|\(c\)|copyright(?:s|ed)?\b)")
_RIGHTS = re.compile(r"all rights? reserved|hak cipta (?:terpelihara|dilindungi)")
_ENDMARK = re.compile(r"[\[(]? ?[*#=_~.■●◆□▪-]{0,6} ?[\])]?")
_CREDIT = re.compile(
    r"\((?:dok(?:umen(?:tasi)?)?|foto|photo|gambar|image|sumber|ist|istimewa)\b[^()]{0,80}\)$", re.IGNORECASE
)
_DESK = re.compile(r"[(\[][^\W\d_]{1,6}(?:[/|,-][^\W\d_]{1,6}){1,3}[)\]]")
_DATE = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}[./-]\d{1,2}[./-]\d{1,2}\b|\b\d{1,2}[:.h]\d{2}\b|\d{4}年\d{1,2}月"
)
_FULL_DATE = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\d{4}年\d{1,2}月")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_COUNT = re.compile(r"0 ?[km]? ")
_PLAIN = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ,.!?\"'" + bytes(
    (*range(0x80, 0xC2), *range(0xC3, 0xE2))
)
"""Bytes of letters and of marks that part no label and frame no credit; a line of nothing else has no shape."""
FURNITURE = 60
"""Lines of up to so many characters are those that sites repeat."""
KIND_WHERE = dict.fromkeys(
    (
        "byline",
        "caption",
        "sourcenote",
        "timestamp",
        "nav",
        "title",
        "footer",
        "video",
        "authorbio",
        "pagination",
        "app",
    ),
    EDGE,
)
"""Kinds whose labels authors use as well (a list of contacts, a table's source): only at the edges of an article."""


def judge(line: Line, phrases: Phrases) -> Hit | None:
    """The strongest evidence against `line`, or None. Lines above SHORT characters only by phrases of their head."""
    text = line.text
    if line.prose and _passes(text, phrases, line.opens):
        return None
    if len(text) > SHORT:
        found = phrases.line(normalise_wording(text)) if len(text) <= 3 * SHORT else None
        return Hit("phrase-line", found.kind, found.why) if found else None
    look = _judge_furniture if len(text) <= FURNITURE else _judge_short
    return look(text, phrases, line.opens)


@lru_cache(8192)
def _judge_furniture(text: str, phrases: Phrases, opens: bool) -> Hit | None:
    """`_judge_short`, remembered: the furniture of a site stands beside each of its articles."""
    return _judge_short(text, phrases, opens)


def forget() -> None:
    """Judge every line anew; for measuring."""
    _judge_furniture.cache_clear()


def _judge_short(text: str, phrases: Phrases, opens: bool) -> Hit | None:
    folded = normalise_wording(text)
    if not folded:
        return Hit("endmark", "endmark", "a mark alone", EDGE) if len(text) <= 6 and _ENDMARK.fullmatch(text) else None
    found = phrases.any(folded)
    if found is not None and found.array != "weak":
        rule, where = _RULES[found.array]
        sentence = text[-1] == "." and text[-2:] != ".." and found.array == "line" and folded.count(" ") < 3
        boxed = text[0] == "[" and text[-1] == "]"  # a template's mark, not a sentence
        if (found.slight or sentence) and found.array != "between":
            where = ANY if boxed else EDGE
        named = "{name}" in found.text and text[-1] == "."
        if boxed or (
            not named and not (found.slight and "{" in found.text and text[-1] != ")" and ends_sentence(text))
        ):
            return Hit(rule, found.kind, found.why, where or KIND_WHERE.get(found.kind, ANY))
    if found is None and not opens and _is_plain(text, folded, phrases):
        return None
    if hit := _labelled(text, folded, phrases) or calls(text, folded, phrases, opens):
        return hit
    if found is not None:
        return _rights(folded) or _agency(text, folded, phrases) or Hit("weak-in-tail", found.kind, found.why, BESIDE)
    numbered = folded[0] == "0" or folded[-1] == "0"
    return (_counted(text, folded, phrases) if numbered else None) or _shaped(text, folded, phrases)


def _is_plain(text: str, folded: str, phrases: Phrases) -> bool:
    """Whether nothing but letters in a line could speak against it, and its first words do not."""
    if text.encode("utf-8", "surrogatepass").translate(None, _PLAIN) or "0" in folded:
        return False
    words = folded.split(" ", 2)
    if words[0] in phrases.openers or "reserved" in folded or "cipta" in folded:
        return False
    if len(words) < 3:
        return (len(words) > 1 or "." not in folded) and folded not in phrases.words["agency"]
    return f"{words[0]} {words[1]}" not in phrases.entries["start"] and folded not in phrases.words["agency"]


_RULES = {
    "line": ("phrase-line", ""),
    "tail": ("phrase-line", ANY),
    "between": ("phrase-between", ANY),
    "edge": ("phrase-line", EDGE),
    "start": ("phrase-start", ""),
}


def _passes(text: str, phrases: Phrases, opens: bool) -> bool:
    """Whether a paragraph is cleared by its first characters alone: no phrase begins so, no label, no right."""
    opening = text[:HEAD_LENGTH].casefold() if text[0].isalpha() else normalise_wording(text[:40])[:HEAD_LENGTH]
    long = len(text) > SHORT
    heads = (phrases.long_heads if long else phrases.heads).get(opening)
    if len(opening) < HEAD_LENGTH or (heads and normalise_wording(text[:40]).startswith(heads)):
        return False
    if long:
        return True
    head = text[:60]
    if text[-1] == ")" or ":" in head or "|" in head or " - " in head:
        return False
    if "eserved" in text or "cipta" in text or (opens and may_call(text, phrases)):
        return False
    return text.isascii() or not ("：" in head or "–" in head or "—" in head or "»" in head or "©" in text)


def _counted(text: str, folded: str, phrases: Phrases) -> Hit | None:
    """A date or a number alone, or a number with a word of comments or shares."""
    if folded == "0":
        if len(text) <= 12 and _FULL_DATE.search(text) and _YEAR.search(text):
            return Hit("timestamp", "timestamp", "a date alone", EDGE)
        return Hit("number", "pagination", "a number alone", BESIDE)
    found = phrases.whole(_uncounted(folded), "weak")
    if found and found.kind in ("comment", "share"):
        return Hit("phrase-count", found.kind, f"a number and {found.why}", EDGE)
    return None


def _uncounted(folded: str) -> str:
    """A folded line without the number at its beginning or end."""
    if folded[-1] == "0" and folded[-2] in " (:|":
        folded = folded[:-1].rstrip(" (:|")
    return folded[head.end() :] if (head := _COUNT.match(folded)) else folded


def _labelled(text: str, folded: str, phrases: Phrases) -> Hit | None:
    """A line that opens with a label of `start`, followed by a separator or nothing."""
    if not phrases.may_label(folded):
        return None
    for cut in SEPARATOR.finditer(text, 0, 80) if _parted(text[:80]) else ():
        found = phrases.whole(normalise_wording(text[: cut.start()]), "start")
        if found:
            rest = text[cut.end() :]
            if found.kind == "byline" and not looks_like_names(rest):
                return None
            if not _fits(rest, found.kind, phrases):
                return None
            return Hit("phrase-start", found.kind, found.why, KIND_WHERE.get(found.kind, ANY))
    words = folded.split(" ", 2)
    if len(words) > 2:  # "Baca Juga Headline of Another Story": no separator, but a headline follows
        found = phrases.entries["start"].get(f"{words[0]} {words[1]}")
        if found and found.kind == "related" and _is_headline(text.split(None, 2)[-1], found.language):
            return Hit("phrase-headline", found.kind, found.why)
    return None


def _is_headline(rest: str, language: str) -> bool:
    """Whether what follows a label without a mark between is a headline; where those are not written with capitals in
    each word, one that begins with a capital and ends without a stop."""
    if language in ("en", "id", "ms"):
        return looks_like_headline(rest)
    return rest[0].isupper() and len(rest) >= 20 and rest[-1] not in ".:,;"


def _parted(head: str) -> bool:
    """Whether a mark of SEPARATOR stands there; told without a search by pattern, which costs ten times more."""
    if ":" in head or "|" in head or ">" in head or " - " in head or " / " in head:
        return True
    if head.isascii() and "\t" not in head:
        return False
    return "-" in head or "/" in head or any(mark in head for mark in "：｜»›–—】")


def _fits(rest: str, kind: str, phrases: Phrases) -> bool:
    """Whether what follows a label can be labelled so: a time after a time's label, terms after that of tags."""
    if not rest or kind not in ("timestamp", "tags"):
        return True
    if kind == "timestamp":
        numbers, times, others = time_share(normalise_wording(rest), phrases)
        return numbers + times > 0 and others <= 6
    terms = re.split(r"\s*[,;|/#·•、،]\s*", rest)
    return rest[-1] not in "!?" and ". " not in rest and all(len(term.split()) <= 6 for term in terms)


def looks_like_names(text: str) -> bool:
    """One to ten words that are names, initials, marks between them, or an address: no sentence.

    >>> looks_like_names("A. Hernawan, Siti R."), looks_like_names("Apa kabar semua orang di sini?")
    (True, False)
    """
    if len(text) > 100 or text[-1:] in "?!":
        return False
    words = text.replace("/", " ").replace("|", " ").split()
    if not words:
        return True
    small = sum(1 for word in words if word[0].islower() and "@" not in word and "." not in word[:-1])
    return len(words) <= 12 and small <= len(words) // 3 and ". " not in text.rstrip(".")[8:].replace(".,", "")[8:]


def looks_like_headline(text: str) -> bool:
    """Most words capitalised, no full stop at the end."""
    words = [w for w in text.split() if w[0].isalpha()]
    high = sum(1 for w in words if w[0].isupper())
    return text[-1:] not in ".," and len(words) >= 2 and words[0][0].isupper() and high >= 0.6 * len(words)


def time_share(folded: str, phrases: Phrases) -> tuple[int, int, int]:
    """How many words of a folded line are numbers, words of time, and others."""
    numbers = times = others = 0
    for word in _TIME_WORD.findall(folded):
        if word.isdigit():
            numbers += 1
        elif word in phrases.times:
            times += 1
        else:
            others += 1
    return numbers, times, others


def _shaped(text: str, folded: str, phrases: Phrases) -> Hit | None:
    """Evidence from the shape of a short line: a time, a right, a path, a credit, a name."""
    if "0" in folded and len(text) <= 120 and (hit := _timed(text, folded, phrases)):
        return hit
    if hit := _rights(folded):
        return hit
    return navigates(text, folded) or _named(text, phrases, folded)


def _rights(folded: str) -> Hit | None:
    told = "reserved" in folded or "hak cipta" in folded
    if (told and _RIGHTS.search(folded)) or ((told or "0" in folded or folded[0] == "©") and _HOLDER.match(folded)):
        return Hit("rights", "footer", "names the holder of rights", EDGE)
    return None


def _timed(text: str, folded: str, phrases: Phrases) -> Hit | None:
    if _is_wordy(text, folded, phrases):
        return None
    numbers, times, others = time_share(folded, phrases)
    if not numbers or others > 6:
        return None
    if numbers == 1 and times == 1 and not others and len(text) <= 16 and _is_day(folded, phrases):
        return Hit("timestamp", "timestamp", "a day and a month", HEAD)
    dated = _DATE.search(text) is not None
    if not times + dated:
        return None
    full = _FULL_DATE.search(text) is not None or _YEAR.search(text) is not None
    if not others and (times >= 2 or (times and numbers >= 2) or dated):
        return Hit("timestamp", "timestamp", "nothing but numbers and words of time", EDGE if full else BESIDE)
    if full and _only_names(text, phrases):
        return Hit("byline-date", "byline", "names and a date, nothing else", HEAD)
    return None


def _is_day(folded: str, phrases: Phrases) -> bool:
    words = folded.replace(".", " ").split()
    return len(words) == 2 and "0" in words and not phrases.words["month"].isdisjoint(words)


def _is_wordy(text: str, folded: str, phrases: Phrases) -> bool:
    """Whether more than six words, or one where no year and no full date stands, are surely none of time."""
    dated = "20" in text or "19" in text or "年" in text or max(map(text.count, "/.-")) > 1
    spare = 6 if dated else 0
    others = 0
    for word in folded.split():
        if word.isalpha() and word not in phrases.times:
            others += 1
            if others > spare:
                return True
    return False


def _named(text: str, phrases: Phrases, folded: str) -> Hit | None:
    if text[-1] in ")]" and (hit := _closed(text)):
        return hit
    if hit := _by_name(text, phrases, folded) or _of_desk(text, phrases):
        return hit
    return _agency(text, folded, phrases)


def _agency(text: str, folded: str, phrases: Phrases) -> Hit | None:
    marked = text[0] in "-–—(" or text.isupper() or len(folded) > 4
    if marked and folded in phrases.words["agency"]:
        return Hit("agency-line", "sourcenote", "a news agency alone", EDGE)
    return None


def _closed(text: str) -> Hit | None:
    """A line that ends with a bracket: initials, or a credit."""
    short = "/" in text or text[1:2].islower() or len(text) < 12
    if _DESK.fullmatch(text) or (text[0] == "(" and text[-1] == ")" and short and looks_like_names(text[1:-1])):
        return Hit("initials-line", "initials", "initials in brackets on a line of their own", EDGE)
    if text[-1] == ")" and _CREDIT.search(text):
        return Hit("credit", "caption", "ends with a credit in brackets", EDGE)
    return None


def _of_desk(text: str, phrases: Phrases) -> Hit | None:
    """ "Sari Wening - Lintaskota.com": who writes, and the newsroom."""
    name, dash, desk = text.rpartition(" - ")
    agencies = phrases.words["agency"]
    if not dash or len(text) > 60 or not (normalise_wording(desk) in agencies or SITE.fullmatch(desk)):
        return None
    words = name.split()
    if 2 <= len(words) <= 5 and all(word[0].isupper() or normalise_wording(word) in agencies for word in words):
        return Hit("byline-desk", "byline", "a name and a newsroom", HEAD)
    return None


_PARTICLES = frozenset(
    (
        *("de", "da", "do", "dos", "del", "della", "di", "la", "le", "van", "von", "der", "den", "bin", "binti", "al"),
        *("dan", "and", "und", "y", "e", "et", "en", "og", "och", "ve", "i", "&", "staff", "for", "the"),
    )
)
"""Small words in and between names."""


def _by_name(text: str, phrases: Phrases, folded: str) -> Hit | None:
    """ "By Owen Hartnell, Harbour Ledger staff": the language's word, and two to eight words of names and roles."""
    if folded.partition(" ")[0].rstrip(":.,;") not in phrases.words["by"]:
        return None
    bare = text.lstrip("-–—•*( ").rstrip(") ")
    first, _, rest = bare.partition(" ")
    if len(text) > 80 or not rest or not first[0].isalpha() or normalise_wording(first) not in phrases.words["by"]:
        return None
    if normalise_wording(rest) in phrases.words["agency"]:
        return Hit("byline-by", "byline", f"opens with {first.casefold()} and goes on with an agency", EDGE)
    words = rest.replace(",", " ").replace("/", " ").split()
    roles = phrases.words["role"]
    while words and not words[0][0].isupper() and normalise_wording(words[0]) in roles:
        words = words[1:]
    if not words or not 2 <= len(words) <= 8 or ends_sentence(rest.rstrip(")")):
        return None
    high = sum(1 for word in words if word[0].isupper())
    if high < 2 or not words[0][0].isupper():
        return None
    if all(w[0].isupper() or w in _PARTICLES or normalise_wording(w) in roles for w in words):
        return Hit("byline-by", "byline", f"opens with {first.casefold()} and goes on with a name", EDGE)
    return None


def _only_names(text: str, phrases: Phrases) -> bool:
    """Whether every word that is neither number nor time is a name, an address, or a word of bylines."""
    seen = False
    for word in text.replace("|", " ").replace("·", " ").split():
        bare = normalise_wording(word)
        if (
            not bare
            or bare[0] == "0"
            or "@" in word
            or any(bare in phrases.words[w] for w in ("month", "weekday", "clock", "by"))
        ):
            continue
        if word[-1] == ":" or not word.lstrip("(“")[:1].isupper():
            return False
        seen = True
    return seen and not ends_sentence(text.rstrip(")"))
