"""The functions for Python take any stream of articles, and their results can be inspected."""

from __future__ import annotations

import gzip
import inspect
import itertools
import json
import random
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.api import BATCH
from cleaner.article import cut
from cleaner.errors import InputError, OptionError

NEWS = "Panen raya di lembah mundur sepekan karena hujan, kata petugas penyuluh dari kota itu kemarin sore"
OTHER = "Feri itu kandas di mulut muara pada Selasa pagi, dan penumpang pindah ke perahu warga di dermaga lama"
PAGE = f"<html><head><title>Panen</title></head><body><article><p>{NEWS}, ujarnya.</p></article></body></html>"


def test_articles_come_in_any_form() -> None:
    given: list[Any] = [
        f"{NEWS}.\n\nIklan",
        f"{NEWS}.\n\nIklan".encode(),
        ("b", f"{NEWS}.\n\nIklan"),
        {"id": "c", "judul": "Panen", "isi": f"{NEWS}.\n\nIklan", "n": 3},
        {"html": PAGE, "url": "https://contoh.example/panen"},
    ]
    found = list(cleaner.iter_clean(given))
    assert [a.id for a in found] == ["", "", "b", "c", ""]
    assert [a.text for a in found[:4]] == [f"{NEWS}."] * 4
    assert (found[3].title, found[3].meta) == ("Panen", '{"n": 3}')
    assert (found[4].input_kind, found[4].site, NEWS in found[4].text) == ("html", "contoh.example", True)


def test_one_article_of_a_stream_is_the_same_as_alone() -> None:
    texts = [f"{NEWS}.\n\nIklan", OTHER, "12 345", "", PAGE]
    for text, article in zip(texts, cleaner.iter_clean(texts), strict=True):
        assert article == cleaner.clean(text)


def test_a_stream_is_read_no_further_than_a_batch() -> None:
    read = 0

    def endless() -> Iterator[str]:
        nonlocal read
        for n in itertools.count():
            read = n + 1
            yield f"{NEWS} nomor {n}."

    stream = cleaner.iter_clean(endless())
    next(stream)
    assert read <= BATCH
    first = [a.text for a in itertools.islice(stream, BATCH)]
    assert len(first) == BATCH
    assert read <= 2 * BATCH


def test_long_articles_make_short_batches() -> None:
    read = 0

    def long() -> Iterator[str]:
        nonlocal read
        for n in range(1, 100):
            read = n
            yield f"{NEWS}. " * 6000

    next(cleaner.iter_clean(long()))
    assert read <= 3


def test_a_record_without_text_is_named_by_its_number() -> None:
    with pytest.raises(InputError, match=r"^Article 2: .*--text-field"):
        list(cleaner.iter_clean([NEWS, {"n": 1}]))


def _interrupted(given: object) -> Iterator[Any]:
    yield NEWS
    yield {"id": "b", "text": NEWS}
    if given is None:
        raise KeyError("the source ended")
    yield given
    yield NEWS


@pytest.mark.parametrize(("given", "error"), [(None, KeyError), (5, TypeError), ({"n": 1}, InputError)])
def test_an_error_comes_behind_the_articles_that_were_read_before_it(given: object, error: type[Exception]) -> None:
    found = []
    with pytest.raises(error):
        found.extend(each.id for each in cleaner.iter_clean(_interrupted(given)))
    assert found == ["", "b"]


def test_a_stream_that_is_closed_reads_nothing_more() -> None:
    stream = cleaner.iter_clean(NEWS for _ in range(1000))
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert list(stream) == []


def test_a_record_with_keys_that_are_no_text() -> None:
    [article] = cleaner.iter_clean([{"text": NEWS, 5: "lima", None: 0, ("a", 1): "b"}])
    assert article.text == cleaner.clean(NEWS).text
    assert json.loads(article.meta) == {"5": "lima", "None": 0, "('a', 1)": "b"}
    with pytest.raises(InputError, match="its fields are: '5'"):
        list(cleaner.iter_clean([{5: NEWS}]))


def test_options_hold_for_a_stream() -> None:
    [article] = cleaner.iter_clean([{"kabar": "Pendek."}], cleaner.Options(text_field="kabar", min_chars=40))
    assert (article.text, article.dropped) == ("Pendek.", "too-short")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=60), st.binary(max_size=60)), max_size=5))
def test_nothing_stops_a_stream_and_every_removal_is_a_span(given: list[str | bytes]) -> None:
    found = list(cleaner.iter_clean(given))
    assert len(found) == len(given)
    for article in found:
        assert cut(article.before, article.removals) == article.text


