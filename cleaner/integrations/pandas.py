"""pandas: clean the articles of frames and series."""

from __future__ import annotations

from cleaner.errors import MissingExtra
from cleaner.integrations.columns import clean_columns
from cleaner.options import Options
from cleaner.read.fields import known_fields

try:
    import pandas as pd
except ImportError as error:
    raise MissingExtra("pandas", "pandas", "cleaner.integrations.pandas") from error

__all__ = ["clean_frame"]


def clean_frame(frame: pd.DataFrame | pd.Series, options: Options | None = None) -> pd.DataFrame:
    """Return a copy of `frame` with the columns of `cleaner.integrations.columns.COLUMNS`. The index and all rows stay.

    A series is a column of texts, and missing values are empty texts. Raises InputError when no column can hold a text,
    and MissingExtra, when the module is imported, without pandas.

    >>> clean_frame(pd.Series(["Panen raya mundur.\\n\\nIklan"], index=["a"])).loc["a", "text"]
    'Panen raya mundur.'
    """
    if isinstance(frame, pd.Series):
        frame = frame.to_frame("text")
    # Names of columns may have any type; only a text can be the name of a field.
    named = [name for name in frame.columns if isinstance(name, str)]
    given = {}
    for name in known_fields(named, options or Options()) or named:
        cells = zip(frame[name].tolist(), frame[name].isna().tolist(), strict=True)
        given[name] = [None if missing else value for value, missing in cells]  # pandas has NaN, NaT and NA
    return frame.assign(**clean_columns(given, options))
