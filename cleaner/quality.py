"""Guards: check the quality of a clean text. They flag what people should look at, and drop what the options name.

Only `empty` and `too-short` drop an article without an option. FLAGS are always looked for, because they are cheap;
PRESETS are the quality rules of published corpora. The wordings of placeholders and teasers are in quality.toml,
cases and traps in tests/cases/quality/.
"""

from __future__ import annotations

import functools
import re
import string
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cleaner.article import Article, Drop
from cleaner.characters import BLANK
from cleaner.errors import OptionError
from cleaner.language.words import read_list
from cleaner.options import Options
from cleaner.tables import read_toml

__all__ = ["FLAGS", "PRESETS", "GuardResult", "check_guards", "filter_article"]

SHORT_PAGE = 1000
"""Most code points of a placeholder. A longer text holds an article as well, whatever one of its lines says."""

LINE_MARGIN = 60
"""Code points by which a line may be longer than the phrase with which it begins. A longer line is a sentence of an
article, such as one about error 404."""

UNSPACED_LANGUAGES = frozenset({"zh", "zh-Hant", "ja", "th", "lo", "km", "my", "bo", "dz"})
"""Languages written without spaces: rules about words do not apply."""

SENTENCE_END = re.compile(r"[.!?](?=[\s\"'”’»)\]]|$)|[。！？।॥؟۔։።]")
LINE_END = tuple(".!?\"'”’»)。！？」』।॥؟۔։።…")

Finding = tuple[str, str]
"""The name of a rule and what it measured, in words."""


@dataclass(frozen=True, slots=True)
class GuardResult:
    """The result of the guards: `drop` is the reason for dropping or "", `detail` its figures for people, and `flags`
    are the names of all findings."""

    drop: str
    detail: str
    flags: tuple[str, ...]


@dataclass(frozen=True)
class _Page:
    """A text as the rules see it. `before` is the text before stripping; `lines` are those of `text`, stripped of white
    space and without empty ones."""

    text: str
    language: str
    before: str
    lines: list[str]


def check_guards(
    text: str,
    *,
    language: str,
    flags: Sequence[str],
    guards: Sequence[str],
    min_chars: int,
    max_chars: int,
    before: str = "",
) -> GuardResult:
    """Judge one clean text. `before` is the text before stripping, whose last line may be an invitation to read on.

    `min_chars` and `max_chars` are code points without white space at the ends; `max_chars` 0 is no limit. `flags` of
    earlier steps come first in the result. `guards` are names of presets, or of flags that drop an article; another
    name raises OptionError. The reason of a preset's rule is `preset:rule`.

    >>> check_guards("Baca selengkapnya", language="id", flags=(), guards=("truncated",), min_chars=1, max_chars=0)
    GuardResult(drop='truncated', detail='the last line is "Baca selengkapnya"', flags=('truncated',))
    """
    for guard in guards:
        if guard not in PRESETS and guard not in FLAGS:
            raise OptionError(f"There is no guard {guard!r}; choose among {', '.join([*PRESETS, *FLAGS])}.")
    length = len(text.strip(BLANK))
    page = _Page(text, language, before, [line for line in map(str.strip, text.split("\n")) if line])
    found = dict(_find_flags(page)) if length else {}
    if not length:
        reason, detail = "empty", "nothing is left"
    elif length < min_chars:
        reason, detail = "too-short", f"{length} of at least {min_chars} characters"
    elif max_chars and length > max_chars:
        reason, detail = "too-long", f"{length} of at most {max_chars} characters"
    else:
        reason, detail = next(_broken_guards(page, found, guards), ("", ""))
    return GuardResult(reason, detail, tuple(dict.fromkeys((*flags, *found))))


