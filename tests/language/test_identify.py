"""Languages: named right, unsure where there is no evidence, the same whatever stands beside them."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import OptionError
from cleaner.language.identify import Language, foreign_paragraphs, identify, quick_language

CASES = Path(__file__).parents[1] / "cases" / "language"
SENTENCES = tomllib.loads((CASES / "sentences.toml").read_text("utf-8"))
UNDETERMINED = tomllib.loads((CASES / "undetermined.toml").read_text("utf-8"))["texts"]
NAMED = [(code, sentence) for code, sentences in SENTENCES.items() for sentence in sentences]
NEWS = Path(os.environ.get("CLEANER_BENCH", Path(__file__).parents[3] / "shared" / "bench")) / "textcruft" / "dev.jsonl"
INDONESIAN = " ".join(SENTENCES["id"][:2])
ENGLISH = " ".join(SENTENCES["en"])

any_text = st.text(st.characters(exclude_categories=()), max_size=400)
some_words = st.lists(st.sampled_from([word for _, sentence in NAMED for word in sentence.split()]), max_size=60)
texts = st.one_of(any_text, some_words.map(" ".join), st.sampled_from([sentence for _, sentence in NAMED]))


@pytest.mark.parametrize(("code", "sentence"), NAMED, ids=[f"{code}-{i}" for i, (code, _) in enumerate(NAMED)])
def test_a_sentence_is_named(code: str, sentence: str) -> None:
    assert identify([sentence])[0].code == code


@pytest.mark.parametrize("text", UNDETERMINED, ids=range(len(UNDETERMINED)))
def test_no_evidence_is_undetermined(text: str) -> None:
    assert identify([text]) == [Language("und", 0.0, ())]
    assert quick_language(text) == "und"


@pytest.mark.parametrize("code", ["id", "ms", "en", "de", "fr", "tr", "ru"])
def test_capitals_change_nothing(code: str) -> None:
    text = " ".join(SENTENCES[code])
    assert identify([text.upper()])[0].code == code


def test_addresses_and_code_are_no_evidence() -> None:
    noise = " https://www.example.com/the-best-news-of-the-day/and-what-it-is-about.html?from=the-front-page" * 4
    code = "\n```\nfor item in the_list_of_all_the_items: print(item, 'and this is what it was')\n```\n"
    [plain, noisy] = identify([INDONESIAN, INDONESIAN + noise + code])
    assert noisy.code == plain.code == "id"
    assert noisy.score == pytest.approx(plain.score, abs=0.01)


def test_longer_text_is_surer() -> None:
    short, long = identify(["Harga beras turun lagi.", INDONESIAN])
    assert short.score < long.score
    assert long.score >= 0.9


def test_unlike_any_language_is_unsure() -> None:
    [found] = identify(["Brzt kwolp snarfle gnib dworkel plim fraxo qwert zulb."])
    assert found.score < 0.9


@settings(deadline=None, max_examples=60)
@given(st.lists(texts, max_size=6), st.data())
def test_a_batch_changes_nothing(batch: list[str], data: st.DataObject) -> None:
    answers = identify(batch)
    assert answers == [identify([text])[0] for text in batch]
    order = data.draw(st.permutations(range(len(batch))))
    assert identify([batch[i] for i in order]) == [answers[i] for i in order]


@settings(deadline=None, max_examples=200)
@given(texts)
def test_any_text_has_an_answer(text: str) -> None:
    [found] = identify([text])
    assert 0 <= found.score <= 1
    assert found.score == round(found.score, 4)
    assert quick_language(text) == "und" or found.code != "und"
    assert sum(share for _, share in found.shares) == pytest.approx(1 if found.shares else 0, abs=0.001)
    assert list(found.shares) == sorted(found.shares, key=lambda share: (-share[1], share[0]))
    for start, end, code in foreign_paragraphs(text, "id"):
        assert code != "id"
        assert "\n" not in text[start:end]
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("text", ["\ud800" * 50, "\udcff" + INDONESIAN, INDONESIAN + "\x00\ud912\x00", "\udfff\n" * 99])
def test_lone_surrogates_never_raise(text: str) -> None:
    assert identify([text])[0].code in ("und", "id")
    assert quick_language(text) in ("und", "id")
    assert foreign_paragraphs(text, "id") == []


@pytest.mark.skipif(not NEWS.exists(), reason="labelled news is not here: set CLEANER_BENCH")
@pytest.mark.parametrize("code", ["id", "ms"])
def test_a_kilobyte_of_news_is_named(code: str) -> None:
    rows = [json.loads(line) for line in NEWS.read_text("utf-8").strip().split("\n")]
    data = [row["text"].encode() for row in rows if row["language"] == code]
    pieces = [text[at : at + 1000].decode("utf-8", "ignore") for text in data for at in range(0, len(text) - 999, 1000)]
    right = sum(found.code == code for found in identify(pieces))
    assert right >= 0.985 * len(pieces)


# --- articles in two languages ---


def test_both_languages_are_recorded() -> None:
    [found] = identify(["\n".join([INDONESIAN, ENGLISH] * 3)])
    shares = dict(found.shares)
    assert shares.keys() == {"id", "en"}
    total = len(INDONESIAN) + len(ENGLISH)
    assert shares["en"] == pytest.approx(len(ENGLISH) / total, abs=0.02)


def test_the_larger_share_names_the_article() -> None:
    opening = "\n".join([ENGLISH] * 16)
    [found] = identify([opening + "\n" + "\n".join([INDONESIAN] * 40)])
    assert found.code == found.shares[0][0] == "id"


def test_foreign_paragraphs_are_found_where_they_stand() -> None:
    text = "\n".join([INDONESIAN, ENGLISH, "Jakarta", INDONESIAN, ENGLISH])
    spans = foreign_paragraphs(text, "id")
    assert [text[start:end] for start, end, _ in spans] == [ENGLISH, ENGLISH]
    assert {code for _, _, code in spans} == {"en"}


@pytest.mark.parametrize(
    "line",
    [
        "The Big Short",
        'Film itu berjudul "The Lord of the Rings: The Return of the King" dan sudah tayang di bioskop.',
        "Menurut Bank Dunia, istilah 'good governance' berarti tata kelola yang baik, terbuka, dan bertanggung jawab.",
        "PT Telekomunikasi Indonesia Tbk (TLKM), PT Bank Central Asia Tbk (BBCA), PT Astra International Tbk (ASII)",
        "Persib Bandung 2-1 Persija Jakarta, Arema FC 0-0 Bali United, PSM Makassar 3-2 Borneo FC, PSIS 1-1 Persebaya",
    ],
)
def test_quotes_and_names_are_not_foreign(line: str) -> None:
    assert foreign_paragraphs("\n".join([INDONESIAN, line, INDONESIAN]), "id") == []


def test_one_language_has_one_share() -> None:
    assert identify(["\n".join([INDONESIAN] * 5)])[0].shares == (("id", 1.0),)


# --- the other back end ---


def test_an_unknown_model_is_an_error() -> None:
    with pytest.raises(OptionError, match="langid or py3langid"):
        identify([INDONESIAN], model="fasttext")


@pytest.mark.parametrize("code", ["id", "ms", "jv", "su", "en", "hr", "zh", "my"])
def test_py3langid_gets_the_second_look_too(code: str) -> None:
    pytest.importorskip("py3langid")
    [found] = identify([" ".join(SENTENCES[code])], model="py3langid")
    assert found.code == code


def test_nothing_in_nothing_out() -> None:
    assert identify([]) == []


@pytest.mark.parametrize(("code", "most_wrong"), [("id", 15), ("ms", 25), ("jv", 12), ("su", 15)])
def test_short_sentences_of_news(code: str, most_wrong: int) -> None:
    sentences = (CASES / "news" / f"{code}.txt").read_text("utf-8").splitlines()
    assert len(sentences) == 100
    assert sum(found.code != code for found in identify(sentences)) <= most_wrong
