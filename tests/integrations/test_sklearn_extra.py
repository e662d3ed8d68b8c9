"""The transformer keeps scikit-learn's conventions."""

from __future__ import annotations

import contextlib
import pickle
import warnings

import numpy as np
import pytest

pytestmark = pytest.mark.extra
sklearn = pytest.importorskip("sklearn")

FERRY = "Kapal feri itu kandas di mulut muara pada Selasa pagi karena air sedang surut."
TEXTS = ["Panen raya mundur sepekan, kata penyuluh.\n\nIklan", FERRY + "\n\nTinggalkan Komentar"]
CLEAN = ["Panen raya mundur sepekan, kata penyuluh.", FERRY]


@pytest.fixture
def cleaner() -> object:
    from cleaner.integrations.sklearn import ArticleCleaner

    return ArticleCleaner()


def test_check_estimator_finds_nothing(cleaner: object) -> None:
    from sklearn.utils.estimator_checks import check_estimator

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(cleaner, on_fail=None, on_skip=None)
    assert [r["check_name"] for r in results if r["status"] not in ("passed", "skipped")] == []
    assert sum(r["status"] == "passed" for r in results) > 40


def test_what_comes_out_has_the_shape_of_what_goes_in(cleaner: object) -> None:
    for given in (TEXTS, tuple(TEXTS), np.array(TEXTS), np.array(TEXTS, object)):
        assert cleaner.fit_transform(given).tolist() == CLEAN
    column = np.array(TEXTS, object).reshape(-1, 1)
    assert cleaner.fit_transform(column).tolist() == [[text] for text in CLEAN]
    assert cleaner.fit_transform([]).tolist() == []


def test_cells_of_another_type_stay_and_missing_texts_are_empty(cleaner: object) -> None:
    mixed = np.array([[TEXTS[0], None, None], [4.5, TEXTS[1], 1.5]], object)
    assert cleaner.fit_transform(mixed).tolist() == [[CLEAN[0], "", None], [4.5, CLEAN[1], 1.5]]
    assert mixed[0, 1] is None  # the caller's array stays as it is
    # what had texts when it was fitted is a column of texts, though a later batch has none
    assert cleaner.transform(np.array([[None, float("nan"), None]], object)).tolist() == [["", "", None]]


def missing() -> list[object]:
    found: list[object] = [None, float("nan"), np.nan]
    with contextlib.suppress(ImportError):
        import pandas as pd

        found += [pd.NA, pd.NaT]
    return found


@pytest.mark.parametrize("nothing", missing(), ids=repr)
def test_missing_texts_reach_no_vectorizer(nothing: object) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline

    from cleaner.integrations.sklearn import ArticleCleaner

    for given in ([*TEXTS, nothing], [nothing, *TEXTS], np.array([nothing, *TEXTS], object)):
        assert ArticleCleaner().fit_transform(given).tolist() == [
            "" if cell is nothing else CLEAN[TEXTS.index(cell)] for cell in given
        ]
    pipeline = make_pipeline(ArticleCleaner(), TfidfVectorizer()).fit([nothing, *TEXTS])
    assert pipeline.transform([nothing]).nnz == 0
    pd = pytest.importorskip("pandas")
    assert pipeline.transform(pd.Series([nothing, TEXTS[0]], dtype=object)).shape[0] == 2


def test_another_shape_than_fitted_is_an_error(cleaner: object) -> None:
    cleaner.fit(np.array([TEXTS], object))
    with pytest.raises(ValueError, match="2 columns"):
        cleaner.transform(TEXTS)


def test_set_output_gives_frames(cleaner: object) -> None:
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    frame = pd.DataFrame({"isi": TEXTS}, index=["a", "b"])
    clean = cleaner.set_output(transform="pandas").fit_transform(frame)
    assert (clean.index.tolist(), clean.to_dict("list")) == (["a", "b"], {"isi": CLEAN})
    assert cleaner.fit_transform(TEXTS).iloc[:, 0].tolist() == CLEAN
    assert cleaner.set_output(transform="polars").fit_transform(pl.DataFrame({"isi": TEXTS}))["isi"].to_list() == CLEAN


def test_clone_and_pickle_keep_the_options() -> None:
    from sklearn.base import clone

    from cleaner import Options
    from cleaner.integrations.sklearn import ArticleCleaner

    cleaner = clone(ArticleCleaner(Options(keep_kinds=("ad",))).fit(TEXTS))
    assert not hasattr(cleaner, "n_features_in_")
    again = pickle.loads(pickle.dumps(cleaner.fit(TEXTS)))
    assert again.transform(TEXTS).tolist() == [TEXTS[0], CLEAN[1]]


def test_in_a_pipeline_before_a_vectorizer() -> None:
    from sklearn.compose import make_column_transformer
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.pipeline import make_pipeline

    from cleaner.integrations.sklearn import ArticleCleaner

    pipeline = make_pipeline(ArticleCleaner(), CountVectorizer()).fit(TEXTS)
    assert "iklan" not in pipeline[-1].vocabulary_
    assert "muara" in pipeline[-1].vocabulary_
    pd = pytest.importorskip("pandas")
    columns = make_column_transformer((ArticleCleaner(), ["isi"]), remainder="passthrough")
    assert columns.fit_transform(pd.DataFrame({"isi": TEXTS, "n": [1, 2]})).tolist() == [[CLEAN[0], 1], [CLEAN[1], 2]]
