"""Identify the language of a text, how sure that is, and which of its paragraphs are in another language.

Each language has a list of its frequent words (`words.py`), and these decide where they leave no doubt. Otherwise
langid's model gives log-probabilities, and every listed word and letter of a language adds a fixed amount to its score.
The margin by which the best language wins is turned into the share of such answers that are right
(`lists/calibration.toml`). Accuracy beside other identifiers: benchmarks/results/language.md.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.errors import MissingExtra, OptionError
from cleaner.language.evidence import GLANCE, LanguageEvidence, Sample, gather_evidence, take_sample
from cleaner.language.malay import SIDES, leanings, malay_odds
from cleaner.language.model import load_model, raw_scores
from cleaner.language.words import PARTS, Lexicon, load_lexicon, read_list, spaced

__all__ = ["Language", "foreign_paragraphs", "identify", "quick_language", "quick_languages"]

PER_WORD, PER_LETTER = 16.0, 8.0
"""Nats for a frequent word and a telling letter. Development sentences named right: 91.5 % with 8 nats a word, 92.9 %
with 16, 93.0 % with 20."""

UNKNOWN_BEHIND = 12.0
"""Nats by which a language that langid does not know starts behind the languages that langid takes it for. One word
more than these have makes up for it."""

AHEAD, LISTED = 3.0, 0.15
"""Words alone decide if one language has this many more of them than any other, and at least this share of the text's
words: of 20,000 labelled texts just as many are right as with the model, at a tenth of the CPU."""

READ = 3000
"""Code points in which words are counted where the words of the first 500 leave a doubt."""

AT_HOME = 0.3
"""Share of listed words from which a paragraph is surely in the language of the article."""

SURE = 0.9
"""Score from which a paragraph is foreign: of answers with that score 99.2 % are right."""

MODEL_BATCH = 256
"""Texts that are judged in one go: 1 MB of counts and scores, however many paragraphs an article has."""

Scores = npt.NDArray[np.float64]
Features = tuple[float, ...]
Span = tuple[int, int, str]


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


class Answer(NamedTuple):
    """A code, and the features from which its score is calculated by the constants of `lists/calibration.toml`.

    `way` says who answered, and so which constants hold: "words", "pair" (Indonesian or Malay), or the name of the
    model. Without evidence the code is "und", and there are no features.
    """

    code: str
    way: str = ""
    features: Features = ()


def quick_language(text: str) -> str:
    """Return the language of the beginning of `text`, or "und". It is cheap, for the choice of phrase lists.

    >>> quick_language("Harga beras di pasar itu sudah turun sejak pekan lalu karena panen raya.")
    'id'
    """
    return quick_languages([text])[0]


def quick_languages(texts: Sequence[str]) -> list[str]:
    """Return the `quick_language` of each text. A text that needs the model costs .1 ms, and .3 ms alone."""
    back_end = _load_back_end("langid")
    lexicon = back_end.lexicon
    by_words = _by_words([gather_evidence(text[:GLANCE], lexicon) for text in texts], lexicon)
    doubtful = [text for text, answer in zip(texts, by_words, strict=True) if answer is None]
    others = iter(_answers([gather_evidence(text[:READ], lexicon) for text in doubtful], back_end))
    return [(answer or next(others)).code for answer in by_words]


def identify(texts: Sequence[str], *, model: str = "langid") -> list[Language]:
    """Return the language of each text. The answer for a text does not depend on the others.

    `model` is "langid", "py3langid", or "none", for which every text is undetermined. Raises OptionError for another,
    MissingExtra if py3langid is not installed.

    >>> [language.code for language in identify(["Wang itu sudah dihantar ke pejabat polis kerana kes ini.", "123"])]
    ['ms', 'und']
    """
    if model == "none":
        return [UNDETERMINED] * len(texts)
    back_end = _load_back_end(model)
    given = [gather_evidence(text, back_end.lexicon) for text in texts]
    found = _judge(given, back_end)
    foreign = _foreign_spans(given, [language.code for language in found], back_end)
    return [_with_shares(*of_text, back_end) for of_text in zip(texts, found, foreign, strict=True)]


def foreign_paragraphs(text: str, language: str) -> list[Span]:
    """Return `(start, end, code)` in code points of `text` for each paragraph that is surely not in `language`.

    A paragraph is a line; the span has no line end. Paragraphs under 80 characters are never foreign.

    >>> english = "The minister said on Monday that the price of rice had gone down again this week in most towns."
    >>> foreign_paragraphs("Hujan turun.\\n" + english, "id")
    [(13, 108, 'en')]
    """
    back_end = _load_back_end("langid")
    return _foreign_spans([gather_evidence(text, back_end.lexicon)], [language], back_end)[0]


class _BackEnd(NamedTuple):
    """A model by name, its lexicon, a function that scores n samples, shape (n, codes) in nats, and the constants by
    which its scores are calibrated."""

    model: str
    lexicon: Lexicon
    scores: Callable[[Sequence[bytes]], Scores]
    constants: dict[str, tuple[float, ...]]


@functools.cache
def _load_back_end(model: str) -> _BackEnd:
    """Return the back end of this name, loaded once in a process: the lexicon and the model take .03 s."""
    constants = {way: tuple(table["constants"]) for way, table in read_list("calibration").items()}
    if model == "py3langid":
        codes, scores = _load_py3langid()
    elif model == "langid":
        codes, scores = load_model().codes, raw_scores
    else:
        raise OptionError(f"There is no language model {model!r}; choose langid or py3langid.")
    return _BackEnd(model, load_lexicon(codes), scores, constants)


def _load_py3langid() -> tuple[tuple[str, ...], Callable[[Sequence[bytes]], Scores]]:
    """Return the codes of py3langid's model, and a function that scores samples by it."""
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


