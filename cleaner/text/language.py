"""Which language a text is in, how sure that is, and which of its paragraphs are in another.

langid's model gives the first answer, in log-probabilities. Every frequent word and telling letter of a language that
the text holds then adds a fixed amount to that language (`language_words.py`), and the margin by which the best one
wins is turned into the share of such answers that are right (`languages/calibration.toml`).
"""

from __future__ import annotations

import functools
import math
import re
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.errors import MissingExtra, OptionError
from cleaner.text.language_model import load_model, raw_scores
from cleaner.text.language_words import Lexicon, load_lexicon, read_list, spaced

__all__ = ["Language", "answer_features", "foreign_paragraphs", "identify", "quick"]

HEAD, PIECE = 2000, 500
"""Bytes that are looked at: the head, and one piece each from the middle and the end."""

MIN_LETTERS = 10
"""Fewer bytes of letters than this are no evidence: 10 Latin letters, 5 Cyrillic, 4 Chinese."""

PER_WORD, PER_LETTER = 16.0, 8.0
"""Nats for a frequent word and a telling letter. Development sentences named right: 91.5 % with 8 nats a word, 92.9 %
with 16, 93.0 % with 20."""

UNKNOWN_BEHIND = 12.0
"""Nats by which a language that langid does not know starts behind those that langid takes it for: one word more
than they have is enough."""

LONG_PARAGRAPH = 80
"""Code points from which a paragraph can be in a language of its own; shorter ones go with the article."""

SURE = 0.9
"""Score from which a paragraph is foreign."""

RUN = 256
"""Texts that are judged in one go: 1 MB of counts and scores, however many paragraphs an article has."""

MERGED = {"no": "nb"}
"""Codes of a model that stand for the language of another of its codes."""

SMALL, CAPITAL = string.ascii_lowercase.encode(), string.ascii_uppercase.encode()

Scores = npt.NDArray[np.float64]
Features = tuple[float, ...]

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,255}")
_CODE = re.compile(r"```[^`]*```|`[^`\n]*`|<[^<>\n]*>")


@dataclass(frozen=True, slots=True)
class Language:
    """The language of a text.

    `code` is ISO 639-1 where there is one, else ISO 639-3; "zh-Hant" is Chinese in traditional characters, "und" is no
    evidence. `score` (0..1, 4 decimals) is the share of answers like this one that are right. `shares` are the
    languages of the paragraphs by characters, largest first, 4 decimals.
    """

    code: str
    score: float
    shares: tuple[tuple[str, float], ...] = ()


UNDETERMINED = Language("und", 0.0)


def quick(text: str) -> str:
    """The language of `text`, or "und"; cheap, for the choice of phrase lists before stripping.

    >>> quick("Harga beras di pasar itu sudah turun sejak pekan lalu karena panen raya.")
    'id'
    """
    return _judge([_evidence(text)], "langid")[0].code


def identify(texts: Sequence[str], *, model: str = "langid") -> list[Language]:
    """The language of each text. The answer for a text does not depend on the others.

    `model` is "langid" or "py3langid". OptionError for another, MissingExtra if py3langid is not installed.

    >>> [language.code for language in identify(["Wang itu sudah dihantar ke pejabat polis kerana kes ini.", "123"])]
    ['ms', 'und']
    """
    wholes = _judge([_evidence(text) for text in texts], model)
    paragraphs = [_own_language(text, whole.code, model) for text, whole in zip(texts, wholes, strict=True)]
    return [
        _with_shares(text, whole, foreign, model)
        for text, whole, foreign in zip(texts, wholes, paragraphs, strict=True)
    ]


def foreign_paragraphs(text: str, language: str) -> list[tuple[int, int, str]]:
    """`(start, end, code)` in code points of `text` for each paragraph that is surely not in `language`.

    A paragraph is a line; the span has no line end. Paragraphs under 80 characters are never foreign.

    >>> english = "The minister said on Monday that the price of rice had gone down again this week in most towns."
    >>> foreign_paragraphs("Hujan turun.\\n" + english, "id")
    [(13, 108, 'en')]
    """
    return _own_language(text, language, "langid")