def _broken_guards(page: _Page, found: dict[str, str], guards: Sequence[str]) -> Iterator[Finding]:
    """Yield what is wrong with a text, guard by guard in the order of the option."""
    for guard in guards:
        if guard in found:
            yield guard, found[guard]
        elif guard in PRESETS:
            yield from ((f"{guard}:{name}", detail) for name, detail in PRESETS[guard](page))


def filter_article(article: Article, options: Options) -> Drop | None:
    """Return a Drop for an article that the options leave out: no article, another language, or a doubtful one."""
    if options.articles_only and article.page_kind not in ("", "article"):
        return Drop(article.id, "not-an-article", f"the page is of the kind {article.page_kind}")
    # "zh" keeps "zh-Hant" as well.
    if options.language and not {article.language, article.language.partition("-")[0]} & set(options.language):
        return Drop(article.id, "language", f"{article.language} is not among {', '.join(options.language)}")
    if article.language_score < options.min_language_score:
        return Drop(article.id, "language-score", f"{article.language_score} is under {options.min_language_score}")
    return None


# --- flags ---

FLAGS = ("no-letters", "few-letters", "placeholder", "truncated", "repeated-lines")
"""The names of all flags. A flag drops an article only if its name is among the guards."""

_ASCII_LETTERS = string.ascii_letters.encode()
_NOT_LETTERS = re.compile(r"[\d!-/:-@\[-`{-~¡-¿×÷‐-⁞₠-⃏←-⯿\U0001f000-\U0001faff]+")


def _find_flags(page: _Page) -> Iterator[Finding]:
    """Yield the flags of a text that is not empty, each with what was seen, in words."""
    # Only digits, marks and pictures.
    if not any(map(str.isalpha, page.text)):
        yield "no-letters", "no letter in the text"
    # Tables, tickers and code: fewer than half of the visible characters are letters or marks that belong to letters.
    # A text with two thirds of ASCII letters is fine, and counting these costs a tenth of finding the other characters.
    data = page.text.encode("utf-8", "replace")
    if 3 * (len(data) - len(data.translate(None, _ASCII_LETTERS))) <= 2 * len(page.text):
        visible = sum(map(len, page.text.split()))
        other = sum(map(len, _NOT_LETTERS.findall(page.text)))
        if 2 * other > visible:
            yield "few-letters", f"{other} of {visible} characters are no letters"
    # A page in place of an article: not found, log in first, prove that you are no robot.
    if len(page.text) <= SHORT_PAGE and (line := _line_that_begins(page.lines, "placeholder", page.language)):
        yield "placeholder", f'a line reads "{line}"'
    # A text that ends with an ellipsis or an invitation to read on. The invitation may have been taken off with the
    # cruft, so the last line of the text before is looked at as well.
    last = page.lines[-1]
    before = page.before[-SHORT_PAGE:].rstrip().rpartition("\n")[2].strip()
    if last.rstrip(")]> ").endswith(("...", "…")):
        yield "truncated", f'the text ends with "{last[-20:]}"'
    elif line := _line_that_begins([last, before], "truncated", page.language):
        yield "truncated", f'the last line is "{line}"'
    # More than 30 % of the lines repeat an earlier line; the figure is Gopher's.
    repeated = len(page.lines) - len(set(page.lines))
    if repeated > 0.3 * len(page.lines):
        yield "repeated-lines", f"{repeated} of {len(page.lines)} lines are repeats"


@functools.cache
def _phrases(name: str, language: str) -> tuple[str, ...]:
    """Return the wordings of quality.toml in `language` and in English; in all languages where it is not known.

    English counts everywhere, because servers and content systems answer in it whatever a site is written in.
    """
    tables = read_toml("quality.toml")
    wanted = ("en", language.split("-")[0]) if language != "und" else tuple(tables)
    return tuple(phrase for code, table in tables.items() if code in wanted for phrase in table[name])


