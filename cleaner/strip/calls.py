"""Lines that call on the reader (sign up, follow, share) or list what a site offers: told by two cues in one line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaner.judge.lines import ANY, BESIDE, EDGE, HEAD, Hit, ends_sentence
from cleaner.phrases.phrases import Phrases, normalise_wording

__all__ = ["calls", "may_call", "navigates"]

_PIECE = re.compile(r"\s*[:：|｜,·•、]\s*|\s+[-–—/]\s+")
_BAR = re.compile(r"\s*[|｜·•]\s*")
_CRUMB = re.compile(r" ?[>»›→] ?")
_SLASH = re.compile(r"\s+/\s+")
_CLAUSE = re.compile(r"[?!.:…？！。–—]\s*|,\s+")
_HASHTAGS = re.compile(r"#\w[\w.-]*(?:[\s,]+#\w[\w.-]*)*")
_ADDRESS = re.compile(r"[\w.+-]{1,60}@[\w-]{1,40}(?:\.[\w-]{1,20}){1,4}")
_SITE = re.compile(
    r"(?:www\.)?[\w-]{2,40}\.(?:com|net|org|info|co|news|id|my|de|at|ch|fr|it|es|pl|pt|br|tr|ru|vn|eu|tv)(?:\.\w{2})?",
    re.I,
)
_EXCERPT = re.compile(r"\[(?:…|\.{3})\].{20,}\[(?:…|\.{3})\]")
CALL = 170
"""Characters a call has at most: two short sentences."""
MENU_KINDS = frozenset(("nav", "footer", "login", "share", "comment", "app", "newsletter", "related", "promo"))


def may_call(text: str, phrases: Phrases) -> bool:
    """Whether a line of up to CALL characters holds a word of letters or channels."""
    if len(text) > CALL:
        return False
    low = text.casefold()
    return any(cue in low for cue in (phrases.plain_cues if low.isascii() else phrases.cues))


def calls(text: str, folded: str, phrases: Phrases, opens: bool) -> Hit | None:
    """The evidence of two cues in a line of up to 200 characters, or None."""
    if text[0] == "#" and _HASHTAGS.fullmatch(text):
        return Hit("hashtags", "tags", "hashtags and nothing else", EDGE)
    if "." in text and " " not in text and _SITE.fullmatch(text):
        return Hit("site-line", "nav", "a site's name alone", EDGE)
    if text[0] == "[" and _EXCERPT.fullmatch(text):
        return Hit("excerpt", "comment", "an excerpt between marks of omission, as other blogs leave it", BESIDE)
    if "@" in text and _ADDRESS.fullmatch(text.strip("()<>[] ")):
        return Hit("address-line", "byline", "an e-mail address alone", BESIDE)
    return (
        _sharing(text, folded, phrases) or _menu(text, phrases) or (_calling(text, folded, phrases) if opens else None)
    )


def _sharing(text: str, folded: str, phrases: Phrases) -> Hit | None:
    """A word of sharing and the names of networks."""
    if folded.partition(" ")[0] not in phrases.words["sharing"] or len(text) > 100:
        return None
    networks = phrases.words["network"]
    bare = [
        word for word in (normalise_wording(piece) or piece.strip(" .:,|").casefold() for piece in text.split()) if word
    ]
    named = [word for word in bare if word in networks]
    if not named or bare[-1] not in networks:
        return None
    head, *rest = [piece for piece in _PIECE.split(text) if piece.strip()]
    if rest:
        return _share(head) if all(_all_networks(piece, phrases) for piece in rest) and len(head.split()) <= 5 else None
    return _share(head) if len(named) >= 2 and len(bare) - len(named) <= 4 else None


def _share(head: str) -> Hit:
    return Hit("share-line", "share", f"{head[:40]!r} and names of networks")


def _all_networks(piece: str, phrases: Phrases) -> bool:
    words, known = piece.split(), phrases.words
    return bool(words) and all(
        word.casefold().strip(".,") in known["network"] or word.casefold() in known["joint"] for word in words
    )


def _menu(text: str, phrases: Phrases) -> Hit | None:
    """Known words of menus and footers between bars; a path of sections that begins with a known one."""
    if len(text) > 160:
        return None
    if "|" in text or (not text.isascii() and ("·" in text or "•" in text or "｜" in text)):
        pieces = _BAR.split(text)
        kinds = _kinds_of(pieces, phrases) if len(pieces) >= 2 and all(pieces) else []
        if len(kinds) >= 2:
            kind = next((k for k in kinds if k != "nav"), "nav")
            sure = len(kinds) > 2 and len(kinds) == len(pieces)
            return Hit("menu-line", kind, "known words of menus between bars", ANY if sure else EDGE)
    if " / " in text and text[-1] not in ".!?":
        pieces = _SLASH.split(text)
        first = phrases.any(normalise_wording(pieces[0]))
        if len(pieces) >= 2 and first is not None and first.kind == "nav" and max(map(len, pieces)) <= 60:
            return Hit("breadcrumb", "nav", "a path of sections", HEAD)
    return None


def _kinds_of(pieces: Sequence[str], phrases: Phrases) -> list[str]:
    """The kinds of the known words of menus among pieces; none when over a third is unknown, or one is long."""
    kinds, unknown = [], 0
    for piece in map(normalise_wording, pieces):
        found = phrases.any(piece) if 0 < len(piece) <= 40 else None
        if found is not None and found.kind in MENU_KINDS:
            kinds.append(found.kind)
            continue
        unknown += 1
        if unknown > len(pieces) // 3 or not 0 < len(piece) <= 40:
            return []
    return kinds


def navigates(text: str, folded: str) -> Hit | None:
    """Short items between bars, or a path of sections."""
    if (
        "|" in text
        and text.count("|") >= 4
        and text[0] != "|"
        and "0" not in folded
        and max(map(len, text.split("|"))) <= 24
    ):
        return Hit("nav-bar", "nav", "short items between bars", EDGE)
    if not (">" in text or "»" in text or "›" in text or "→" in text) or "«" in text or ends_sentence(text):
        return None
    crumbs = _CRUMB.split(text)
    if len(crumbs) >= 3 and all(crumbs) and len(crumbs[0]) <= 24 and len(crumbs[1]) <= 40:
        return Hit("breadcrumb", "nav", "a path of sections", HEAD)
    return None


def _calling(text: str, folded: str, phrases: Phrases) -> Hit | None:
    """ "Like this? Sign up for our newsletter.": a clause begins with joining, and a letter or channel is named."""
    if folded[0] == "0" or not may_call(text, phrases):
        return None
    known = phrases.words
    letter, channel = _holds(folded, known["letter"]), _holds(folded, known["channel"])
    if not (letter or channel):
        return None
    clauses = [normalise_wording(clause) for clause in _CLAUSE.split(text)]
    join = next((cue for clause in clauses for cue in known["joining"] if _begins(clause, cue)), "")
    if not join or text[0] in "\"“„«'‘-–—":
        return None
    kind = "newsletter" if letter else "promo"
    why = f"opens a clause with {join!r} and names {letter or channel!r}"
    return Hit("call", kind, why, ANY if _holds(folded, known["ours"]) else EDGE)


def _begins(clause: str, cue: str) -> bool:
    return clause.startswith(cue) and (len(clause) == len(cue) or clause[len(cue)] == " " or cue[-1] > "\u2e7f")


def _holds(folded: str, cues: frozenset[str]) -> str:
    """The first (in order of the alphabet) of the cues that stands in the line as a word, or ""."""
    padded = f" {folded.replace(',', ' ').replace(':', ' ').replace('.', ' ').replace('-', ' ')} "
    found = [cue for cue in cues if cue in padded and (cue[-1] > "\u2e7f" or _as_word(padded, cue))]
    return min(found, default="")


def _as_word(padded: str, cue: str) -> bool:
    at = padded.find(cue)
    return at > 0 and not padded[at - 1].isalnum()