class _Evidence(NamedTuple):
    data: bytes
    lower: str


def _evidence(text: str) -> _Evidence:
    """What of `text` speaks for a language: a sample without addresses and code, small letters if it shouts."""
    sample = _without_noise(_sample(text))
    lower = sample.lower()
    data = sample.encode("utf-8", "replace")
    if sample.isupper() or 4 * _count(data, SMALL) < _count(data, CAPITAL):
        data = lower.encode("utf-8", "replace")
    return _Evidence(data, lower)


def _count(data: bytes, letters: bytes) -> int:
    return len(data) - len(data.translate(None, letters))


def _sample(text: str) -> str:
    """The first 2,000 bytes and two pieces of 500 from middle and end, on letter boundaries."""
    if len(text) <= HEAD // 4:
        return text
    data = text.encode("utf-8", "replace")
    if len(data) <= HEAD + 2 * PIECE:
        return text
    middle = (HEAD + len(data) - PIECE) // 2
    pieces = data[:HEAD], data[middle : middle + PIECE], data[-PIECE:]
    return "\n".join(piece.decode("utf-8", "ignore") for piece in pieces)


def _without_noise(sample: str) -> str:
    """`sample` without web and mail addresses, tags and code."""
    if "@" in sample or "://" in sample or "www." in sample:
        sample = _ADDRESS.sub(" ", sample)
    if "`" in sample or "<" in sample:
        sample = _CODE.sub(" ", sample)
    if "{" in sample or ");" in sample:
        sample = "\n".join(line for line in sample.split("\n") if not line.rstrip().endswith((");", "{", "}", "};")))
    return sample


def _judge(evidence: Sequence[_Evidence], model: str) -> list[Language]:
    """The language of each sample, without shares."""
    constants = _back_end(model).constants
    return [
        Language(code, _calibrated(constants, row)) if row else UNDETERMINED for code, row in _answers(evidence, model)
    ]


def answer_features(texts: Sequence[str], *, model: str = "langid") -> list[tuple[str, Features]]:
    """For each text the code, and what its score is made of: the features of `languages/calibration.toml`.

    For `benchmarks/calibrate_language.py`. Of a text without evidence the code is "und", its features are zeros.
    """
    answers = _answers([_evidence(text) for text in texts], model)
    return [(code, row or (0.0,) * 5) for code, row in answers]


def _answers(evidence: Sequence[_Evidence], model: str) -> list[tuple[str, Features]]:
    back_end = _back_end(model)
    told = [_enough(item) and back_end.lexicon.knows_script(item.lower) for item in evidence]
    enough = [item for item, speaks in zip(evidence, told, strict=True) if speaks]
    runs = (enough[at : at + RUN] for at in range(0, len(enough), RUN))
    found = iter([answer for run in runs for answer in _second_look(run, back_end)])
    return [next(found) if speaks else ("und", ()) for speaks in told]


def _enough(item: _Evidence) -> bool:
    """Whether there are letters enough."""
    if _count(item.data, SMALL) >= MIN_LETTERS:
        return True
    letters = "".join(filter(str.isalpha, item.lower))
    return len(letters.encode("utf-8", "replace")) >= MIN_LETTERS


class _BackEnd(NamedTuple):
    lexicon: Lexicon
    scores: Callable[[Sequence[bytes]], Scores]
    constants: tuple[float, ...]
    names: tuple[str, ...]
    same: npt.NDArray[np.bool_]


@functools.cache
def _back_end(model: str) -> _BackEnd:
    constants = read_list("calibration").get(model, {}).get("constants")
    if constants is None:
        raise OptionError(f"There is no language model {model!r}; choose langid or py3langid.")
    if model == "py3langid":
        codes, scores = _load_py3langid()
    else:
        codes, scores = load_model().codes, raw_scores
    lexicon = load_lexicon(codes)
    names = tuple(MERGED.get(code, code) for code in lexicon.codes)
    same = np.array(names)[:, None] == np.array(names)
    return _BackEnd(lexicon, scores, tuple(constants), names, same)