def _line_that_begins(lines: Sequence[str], name: str, language: str) -> str:
    """Return the first line that begins with a phrase of the list `name` and says little more, or ""."""
    phrases = _phrases(name, language)
    for line in lines:
        start = line.lower().lstrip("\"'“«»→>[( ")
        if start.startswith(phrases):
            longest = max(len(phrase) for phrase in phrases if start.startswith(phrase))
            if len(start) <= LINE_MARGIN + longest:
                return line
    return ""


# --- presets: each generator yields what it finds wrong with a text ---

BULLETS = ("-", "*", "•", "●", "○", "▪", "‣", "·", "–")
STOP_WORDS = 2
"""Frequent words of its language that a text must hold: Gopher's figure."""

TOP_GRAMS = {2: 0.20, 3: 0.18, 4: 0.16}
"""By n, the share of a text's characters that its most frequent n-gram may make up (Gopher, table A1)."""

REPEATED_GRAMS = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}
"""By n, the share of a text's characters that may be in n-grams which occurred before (Gopher, table A1)."""


def gopher_rules(page: _Page) -> Iterator[Finding]:
    """Apply the quality and repetition rules of Gopher (Rae et al. 2021, appendix A1.1, table A1).

    50 to 100,000 words; mean word length 3 to 10 (15 for other languages than English, which alone the original knows);
    at most 0.1 hashes or ellipses a word; at most 90 % of lines begin with a bullet, at most 30 % end with an ellipsis;
    80 % of words have a letter; two stop words, here frequent words of the text's own language. Then the shares of
    repeated lines, paragraphs and n-grams. Rules about words are left out for languages written without spaces.
    """
    spaced = page.language not in UNSPACED_LANGUAGES
    if spaced:
        yield from _gopher_words(page)
    bullets = sum(line.startswith(BULLETS) for line in page.lines)
    if bullets > 0.9 * len(page.lines):
        yield "bullets", f"{bullets} of {len(page.lines)} lines begin with a bullet"
    ellipses = sum(line.endswith(("...", "…")) for line in page.lines)
    if ellipses > 0.3 * len(page.lines):
        yield "ellipses", f"{ellipses} of {len(page.lines)} lines end with an ellipsis"
    for name, parts in (("line", page.lines), ("paragraph", re.split(r"\n\s*\n", page.text.strip()))):
        repeated = _repeats(parts)
        if len(repeated) > 0.3 * len(parts):
            yield f"repeated-{name}s", f"{len(repeated)} of {len(parts)} {name}s are repeats"
        if sum(map(len, repeated)) > 0.2 * len(page.text):
            yield f"repeated-{name}-characters", f"{sum(map(len, repeated))} of {len(page.text)} characters"
    if spaced:
        yield from _gopher_grams(page)


def _gopher_words(page: _Page) -> Iterator[Finding]:
    """Apply the rules about number, length and sort of words."""
    words = page.text.split()
    count = len(words)
    if not 50 <= count <= 100_000:
        yield "words", f"{count} words, not 50 to 100,000"
    length = sum(map(len, words)) / count
    longest = 10 if page.language == "en" else 15  # languages that join words have longer ones
    if not 3 <= length <= longest:
        yield "word-length", f"mean word length {length:.1f}, not 3 to {longest}"
    lettered = sum(any(map(str.isalpha, word)) for word in words)
    if lettered < 0.8 * count:
        yield "letters", f"{lettered} of {count} words have a letter"
    marks = page.text.count("#") + page.text.count("...") + page.text.count("…")
    if marks > 0.1 * count:
        yield "symbols", f"{marks} hashes and ellipses in {count} words"
    frequent = _frequent_words(page.language)
    stops = len(frequent & {word.lower().strip(".,;:!?\"'()") for word in words})
    if frequent and stops < STOP_WORDS:
        yield "stop-words", f"{stops} frequent words of the language, not {STOP_WORDS}"