def _judge(given: Sequence[LanguageEvidence], back_end: _BackEnd) -> list[Language]:
    """Return the language of each text with its calibrated score, and without the shares of its paragraphs."""
    found = []
    for code, way, features in _answers(given, back_end):
        if not way:
            found.append(UNDETERMINED)
            continue
        # A logistic regression over the features gives the share of such answers that are right.
        x = sum(constant * feature for constant, feature in zip(back_end.constants[way], features, strict=True))
        found.append(Language(code, round(1 / (1 + math.exp(-x)), 4)))
    return found


def _answers(given: Sequence[LanguageEvidence], back_end: _BackEnd) -> list[Answer]:
    """Answer by the words of the beginning if they decide, else by those of more text, else by the model."""
    lexicon = back_end.lexicon
    read = list(given)
    answers = _by_words(read, lexicon)
    further = [i for i, answer in enumerate(answers) if answer is None and len(given[i].text) > GLANCE]
    for i in further:
        read[i] = gather_evidence(given[i].text[:READ], lexicon, READ)
    for i, answer in zip(further, _by_words([read[i] for i in further], lexicon), strict=True):
        answers[i] = answer
    # The number of a text, and what the model is shown.
    doubtful: list[tuple[int, Sample]] = []
    for i, answer in enumerate(answers):
        if answer is None and (some := take_sample(given[i].text)).is_evidence(lexicon):
            doubtful.append((i, some))
    for first in range(0, len(doubtful), MODEL_BATCH):
        batch = doubtful[first : first + MODEL_BATCH]
        by_model = _by_model([some for _, some in batch], [read[i] for i, _ in batch], back_end)
        for (i, _), answer in zip(batch, by_model, strict=True):
            answers[i] = answer
    return [answer or Answer("und") for answer in answers]


def _by_words(given: Sequence[LanguageEvidence], lexicon: Lexicon) -> list[Answer | None]:
    """Return for each text the language that its words alone decide for; None where they leave a doubt."""
    answers: list[Answer | None] = []
    for start in range(0, len(given), MODEL_BATCH):
        batch = given[start : start + MODEL_BATCH]
        counts = lexicon.table([item.votes for item in batch])
        rows = np.arange(len(batch))
        places = counts.argmax(axis=1)
        first = counts[rows, places]
        counts[rows, places] = 0  # so that the greatest number left is that of the second language
        margins = first - counts.max(axis=1)
        shares = first / [item.words or 1 for item in batch]
        answers += [
            Answer(lexicon.languages[place], "words", (1.0, math.log(margin), math.log(item.words), share))
            if margin >= AHEAD and share >= LISTED
            else None
            for item, place, margin, share in zip(batch, places, margins.tolist(), shares.tolist(), strict=True)
        ]
    return answers