def _load_py3langid() -> tuple[tuple[str, ...], Callable[[Sequence[bytes]], Scores]]:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        raise MissingExtra("py3langid", "lang", "--language-model py3langid") from None
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    codes = tuple(sorted(identifier.labels))

    def scores(texts: Sequence[bytes]) -> Scores:
        ranked = [dict(identifier.rank(text)) for text in texts]
        return np.array([[rank[code] for code in codes] for rank in ranked], dtype=np.float64).reshape(-1, len(codes))

    return codes, scores


def _second_look(evidence: Sequence[_Evidence], back_end: _BackEnd) -> list[tuple[str, Features]]:
    """The best language by the model and the words together, and the features of its score."""
    lexicon = back_end.lexicon
    split = [spaced(item.lower).split() for item in evidence]
    words = np.stack([lexicon.count_words(item) for item in split])
    letters = np.stack([lexicon.count_letters(item.lower) for item in evidence])
    scores = lexicon.start(back_end.scores([item.data for item in evidence]), UNKNOWN_BEHIND)
    scores += PER_WORD * words + PER_LETTER * letters
    best = scores.argmax(axis=1)
    first = scores.max(axis=1)
    scores[back_end.same[best]] = -np.inf
    margins = (first - scores.max(axis=1)).tolist()
    support = _at(words, best) / [len(item) or 1 for item in split] + _at(letters, best) / [
        len(e.lower) for e in evidence
    ]
    return [
        (back_end.names[place], _features(margins[i], float(support[i]), len(evidence[i].data)))
        for i, place in enumerate(best.tolist())
    ]


def _at(counts: Scores, best: npt.NDArray[np.intp]) -> Scores:
    return np.asarray(counts[np.arange(len(best)), best])


def _features(margin: float, support: float, size: int) -> Features:
    """Logs of the margin in nats and of the size in bytes; the share of words and letters on the language's list."""
    return 1.0, math.log1p(margin), math.log(size), support, float(support == 0)


def _calibrated(constants: tuple[float, ...], features: Features) -> float:
    x = sum(constant * feature for constant, feature in zip(constants, features, strict=True))
    return round(1 / (1 + math.exp(-x)), 4)


def _own_language(text: str, language: str, model: str) -> list[tuple[int, int, str]]:
    """Paragraphs that are surely in another language than `language`, with it."""
    if language == "und" or "\n" not in text:
        return []
    spans = list(_doubtful(text, language, _back_end(model)))
    found = _judge([_evidence(text[start:end]) for start, end in spans], model)
    return [
        (start, end, other.code)
        for (start, end), other in zip(spans, found, strict=True)
        if other.code not in ("und", language) and other.score >= SURE
    ]


def _doubtful(text: str, language: str, back_end: _BackEnd) -> Iterator[tuple[int, int]]:
    """Long paragraphs in which some language has more words than `language`, or none has any.

    The others need no look of their own.
    """
    lexicon = back_end.lexicon
    place = back_end.names.index(language) if language in back_end.names else -1
    start = 0
    for line in text.split("\n"):
        if len(line) >= LONG_PARAGRAPH:
            words = lexicon.count_words(spaced(line[:1000].lower()).split())
            if place < 0 or not words[place] or words[place] < words.max():
                yield start, start + len(line)
        start += len(line) + 1


def _with_shares(text: str, whole: Language, foreign: list[tuple[int, int, str]], model: str) -> Language:
    """`whole` with the languages of its paragraphs; if more of the text is in another language, that one."""
    if whole.code == "und":
        return whole
    sizes = {whole.code: len(text)}
    for start, end, code in foreign:
        sizes[whole.code] -= end - start
        sizes[code] = sizes.get(code, 0) + end - start
    shares = sorted(((code, size / len(text)) for code, size in sizes.items() if size), key=lambda s: (-s[1], s[0]))
    if shares[0][0] != whole.code:
        most = "\n".join(text[start:end] for start, end, code in foreign if code == shares[0][0])
        other = _judge([_evidence(most)], model)[0]
        whole = other if other.code == shares[0][0] else whole
    return Language(whole.code, whole.score, tuple((code, round(share, 4)) for code, share in shares))