def _gopher_grams(page: _Page) -> Iterator[Finding]:
    """Apply the rules about repeated groups of n words. All shares are of the characters of all words."""
    words = page.text.split()
    total = sum(map(len, words))
    # First the n-gram that makes up most characters of the text.
    for n, most in TOP_GRAMS.items():
        grams = Counter(zip(*(words[i:] for i in range(n)), strict=False))
        gram, times = max(grams.items(), key=lambda item: item[1] * sum(map(len, item[0])), default=((), 0))
        share = times * sum(map(len, gram)) / total if times > 1 else 0.0
        if share > most:
            yield f"top-{n}-gram", f'"{" ".join(gram)}" is {share:.0%} of the characters'
    # Then all n-grams that occurred before. They overlap, and each word counts once.
    for n, most in REPEATED_GRAMS.items():
        seen: set[tuple[str, ...]] = set()
        characters, counted = 0, 0  # words before number `counted` have been counted
        for i, gram in enumerate(zip(*(words[i:] for i in range(n)), strict=False)):
            if gram in seen:
                characters += sum(map(len, words[max(i, counted) : i + n]))
                counted = i + n
            seen.add(gram)
        if characters / total > most:
            yield f"repeated-{n}-grams", f"{characters / total:.0%} of the characters are in repeated {n}-grams"


def _repeats(parts: Sequence[str]) -> list[str]:
    """Return the parts that are equal to an earlier part."""
    seen: set[str] = set()
    return [part for part in parts if part in seen or seen.add(part)]  # type: ignore[func-returns-value]


@functools.cache
def _frequent_words(language: str) -> frozenset[str]:
    """Return the frequent words of a language; none where there is no list, and then the rule does not apply."""
    lists = [read_list(name) for name in ("germanic", "indonesia", "others", "romance", "scripts", "slavic")]
    tables = [table for one in lists for key, table in one.items() if language in key.split()]
    return frozenset(word for table in tables for word in table.get("words", "").split())


def c4_rules(page: _Page) -> Iterator[Finding]:
    """Apply the page rules of C4 (Raffel et al. 2020, section 2.2): under 3 sentences, `lorem ipsum`, a curly bracket.

    Sentence ends of other scripts count as well. C4's rules about single lines take text out and are not guards; its
    list of bad words is English and left out.
    """
    sentences = len(SENTENCE_END.findall(page.text))
    if sentences < 3:
        yield "sentences", f"{sentences} sentences, not 3"
    if "lorem ipsum" in page.text.lower():
        yield "lorem-ipsum", "the text has lorem ipsum"
    if "{" in page.text:
        yield "curly-bracket", "the text has a curly bracket"


def fineweb_rules(page: _Page) -> Iterator[Finding]:
    """Apply FineWeb's own rules (Penedo et al. 2024, section 3.6).

    At least 12 % of lines end with punctuation (of any script), at most 10 % of characters stand in repeated lines, at
    most 67 % of lines are shorter than 30 characters. FineWeb applies them after Gopher's and most of C4's: name those
    as well to have them.
    """
    ended = sum(line.endswith(LINE_END) for line in page.lines)
    if ended < 0.12 * len(page.lines):
        yield "line-ends", f"{ended} of {len(page.lines)} lines end with punctuation"
    repeated, characters = sum(map(len, _repeats(page.lines))), sum(map(len, page.lines))
    if repeated > 0.1 * characters:
        yield "repeated-lines", f"{repeated} of {characters} characters are in repeated lines"
    short = sum(len(line) < 30 for line in page.lines)
    # A line of 30 ideographs is a long one, so the rule would drop good text there.
    if page.language not in UNSPACED_LANGUAGES and short > 0.67 * len(page.lines):
        yield "short-lines", f"{short} of {len(page.lines)} lines have under 30 characters"


PRESETS: dict[str, Callable[[_Page], Iterator[Finding]]] = {
    "gopher": gopher_rules,
    "c4": c4_rules,
    "fineweb": fineweb_rules,
}
"""Presets by name. The first finding of a preset drops the text."""