def _by_model(samples: Sequence[Sample], given: Sequence[LanguageEvidence], back_end: _BackEnd) -> list[Answer]:
    """Return the best language by model, words and letters together, and the features of its score."""
    lexicon = back_end.lexicon
    counts = lexicon.table([item.votes for item in given])
    letters = lexicon.table([lexicon.count_letters(some.lower) for some in samples])
    model_scores = back_end.scores([some.data for some in samples])
    scores = lexicon.start(model_scores, UNKNOWN_BEHIND)
    scores += (PER_WORD * counts + PER_LETTER * letters)[:, lexicon.places]
    # The best language of each text, and how far ahead of the others it is.
    rows = np.arange(len(samples))
    best = scores.argmax(axis=1)
    places = lexicon.places[best]
    first = scores[rows, best]
    # The margin is to the best of the other languages. Indonesian and Malay are no rivals here: whichever of the two is
    # ahead, the second look decides between them, and the margin is that of both before all others.
    indonesian, malay = (lexicon.languages.index(side) for side in SIDES)
    is_pair = (places == indonesian) | (places == malay)
    scores[lexicon.places == places[:, None]] = -np.inf
    scores[is_pair[:, None] & ((lexicon.places == indonesian) | (lexicon.places == malay))] = -np.inf
    margins = (first - scores.max(axis=1)).tolist()
    # The share of words and letters that support the best language; where it is 0, only the model does.
    sizes = [len(some.lower) for some in samples]
    support = (counts[rows, places] / [item.words or 1 for item in given] + letters[rows, places] / sizes).tolist()
    leaning = leanings(model_scores, lexicon.codes)
    answers = []
    for i, (some, margin, share) in enumerate(zip(samples, margins, support, strict=True)):
        size = math.log(len(some.data))
        if is_pair[i]:
            odds = malay_odds(spaced(some.lower).split(), leaning[i], back_end.model)
            answers.append(Answer(SIDES[int(odds > 0)], "pair", (1.0, abs(odds), math.log1p(margin), size)))
        else:
            features = (1.0, math.log1p(margin), size, share, float(share == 0))
            answers.append(Answer(lexicon.languages[places[i]], back_end.model, features))
    return answers


def _foreign_spans(given: Sequence[LanguageEvidence], languages: Sequence[str], back_end: _BackEnd) -> list[list[Span]]:
    """Return for each text its paragraphs that are surely in another language than its own."""
    lexicon = back_end.lexicon
    # A long line needs a look of its own if it has few words of the language, and some language has more of them or
    # none has any. That spares nearly every line of an article in one language.
    doubtful: list[tuple[int, int, int]] = []
    for i, (item, language) in enumerate(zip(given, languages, strict=True)):
        if language == "und" or "\n" not in item.text:
            continue
        place = lexicon.languages.index(language) if language in lexicon.languages else None
        for start, end, votes, words in item.lines:
            own = 0 if place is None else lexicon.votes_for(votes, place)
            if own < AT_HOME * PARTS * words and (own == 0 or own < max(lexicon.row(votes))):
                doubtful.append((i, start, end))
    # All such lines go to the model together, since it is fastest in batches.
    lines = [gather_evidence(given[i].text[start:end], lexicon) for i, start, end in doubtful]
    foreign: list[list[Span]] = [[] for _ in given]
    for (i, start, end), found in zip(doubtful, _judge(lines, back_end), strict=True):
        if found.code not in ("und", languages[i]) and found.score >= SURE:
            foreign[i].append((start, end, found.code))
    return foreign


def _with_shares(text: str, whole: Language, foreign: list[Span], back_end: _BackEnd) -> Language:
    """Return `whole` with the shares of all languages of the text; if another has the largest share, that one."""
    if whole.code == "und":
        return whole
    if not foreign:
        return Language(whole.code, whole.score, ((whole.code, 1.0),))
    sizes = {whole.code: len(text)}
    for start, end, code in foreign:
        sizes[whole.code] -= end - start
        sizes[code] = sizes.get(code, 0) + end - start
    shares = sorted(((code, size / len(text)) for code, size in sizes.items() if size), key=lambda s: (-s[1], s[0]))
    if shares[0][0] != whole.code:  # the score has to be that of the text in the larger language
        most = "\n".join(text[start:end] for start, end, code in foreign if code == shares[0][0])
        other = _judge([gather_evidence(most, back_end.lexicon)], back_end)[0]
        whole = other if other.code == shares[0][0] else whole
    return Language(whole.code, whole.score, tuple((code, round(share, 4)) for code, share in shares))
