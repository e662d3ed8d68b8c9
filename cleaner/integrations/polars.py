"""polars: clean the articles of frames and series."""

from __future__ import annotations

from cleaner.errors import MissingExtra
from cleaner.integrations.columns import clean_columns
from cleaner.options import Options
from cleaner.read.fields import known_fields

try:
    import polars as pl
except ImportError as error:
    raise MissingExtra("polars", "polars", "cleaner.integrations.polars") from error

__all__ = ["clean_frame"]


def clean_frame(frame: pl.DataFrame | pl.Series, options: Options | None = None) -> pl.DataFrame:
    """Return `frame` with the columns of `cleaner.integrations.columns.COLUMNS`. All rows stay.

    A series is a column of texts, and nulls are empty texts. Raises InputError when no column can hold a text, and
    MissingExtra, when the module is imported, without polars.

    >>> clean_frame(pl.DataFrame({"isi": ["Panen raya mundur.\\n\\nIklan"]}))["text"].to_list()
    ['Panen raya mundur.']
    """
    if isinstance(frame, pl.Series):
        frame = frame.alias("text").to_frame()
    names = known_fields(frame.columns, options or Options()) or frame.columns
    columns = clean_columns({name: frame[name].to_list() for name in names}, options)
    # Types are given, because a column that is empty in all rows would get the type Null.
    types = {"language_score": pl.Float64}
    return frame.with_columns(pl.Series(name, values, types.get(name, pl.String)) for name, values in columns.items())
