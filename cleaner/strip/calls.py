"""Lines that call on the reader (sign up, follow, share) or list what a site offers: told by two cues in one line.

The words of the cues are data: `[words]` in cleaner/phrases/lists/*.toml. Traps and finds stand in tests/cases/strip/;
the rules are `share-line`, `menu-line`, `breadcrumb`, `nav-bar` and `call` in benchmarks/results/strip.md, "By rule".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cleaner.judge.lines import ANY, BESIDE, EDGE, HEAD, Hit, ends_sentence
from cleaner.phrases.clauses import any_of
from cleaner.phrases.phrases import Phrases, normalise_wording

__all__ = ["CALL", "call_hit", "first_cue", "is_spoken", "names_site", "navigation_hit", "post_line_hit"]

_ITEM_BREAK = re.compile(r"\s*[:：|｜,·•、]\s*|\s+[-–—/]\s+")
_BAR = re.compile(r"\s*[|｜·•]\s*")
_CRUMB_BREAK = re.compile(r" ?[>»›→] ?")
_POST_LINE = 120  # characters
_POST_BREAK = re.compile(r"\s*[|｜·•]\s*|\s+/\s+")
_SLASH = re.compile(r"\s+/\s+")
_CLAUSE_END = re.compile(r"[?!.:：…？！。–—]\s*|,\s+")
_HASHTAGS = re.compile(r"#(?!\d+\b)\w[\w.-]*(?:[\s,]+#\w[\w.-]*)*")
_QUOTES = '"“”„«»'
_SPOKEN = re.compile(rf"[{_QUOTES}] ?[^{_QUOTES}]+(?:[.!?…] ?[{_QUOTES}]|[{_QUOTES}][.!?])")
_ADDRESS = re.compile(r"[\w.+-]{1,60}@[\w-]{1,40}(?:\.[\w-]{1,20}){1,4}")
# Endings under which a line of one word is a site's name: fewer than those of a dateline (datelines.SITE), since no
# dash stands behind it, and countries of Europe and South America instead of Asia's.
_SITE = re.compile(
    r"(?:www\.)?[\w-]{2,40}\.(?:com|net|org|info|co|news|id|my|de|at|ch|fr|it|es|pl|pt|br|tr|ru|vn|eu|tv)(?:\.\w{2})?",
    re.I,
)
_URL = re.compile(r"(?:https?://|(?:[\w-]{1,40}\.){1,3}[a-z]{2,4}/)\S{4,300}")
_ICON = re.compile(r"(?:fa[srb]? )?(?:fa|icon|glyphicon|mdi|ion)(?:[-_][a-z0-9]+){1,4}")
_TEMPLATE_TAGS = re.compile(r"(?:\{%[^{}]*%\}\s*|\{\{[^{}]*\}\}\s*)+")
_TEXT_KEY = re.compile(r"[a-z][a-z0-9]*(?:\.[a-z][A-Za-z0-9]*)*\.[a-z]+(?:[A-Z][a-z0-9]+)+")
_DURATION = re.compile(r"P(?:\d+D)?T(?:\d+H)?(?:\d+M)?(?:\d+S)?")
_PLAYER = re.compile(r"0?0:00(?::00)? ?/ ?\d{1,2}:\d\d(?::\d\d)?")
_EXCERPT = re.compile(r"\[(?:…|\.{3})\].{20,}\[(?:…|\.{3})\]")

CALL = 170
"""The most characters of a call: two short sentences. A longer line is a paragraph, whatever it asks of the reader."""

ASIDE = 70
"""The most characters of a sentence that may stand before the call in its line, such as a question to the reader."""

LEAD = 28
"""The most characters before a colon and a call: "The teacher wrote on the board: sign up ..." leads to a quotation."""

LONGEST_WORD = 30
"""The most characters of a word in a row of buttons; what is longer is a sentence written without spaces."""

MENU_KINDS = frozenset(("nav", "footer", "login", "share", "comment", "app", "newsletter", "related", "promo"))
"""Kinds of what menus and footers offer."""

BEYOND_SPACES = "\u2e7f"
"""Cues that end with a later character (Han, kana, Hangul) need no blank behind them."""


def call_hit(text: str, wording: str, phrases: Phrases, opens: bool) -> Hit | None:
    """What calls on the reader or is no sentence at all, in a line of up to 200 characters.

    `opens` says that a clause in the line may open as calls do; see cleaner/phrases/clauses.py.
    """
    if text[0] == "#" and _HASHTAGS.fullmatch(text):
        return Hit("hashtags", "tags", "hashtags and nothing else", EDGE)
    if "." in text and " " not in text and _SITE.fullmatch(text):
        return Hit("site-line", "nav", "a site's name alone", EDGE)
    if text[0] == "[" and _EXCERPT.fullmatch(text):
        return Hit("excerpt", "comment", "an excerpt between marks of omission, as other blogs leave it", BESIDE)
    if "/" in text and "." in text and " " not in text and _URL.fullmatch(text):
        return Hit("raw-address", "nav", "an address alone", BESIDE)
    if raw := _raw_hit(text):
        return raw
    if "@" in text and _ADDRESS.fullmatch(text.strip("()<>[] ")):
        return Hit("address-line", "byline", "an e-mail address alone", BESIDE)
    return (
        _share_hit(text, wording, phrases)
        or _menu_hit(text, phrases)
        or (_clause_hit(text, wording, phrases) if opens or phrases.words["closing"] else None)
    )


def is_spoken(text: str) -> bool:
    """Whether a line is a sentence in quotation marks, which somebody says, whatever it calls for.

    >>> is_spoken("“Follow us, always!”"), is_spoken('"Advertisement"')
    (True, False)
    """
    return text[0] in _QUOTES and _SPOKEN.fullmatch(text) is not None


def _raw_hit(text: str) -> Hit | None:
    """What a template printed raw: names of icons, marks of templates, keys of texts, lengths and times of players."""
    if _ICON.fullmatch(text):
        return Hit("icon-name", "loading", "the name of an icon")
    if text[0] == "{" and _TEMPLATE_TAGS.fullmatch(text):  # an article on programs shows them as well
        return Hit("template-tags", "loading", "marks of a template and nothing else", BESIDE)
    if text[0] == "P" and len(text) <= 20 and _DURATION.fullmatch(text) and text[-1] != "T":
        return Hit("duration", "loading", "a length of time as machines write it")
    if text[0] == "0" and _PLAYER.fullmatch(text):
        return Hit("player-time", "video", "the time of a player that has not begun")
    if "." in text and " " not in text and _TEXT_KEY.fullmatch(text):
        return Hit("text-key", "loading", "the key of a text that was not found", BESIDE)
    return None


def _share_hit(text: str, wording: str, phrases: Phrases) -> Hit | None:
    """ "Bagikan: Facebook, X": a word of sharing opens the line, and it ends with names of networks."""
    first, networks = wording.partition(" ")[0], phrases.words["network"]
    opens = first in phrases.words["sharing"]
    if not (opens or first in networks) or len(text) > 160:
        return None
    joint = phrases.words["joint"]
    words = [w for w in (normalise_wording(part) or part.strip(" .:,|").casefold() for part in text.split()) if w]
    if any(len(word) > LONGEST_WORD for word in words):
        return None
    named = sum(1 for word in words if word in networks)
    if not opens:  # "Facebook Twitter Flipboard E-mail"
        row = named == len(words) >= 3 and "," not in text
        return Hit("share-line", "share", "names of networks and nothing else", EDGE) if row else None
    # "Share on Facebook Share on X Print"
    if named >= 2 and words.count(words[0]) >= 2 and not ends_sentence(text):
        return Hit("share-line", "share", f"{words[0]!r} more than once, and names of networks")
    # "Share this with Email Facebook Messenger X WhatsApp LinkedIn Copy this link"
    if named >= 4 and 2 * named >= len(words) and "," not in text and not ends_sentence(text):
        return Hit("share-line", "share", f"{words[0]!r} and names of networks in a row")
    if not named or words[-1] not in networks or len(text) > 100:
        return None
    head, *rest = [item for item in _ITEM_BREAK.split(text) if item.strip()]
    if rest:  # what follows the label are networks alone
        lowered = [word.casefold() for item in rest for word in item.split()]
        shared = len(head.split()) <= 5 and all(w.strip(".,") in networks or w in joint for w in lowered)
    else:  # "Share this on Facebook and X": without a mark, two networks and at most four other words; or small words
        plain = all(
            word in networks or word in joint for word in words[1:]
        )  # that only join: "Dela artikeln på Facebook"
        shared = (named >= 2 and len(words) - named <= 4) or plain
    return Hit("share-line", "share", f"{head[:40]!r} and names of networks") if shared else None


def _menu_hit(text: str, phrases: Phrases) -> Hit | None:
    """Known words of menus and footers between bars; a path of sections that begins with a known one."""
    if len(text) > 160:
        return None
    if "|" in text or "·" in text or "•" in text or "｜" in text:
        items = _BAR.split(text)
        kinds = _menu_kinds(items, phrases) if len(items) >= 2 and all(items) else []
        if len(kinds) >= 2:
            kind = next((k for k in kinds if k != "nav"), "nav")
            sure = len(kinds) > 2 and len(kinds) == len(items)  # two known words may be a list in an article
            return Hit("menu-line", kind, "known words of menus between bars", ANY if sure else EDGE)
    words = text.split() if text[0].isupper() and text[-1].isalnum() else []
    if len(words) >= 6 and 1 < len({*words}) <= len(words) // 2:
        # half of them name sections of sites; those of a chant do not ("Hidup Petani Hidup Petani")
        known = [phrases.any(word.casefold()) for word in words]
        if 2 * sum(phrase is not None and phrase.kind == "nav" for phrase in known) >= len(words):
            return Hit("repeated-words", "nav", "names of sections without the headlines that they stood above", EDGE)
    if " / " in text and text[-1] not in ".!?":
        items = _SLASH.split(text)
        first = phrases.any(normalise_wording(items[0]))
        if len(items) >= 2 and first is not None and first.kind == "nav" and max(map(len, items)) <= 60:
            return Hit("breadcrumb", "nav", "a path of sections", HEAD)
    return None


def _menu_kinds(items: Sequence[str], phrases: Phrases) -> list[str]:
    """The kinds of the known words of menus among items; none when over a third is unknown, or one is long."""
    kinds, unknown = [], 0
    for item in map(normalise_wording, items):
        found = phrases.any(item) if 0 < len(item) <= 40 else None
        if found is not None and found.kind in MENU_KINDS:
            kinds.append(found.kind)
            continue
        unknown += 1
        if unknown > len(items) // 3 or not 0 < len(item) <= 40:
            return []
    return kinds


def navigation_hit(text: str, wording: str) -> Hit | None:
    """Five or more short items between bars, or a path of sections: "Home > Daerah > Pesisir"."""
    # a line that opens with a bar is a row of a table, also where it is quoted, and so is one with numbers
    if (
        text.count("|") >= 4
        and text.lstrip("> ")[:1] != "|"
        and "0" not in wording
        and max(map(len, text.split("|"))) <= 24
    ):
        return Hit("nav-bar", "nav", "short items between bars", EDGE)
    if not (">" in text or "»" in text or "›" in text or "→" in text) or "«" in text or ends_sentence(text):
        return None
    crumbs = _CRUMB_BREAK.split(text)
    if len(crumbs) >= 3 and all(crumbs) and len(crumbs[0]) <= 24 and len(crumbs[1]) <= 40:
        return Hit("breadcrumb", "nav", "a path of sections", HEAD)
    return None


def post_line_hit(text: str, wording: str, phrases: Phrases) -> Hit | None:
    """What software of blogs writes below a headline: "by Admin | Jan 4, 2023 | Recipes | 0 comments". One part is a
    date, another one a count of comments or a byline."""
    if "0" not in wording or len(text) > _POST_LINE or len(parts := _POST_BREAK.split(text)) < 3:
        return None
    wordings = list(map(normalise_wording, parts))
    signed = [w for w in wordings if w.partition(" ")[0] in phrases.words["by"]]
    counted = [w for w in wordings if w[:1] == "0" and (found := phrases.any(w)) and found.kind == "comment"]
    if not (signed or counted) or not any(_is_day(w, phrases) for w in wordings):
        return None
    return Hit("post-line", "byline", f"a day, and {(signed or counted)[0]!r}, between bars", EDGE)


def _is_day(wording: str, phrases: Phrases) -> bool:
    """Whether a part of a line is a day: a month with two numbers, and nothing but words of time."""
    words = wording.replace(",", " ").replace(".", " ").replace(":", " ").split()
    named = not phrases.words["month"].isdisjoint(words)
    return named and words.count("0") >= 2 and all(word == "0" or word in phrases.times for word in words)


def _clause_hit(text: str, wording: str, phrases: Phrases) -> Hit | None:
    """ "Like this? Sign up for our newsletter.": a clause begins with joining, or the line ends with it where the verb
    comes last ("Haftalık bültenimize abone olun"), and a letter or channel is named."""
    if wording[0] == "0" or len(text) > CALL:
        return None
    known = phrases.words
    # what opens with a quote or a dash is somebody's speech
    if text[0] in "\"“„«'‘-–—" or not _names_what_to_join(phrases).search(
        _padded(wording).encode("utf-8", "surrogatepass")
    ):
        return None
    letter, channel = first_cue(wording, known["letter"]), first_cue(wording, known["channel"])
    if not (letter or channel):
        return None
    joins = (
        cue
        for clause in _clauses(text)
        for cue in sorted(known["joining"])  # a set has another order in each process, and the cue is logged
        if clause.startswith(cue) and (clause[len(cue) : len(cue) + 1] in ("", " ") or cue[-1] > BEYOND_SPACES)
    )
    join = next(joins, "") or next((cue for cue in sorted(known["closing"]) if wording.endswith(cue)), "")
    if not join:
        return None
    kind = "newsletter" if letter else "promo"
    why = f"asks to join with {join!r} and names {letter or channel!r}"
    # only where the site speaks of itself as well is it no advice that the article gives
    return Hit("call", kind, why, ANY if first_cue(wording, known["ours"]) else EDGE)


def _clauses(text: str) -> Iterator[str]:
    """The clauses of a line, normalised, with which a call may begin. Behind a longer sentence ("The ovens stay warm
    through the winter. Subscribe to our newsletter") the line is no call, and inside_lines.py takes the call alone."""
    at = 0
    for mark in _CLAUSE_END.finditer(text):
        yield normalise_wording(text[at : mark.start()])
        at = mark.end()
        if at > (LEAD if mark[0][0] in ":：" else ASIDE) and mark[0][0] in ".!?。！？…:：":
            return
    yield normalise_wording(text[at:])


def first_cue(wording: str, cues: frozenset[str]) -> str:
    """The first (in order of the alphabet) of the cues that stands in the line as the beginning of a word, or ""."""
    padded = _padded(wording)
    found = (cue for cue in cues if cue in padded)
    return min((c for c in found if c[-1] > BEYOND_SPACES or not padded[padded.find(c) - 1].isalnum()), default="")


def names_site(wording: str, phrases: Phrases) -> bool:
    """Whether a line names a network, a letter or channel, or what is the site's own ("our app"). Names of up to three
    letters are whole words, for "wa" opens "warga" and "waiting" as well."""
    networks = phrases.words["network"]
    if not networks.isdisjoint(_padded(wording).split()):
        return True
    long = frozenset(name for name in networks if len(name) > 3)
    return any(
        first_cue(wording, cues)
        for cues in (phrases.words["letter"], phrases.words["channel"], phrases.words["ours"], long)
    )


def _padded(wording: str) -> str:
    return f" {wording.replace(',', ' ').replace(':', ' ').replace('.', ' ').replace('-', ' ')} "


@lru_cache(64)
def _names_what_to_join(phrases: Phrases) -> re.Pattern[bytes]:
    """Fast path: what any name of a letter or channel matches, in a fifth of the time of asking for each."""
    return any_of(phrases.words["letter"] | phrases.words["channel"])
