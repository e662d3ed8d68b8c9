"""scikit-learn: a transformer that turns raw articles into clean texts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.api import iter_clean
from cleaner.errors import MissingExtra
from cleaner.options import Options
from cleaner.read.fields import is_missing

try:
    from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
    from sklearn.utils import Tags
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise MissingExtra("scikit-learn", "sklearn", "cleaner.integrations.sklearn") from error

__all__ = ["ArticleCleaner"]


class ArticleCleaner(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Replace every text by its clean text. The result has the shape of the input.

    `X` is a sequence of texts (as vectorizers take it), or columns of them (as ColumnTransformer gives them). A missing
    value (None, NaN, NA) in a sequence, or in a column that has texts here or had some when it was fitted, becomes "",
    because vectorizers fail on it. Cells of another type stay as they are. `options` are those of `iter_clean`. Raises
    ValueError where the number of columns is another than in `fit`.

    >>> ArticleCleaner().fit_transform(["Panen raya mundur.\\n\\nIklan"]).tolist()
    ['Panen raya mundur.']
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options

    def fit(self, X: Any, y: object = None) -> ArticleCleaner:
        """Remember the names and the number of the columns, and which of them hold texts. Nothing else is fitted."""
        cells = self._cells(X, reset=True)
        self.text_columns_ = _has_texts(cells)
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Return the clean texts, in the shape of `X`; an array of objects where there is any text."""
        check_is_fitted(self)
        cells = self._cells(X, reset=False)
        columns = _has_texts(cells) | self.text_columns_
        if not columns.any():
            # Numbers keep their type, as scikit-learn's checks expect of a transformer.
            as_it_is = {"dtype": None, "ensure_all_finite": False}
            return np.asarray(validate_data(self, X, reset=False, **as_it_is))
        read = [isinstance(cell, str) or is_missing(cell) for cell in cells.flat]
        texts = np.array(read, np.bool_).reshape(cells.shape) & columns
        clean = cells.copy()  # the caller's array stays as it is
        clean[texts] = [article.text for article in iter_clean(cells[texts], self.options)]
        return clean

    def _cells(self, X: Any, *, reset: bool) -> NDArray[np.object_]:
        """Return `X` as an array of objects. Raises ValueError where `fit` saw another shape.

        Objects, because NumPy's own arrays of texts pad all of them to the longest.
        """
        # A column of texts has one dimension, and its first value that is not missing is a text; scikit-learn checks
        # anything else.
        column = getattr(X, "ndim", 1) == 1 and not hasattr(X, "columns") and hasattr(X, "__len__")
        if not column or not isinstance(next((cell for cell in X if not is_missing(cell)), None), str | None):
            dtype = None if hasattr(X, "dtype") else object
            return np.asarray(validate_data(self, X, reset=reset, dtype=dtype, ensure_all_finite=False), object)
        if reset:
            self.n_features_in_ = 1
        elif self.n_features_in_ != 1:
            raise ValueError(f"X is one column of texts; ArticleCleaner was fitted with {self.n_features_in_} columns.")
        return np.array([*X, None], object)[:-1]  # with None, so that NumPy takes no cell for a sequence

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn's checks that texts and missing values are accepted, and objects are returned."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def _has_texts(cells: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which columns hold a text, bool of shape (columns,); a sequence always counts as texts."""
    if cells.ndim == 1:
        return np.ones(1, np.bool_)
    return np.array([any(isinstance(cell, str) for cell in column) for column in cells.T], np.bool_)
