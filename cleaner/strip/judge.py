"""What speaks against one line, looked at alone: a phrase, a label with its rest, a time, a right, a name."""

from __future__ import annotations

import re

from cleaner.strip.lines import ANY, BESIDE, EDGE, HEAD, SHORT, Hit, Line, ends_sentence
from cleaner.strip.phrases import Phrases, fold

__all__ = ["judge", "looks_like_headline", "looks_like_names", "time_share"]

SEPARATOR = re.compile(r"\s*[:|»›>–—]\s*|\s+[-/]\s+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_TIME_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+")
_RIGHTS = re.compile(r"(?:0 ?[-–]? ?0?,? ?)?(?:©|®|\(c\)|copyright(?:s|ed)?\b)|.*(?:all rights? reserved|hak cipta (?:terpelihara|dilindungi))")
_ENDMARK = re.compile(r"[\[(]? ?[*#=_~.■●◆□▪-]{0,6} ?[\])]?")
_CREDIT = re.compile(r"\((?:dok(?:umen(?:tasi)?)?|foto|photo|gambar|image|sumber|ist|istimewa)\b[^()]{0,80}\)$", re.IGNORECASE)
_DATE = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}[./-]\d{1,2}[./-]\d{1,2}\b|\b\d{1,2}[:.h]\d{2}\b|\d{4}年\d{1,2}月"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
KIND_WHERE = {"byline": EDGE, "tags": ANY, "caption": EDGE, "sourcenote": EDGE, "timestamp": EDGE, "nav": EDGE, "title": EDGE, "footer": EDGE, "video": EDGE, "authorbio": EDGE, "pagination": EDGE}


def judge(line: Line, phrases: Phrases) -> Hit | None:
    """The strongest evidence against `line`, or None. Lines above SHORT characters only by phrases of their head."""
    text = line.text
    if len(text) > SHORT:
        return _long(text, phrases)
    folded = line.folded
    if not folded:
        return Hit("endmark", "endmark", "a mark alone", EDGE) if len(text) <= 6 and _ENDMARK.fullmatch(text) else None
    if found := phrases.line(folded):
        return Hit("phrase-line", found.kind, found.why)
    if found := phrases.whole(folded, "between"):
        return Hit("phrase-between", found.kind, found.why)
    if hit := _labelled(text, folded, phrases):
        return hit
    if found := phrases.whole(folded, "weak"):
        return Hit("weak-in-tail", found.kind, found.why, BESIDE)
    if folded == "0":
        return Hit("number", "pagination", "a number alone", BESIDE)
    return _shaped(text, folded, phrases)


def _long(text: str, phrases: Phrases) -> Hit | None:
    if len(text) > 2 * SHORT or text[:3].casefold() not in phrases.heads:
        return None
    found = phrases.line(fold(text))
    return Hit("phrase-line", found.kind, found.why) if found else None


def _labelled(text: str, folded: str, phrases: Phrases) -> Hit | None:
    """A line that opens with a label of `start`, followed by a separator or nothing."""
    if found := phrases.whole(folded, "start"):
        return Hit("phrase-start", found.kind, found.why, KIND_WHERE.get(found.kind, ANY))
    for cut in SEPARATOR.finditer(text, 0, 80):
        found = phrases.whole(fold(text[: cut.start()]), "start")
        if found:
            rest = text[cut.end() :]
            if found.kind == "byline" and not looks_like_names(rest):
                return None
            return Hit("phrase-start", found.kind, found.why, KIND_WHERE.get(found.kind, ANY))
    words = folded.split(" ", 3)
    for n in (2, 1):  # "Baca Juga Headline of Another Story": no separator, but a headline follows
        found = phrases.whole(" ".join(words[:n]), "start")
        if found and found.kind == "related" and n == 2 and len(words) > 2:
            if looks_like_headline(text.split(None, 2)[-1]):
                return Hit("phrase-headline", found.kind, found.why)
    return None


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
    words = phrases.words
    for word in _TIME_WORD.findall(folded):
        if word.isdigit():
            numbers += 1
        elif word in words["month"] or word in words["weekday"] or word in words["clock"]:
            times += 1
        else:
            others += 1
    return numbers, times, others


def _shaped(text: str, folded: str, phrases: Phrases) -> Hit | None:
    """Evidence from the shape of a short line: a time, a name with a time, a right, a credit."""
    if len(text) <= 120 and ("0" in folded):
        numbers, times, others = time_share(folded, phrases)
        dated = _DATE.search(text) is not None
        full = dated or _YEAR.search(text) is not None
        if numbers and not others and (times >= 2 or (times and numbers >= 2) or dated):
            return Hit("timestamp", "timestamp", "nothing but numbers and words of time", EDGE if full else BESIDE)
        if numbers and others <= 6 and full and times + dated and _only_names(text, phrases):
            return Hit("byline-date", "byline", "names and a date, nothing else", HEAD)
    if _RIGHTS.match(folded) and ("0" in folded or "reserved" in folded or "hak cipta" in folded):
        return Hit("rights", "footer", "names the holder of rights", EDGE)
    if text[0] == "(" and text[-1] == ")" and looks_like_names(text[1:-1]) and ("/" in text or text[1:2].islower() or len(text) < 12):
        return Hit("initials-line", "initials", "initials in brackets on a line of their own", EDGE)
    if text.count("|") >= 4 and text[0] != "|" and "0" not in folded and max(map(len, text.split("|"))) <= 24:
        return Hit("nav-bar", "nav", "short items between bars", EDGE)
    if _CREDIT.search(text):
        return Hit("credit", "caption", "ends with a credit in brackets", EDGE)
    first, _, rest = folded.partition(" ")
    if rest and first in phrases.words["by"] and len(text) <= 80 and _capitalised(text.split(None, 1)[1]) and not ends_sentence(text.rstrip(".")):
        return Hit("byline-by", "byline", f"opens with {first} and goes on with a name", EDGE)
    bare = text.lstrip("-–—( ").rstrip(") ")
    if bare is not text and fold(bare) in phrases.words["agency"]:
        return Hit("agency-line", "sourcenote", "a news agency alone", EDGE)
    return None


def _capitalised(text: str) -> bool:
    words = [w for w in text.split() if w[0].isalpha()]
    return 1 <= len(words) <= 8 and sum(w[0].isupper() or len(w) <= 3 for w in words) == len(words) and words[0][0].isupper()


def _only_names(text: str, phrases: Phrases) -> bool:
    """Whether every word that is neither number nor time is a name, an address, or a word of bylines."""
    seen = False
    for word in text.replace("|", " ").replace("·", " ").split():
        bare = fold(word)
        if not bare or bare[0] == "0" or "@" in word or any(bare in phrases.words[w] for w in ("month", "weekday", "clock", "by")):
            continue
        if not word.lstrip("(“")[:1].isupper():
            return False
        seen = True
    return seen and not ends_sentence(text.rstrip(")"))