class Shown(HTMLParser):
    """The tags and the text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.gone = ""
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.inside = self.inside or tag == "del"

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "del"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.gone += data if self.inside else ""


def test_a_notebook_shows_what_went() -> None:
    article = cleaner.clean(f"MEDAN - {NEWS}.\n\nTinggalkan Komentar")
    shown = Shown(article._repr_html_())
    assert article.before in shown.text
    assert shown.gone == "MEDAN - Tinggalkan Komentar"
    assert "phrase-line" in article._repr_html_()


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("<>&\"'/ab \n\0\u202e\ud800"), max_size=40))
def test_no_article_writes_markup_into_a_notebook(text: str) -> None:
    article = cleaner.clean(f"{NEWS}.\n\n{text}<script>alert(1)</script><img src=x>\n\nIklan")
    assert Shown(article._repr_html_()).tags <= {"div", "p", "span", "b", "i", "del"}


def test_a_long_article_is_shortened_in_a_notebook() -> None:
    article = cleaner.clean(f"{NEWS}.\n\n" * 3000)
    shown = article._repr_html_()
    assert len(shown) < 30_000
    assert "more characters are not shown" in shown


def test_dedup_gives_back_what_it_was_given() -> None:
    articles: list[Any] = [
        {"id": "a", "isi": f"{NEWS}."},
        {"id": "b", "isi": NEWS.upper()},
        {"id": "c", "isi": f"{OTHER}."},
    ]
    found = cleaner.dedup(articles)
    assert found.kept == (articles[0], articles[2])
    [gone] = found.dropped
    assert gone.article is articles[1]
    assert (gone.id, gone.keeper, gone.jaccard, gone.rule) == ("b", "a", 1.0, "exact")
    assert found.duplicates_of("a") == (gone,)
    assert found.duplicates_of("c") == ()
    assert repr(found) == "<DedupResult kept=2 dropped=1 doubtful=0>"


def test_dedup_takes_texts_pairs_and_cleaned_articles() -> None:
    texts = [f"{NEWS}.", f"{OTHER}.", f"{NEWS}"]
    assert [d.id for d in cleaner.dedup(texts).dropped] == ["2"]
    assert [d.id for d in cleaner.dedup(zip("abc", texts, strict=True)).dropped] == ["c"]
    assert [d.id for d in cleaner.dedup(cleaner.iter_clean(texts)).dropped] == ["2"]
    assert cleaner.dedup([]).kept == ()


@pytest.mark.parametrize("timeout", [-1, float("nan"), float("inf"), "5", None])
def test_a_limit_that_is_none_is_refused_by_name(timeout: Any) -> None:
    for call in (cleaner.clean, cleaner.clean_html):
        with pytest.raises(OptionError, match="timeout"):
            call(NEWS, timeout=timeout)
    assert cleaner.clean(NEWS, timeout=30).text == NEWS


@pytest.mark.parametrize("article", [5, ["a"], Path("raw/a.txt"), float("inf"), True])
def test_what_is_no_text_is_refused_by_its_type(article: Any) -> None:
    for call in (cleaner.clean, cleaner.clean_html):
        with pytest.raises(TypeError, match="str or bytes"):
            call(article)
    for refusing in (cleaner.iter_clean, cleaner.dedup):
        for one in (article, ("a", article)):
            with pytest.raises(TypeError, match=r"rticle [12] has to be str or bytes"):
                list(refusing([NEWS, one]))  # type: ignore[call-overload]


@pytest.mark.parametrize("nothing", [None, float("nan"), np.nan, np.float32("nan"), np.datetime64("NaT")], ids=repr)
def test_what_is_missing_is_an_empty_article(nothing: Any) -> None:
    """As a table gives it: of a column of texts, or of any other field."""
    assert cleaner.clean(nothing) == cleaner.clean("")
    assert cleaner.clean_html(nothing).dropped == "empty"
    given = [nothing, ("b", nothing), {"id": "c", "text": nothing}, {"text": NEWS, "title": nothing, "author": nothing}]
    found = list(cleaner.iter_clean(given))
    assert [(a.id, a.text, a.dropped) for a in found[:3]] == [("", "", "empty"), ("b", "", "empty"), ("c", "", "empty")]
    assert (found[3].title, found[3].author) == ("", "")
    named = cleaner.Options(id_field="n", title_field="t", date_field="d")
    [article] = cleaner.iter_clean([{"text": NEWS, "n": nothing, "t": nothing, "d": nothing}], named)
    assert (article.id, article.title, article.date) == ("", "", "")
    assert len(cleaner.dedup([NEWS, nothing, ("c", nothing), {"id": "d", "text": nothing}]).kept) == 4


def test_packed_bytes_are_unpacked() -> None:
    """As a server sent them (trafilatura 781), from memory or out of a column of a table."""
    for pack in (gzip.compress, zstandard.compress, lambda page: gzip.compress(gzip.compress(page))):
        packed = pack(PAGE.encode())
        assert cleaner.clean_html(packed) == cleaner.clean_html(PAGE.encode())
        for one in (packed, {"html": packed}, ("a", packed)):
            [article] = cleaner.iter_clean([one])
            assert article.text == f"{NEWS}, ujarnya."
    assert cleaner.clean(gzip.compress(f"{NEWS}.\n\nIklan".encode())).text == f"{NEWS}."
    assert cleaner.clean(gzip.compress(NEWS.encode() * 9)[:-9]).text.startswith(NEWS)  # cut, and read as far as it goes
    with pytest.raises(InputError):
        cleaner.clean(gzip.compress(bytes(65 << 20)))


@pytest.mark.parametrize("given", ["raw/a.txt", b"raw/a.txt", Path("raw"), {"text": NEWS}, NEWS])
def test_one_article_in_the_place_of_several_is_refused_before_it_is_read(given: Any) -> None:
    for call in (cleaner.iter_clean, cleaner.dedup):
        with pytest.raises(TypeError, match=r"Put an article into a list.*clean_corpus\(path, output\)"):
            call(given)


def test_a_frame_says_how_its_records_are_given() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"text": [NEWS, None], "title": ["Panen", None]})
    with pytest.raises(TypeError, match="clean_frame"):
        cleaner.iter_clean(frame)
    assert [a.title for a in cleaner.iter_clean(frame.to_dict("records"))] == ["Panen", ""]
    assert [a.text for a in cleaner.iter_clean(frame["text"])] == [f"{NEWS}", ""]


@pytest.mark.parametrize("name", [n for n in cleaner.__all__ if n not in ("CleanerError", "__version__")])
def test_signatures_name_their_parameters(name: str) -> None:
    """No *args and **kwargs: an editor shows what may be given."""
    kinds = {parameter.kind for parameter in inspect.signature(getattr(cleaner, name)).parameters.values()}
    assert not kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}


def test_dedup_tells_sites_by_their_addresses() -> None:
    rng = random.Random(5)
    foot, *heads = ["\n\n".join(_sentences(rng, 8)), *("\n\n".join(_sentences(rng, 2)) for _ in range(24))]
    texts = [f"{head}\n\n{foot}" for head in heads]
    hosts = [f"s{n // 12}.example" for n in range(24)]
    assert len(cleaner.dedup(texts).kept) == 1  # one foot makes them alike, unless it is known as that of a site
    assert len(cleaner.dedup([{"text": t, "site": host} for t, host in zip(texts, hosts, strict=True)]).kept) == 24
    rows = [{"text": t, "url": f"https://{host}/a", "id": t} for t, host in zip(texts, hosts, strict=True)]
    assert len(cleaner.dedup(rows).kept) == 24
    assert len(cleaner.dedup([SimpleNamespace(**row) for row in rows]).kept) == 24


def _sentences(rng: random.Random, count: int) -> list[str]:
    words = "sungai batu pasar jembatan malam jendela kertas taman mesin kapten surat musik hutan perak pulau guru"
    return [f"{' '.join(rng.choices(words.split(), k=14)).capitalize()}." for _ in range(count)]


def test_dedup_keeps_the_earliest_where_asked() -> None:
    articles = [
        {"id": "a", "text": f"{NEWS}!!", "date": "2024-05-02"},
        {"id": "b", "text": f"{NEWS}.", "date": "2024-05-01"},
    ]
    assert [d.keeper for d in cleaner.dedup(articles).dropped] == ["a"]
    assert [d.keeper for d in cleaner.dedup(articles, keep_duplicate="earliest").dropped] == ["b"]
    with pytest.raises(OptionError, match="longest"):
        cleaner.dedup(articles, keep_duplicate="best")


def test_doubtful_pairs_come_back_and_are_shown() -> None:
    words = NEWS.split() + OTHER.split()
    texts = {str(n): " ".join(words[:-n] + [f"kata{n}{i}" for i in range(n)]) for n in range(3, 12)}
    found = cleaner.dedup(texts.items(), min_similarity=0.8)
    assert found.doubtful
    assert [p.jaccard for p in found.doubtful] == sorted((p.jaccard for p in found.doubtful), reverse=True)
    assert len(found.kept) + len(found.dropped) == len(texts)
    shown = Shown(found._repr_html_())
    assert f"{len(found.doubtful)} pairs are doubtful" in shown.text
    assert found.doubtful[0].id in shown.text


def test_every_public_name_is_there_and_told_of() -> None:
    for name in cleaner.__all__:
        assert getattr(cleaner, name).__doc__, name
    with pytest.raises(AttributeError, match="nonsense"):
        cleaner.nonsense  # noqa: B018
    assert set(cleaner.__all__) <= set(dir(cleaner))


def test_a_stream_is_masked_as_a_corpus_is() -> None:
    given = {
        "id": "a",
        "isi": "Harga beras naik, kata pedagang. Surat ke redaksi@contoh.example.",
        "penulis": "b@contoh.example",
    }
    [article] = cleaner.iter_clean([given], cleaner.Options(mask=("email", "card")))
    assert article.text == "Harga beras naik, kata pedagang. Surat ke <email>."
    assert article.author == "<email>"
    [removal] = article.removals
    assert article.before[removal.start : removal.end] == "redaksi@contoh.example"
    assert (removal.kind, removal.replacement) == ("email", "<email>")
    assert cleaner.clean(given["isi"]).text == given["isi"]
