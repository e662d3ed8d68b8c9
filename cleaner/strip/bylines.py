"""Rules for a line that says who wrote the article, who supplied it, or who holds its rights: a byline, a newsroom, an
agency, initials or a credit in brackets, a notice of rights.

line_rules.py asks them behind the phrase lists; the vocabularies (`by`, `role`, `agency`, `particle`) are `[words]` in
cleaner/phrases/lists/*.toml, cases and traps stand in tests/cases/strip/.
"""

from __future__ import annotations

import re

from cleaner.characters import FULL_STOPS
from cleaner.judge.lines import EDGE, HEAD, Hit, ends_sentence, is_prose
from cleaner.phrases.phrases import Phrases, normalise_wording
from cleaner.strip.datelines import SITE

__all__ = ["address_hit", "agency_hit", "bracket_hit", "byline_hit", "looks_like_names", "newsroom_hit", "rights_hit"]

_HOLDER = re.compile(r"(?:0 ?[-–]? ?0?,? ?)?(?:©|®|\(c\)|copyright(?:s|ed)?\b)")
_RIGHTS = re.compile(r"all rights? reserved|hak cipta (?:terpelihara|dilindungi)")
_BEFORE_ADDRESS = re.compile(r"([^@]{2,60}?)[ (<|,–-]{1,3}[\w.+-]{2,60}@[\w-]{1,40}(?:\.[\w-]{1,20}){1,4}[)>]?$")
_CREDIT = re.compile(
    r"\((?:dok(?:umen(?:tasi)?)?|foto|photo|gambar|image|sumber|ist|istimewa)\b[^()]{0,80}\)$", re.IGNORECASE
)
_DESK = re.compile(r"[(\[][^\W\d_][^\W_]{0,5}(?:[/|,-][^\W\d_][^\W_]{0,5}){1,3}[)\]]|[(\[](?!toc)[^\W\d_A-Z]{2,4}[)\]]")


def looks_like_names(text: str) -> bool:
    """One to twelve words that are names, initials, marks between them, or an address: no sentence.

    >>> looks_like_names("A. Hernawan, Siti R."), looks_like_names("Apa kabar semua orang di sini?")
    (True, False)
    """
    if len(text) > 100 or text[-1:] in "?!":  # ten names have no more
        return False
    words = text.replace("/", " ").replace("|", " ").split()
    if not words:
        return True
    small = sum(1 for word in words if word[0].islower() and "@" not in word and "." not in word[:-1])
    # a full stop and a blank behind the first eight characters part sentences; before that they stand behind initials
    return len(words) <= 12 and small <= len(words) // 3 and ". " not in text.rstrip(".")[8:].replace(".,", "")[8:]


def byline_hit(text: str, wording: str, phrases: Phrases) -> Hit | None:
    """ "By Owen Hartnell, Harbour Ledger staff": the language's word, and two to eight words of names and roles."""
    if wording.partition(" ")[0].rstrip(":.,;") not in phrases.words["by"]:
        return None
    bare = text.lstrip("-–—•*( ").rstrip(") ")
    first, _, rest = bare.partition(" ")
    # longer lines that open with "by" are sentences
    if len(text) > 80 or not rest or not first[0].isalpha() or normalise_wording(first) not in phrases.words["by"]:
        return None
    why = f"opens with {first.casefold()} and goes on with "
    if normalise_wording(rest) in phrases.words["agency"]:
        return Hit("byline-by", "byline", f"{why}an agency", EDGE)
    words = rest.replace(",", " ").replace("/", " ").split()
    roles = phrases.words["role"]
    while words and not words[0][0].isupper() and normalise_wording(words[0]) in roles:
        words = words[1:]
    if not 2 <= len(words) <= 8 or not words[0][0].isupper() or ends_sentence(rest.rstrip(")")):
        return None
    # one capital alone is "By Monday evening the ..."
    if sum(1 for word in words if word[0].isupper()) < 2:
        return None
    if all(w[0].isupper() or w in phrases.words["particle"] or normalise_wording(w) in roles for w in words):
        return Hit("byline-by", "byline", f"{why}a name", EDGE)
    return None


def address_hit(text: str, phrases: Phrases) -> Hit | None:
    """ "김하늘 기자 sky@bada.example": a byline and the e-mail address of who writes."""
    named = _BEFORE_ADDRESS.match(text) if "@" in text else None
    if named is None:
        return None
    wording = normalise_wording(named[1])
    known = phrases.any(wording) if wording else None
    signs = (known is not None and known.kind == "byline") or byline_hit(named[1], wording, phrases) is not None
    return Hit("address-line", "byline", "a byline and an e-mail address", EDGE) if signs else None


def newsroom_hit(text: str, phrases: Phrases) -> Hit | None:
    """ "Sari Wening - Lintaskota.com": who writes, and the newsroom."""
    name, dash, desk = text.rpartition(" - ")
    agencies = phrases.words["agency"]
    if not dash or len(text) > 60 or not (normalise_wording(desk) in agencies or SITE.fullmatch(desk)):
        return None
    words = name.split()
    # one word before a dash is a label, and six are a headline
    if 2 <= len(words) <= 5 and all(word[0].isupper() or normalise_wording(word) in agencies for word in words):
        return Hit("byline-desk", "byline", "a name and a newsroom", HEAD)
    return None


def agency_hit(text: str, wording: str, phrases: Phrases) -> Hit | None:
    """A news agency alone. Of up to four letters it has to be in capitals or marked, or it is a word ("map", "spa")."""
    marked = text[0] in "-–—(" or text.isupper() or (len(wording) > 4 and not text.islower())
    marked = marked and text[0] not in "•▪*·>"  # an item of a list, a quoted line
    if marked and wording in phrases.words["agency"]:
        return Hit("agency-line", "sourcenote", "a news agency alone", EDGE)
    return None


def bracket_hit(text: str) -> Hit | None:
    """A line that ends with a bracket: initials, or a credit."""
    # "(Laporan dari Saketi)" in capitals may be a stage direction, so initials are short, small or parted by a slash
    short = "/" in text or text[1:2].islower() or len(text) < 12
    names = text[0] == "(" and text[-1] == ")" and short and "://" not in text
    if _DESK.fullmatch(text) or (names and looks_like_names(text[1:-1])):
        return Hit("initials-line", "initials", "initials in brackets on a line of their own", EDGE)
    if text[-1] == ")" and "://" not in text and (credit := _CREDIT.search(text)):
        # a paragraph whose source stands in brackets behind its sentence loses the brackets alone
        if is_prose(text) and text[: credit.start()].rstrip()[-1:] in FULL_STOPS:
            return None
        return Hit("credit", "caption", "ends with a credit in brackets", EDGE)
    return None


def rights_hit(wording: str) -> Hit | None:
    """A notice of rights: "© 2021 Lensa Kota", "All rights reserved". A bare "copyright" may open a sentence."""
    reserved = "reserved" in wording or "hak cipta" in wording
    if (reserved and _RIGHTS.search(wording)) or (
        (reserved or "0" in wording or wording[0] == "©") and _HOLDER.match(wording)
    ):
        return Hit("rights", "footer", "names the holder of rights", EDGE)
    return None
