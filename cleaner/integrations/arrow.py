"""pyarrow: clean the articles of tables and of record batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from cleaner.integrations.columns import COLUMNS, clean_columns
from cleaner.options import Options
from cleaner.read.fields import known_fields

__all__ = ["SCHEMA", "clean_batches", "clean_table"]

SCHEMA = pa.schema([(name, pa.float64() if name == "language_score" else pa.string()) for name in COLUMNS])
"""The columns that the cleaner adds or replaces."""


def clean_table(table: pa.Table, options: Options | None = None) -> pa.Table:
    """Clean the articles of a table, one a row. Returns the table with the columns of SCHEMA.

    Columns of the same name are replaced in their place, the others are added at the end; all rows stay, in their
    order. Raises InputError when no column can hold a text.

    >>> clean_table(pa.table({"n": [1], "text": ["Panen raya mundur.\\n\\nIklan"]})).column_names[:3]
    ['n', 'text', 'language']
    """
    # Only columns with a known meaning become Python objects, which is the expensive part.
    names = known_fields(table.column_names, options or Options()) or table.column_names
    given = {name: table[name].to_pylist() for name in names}
    for name, values in clean_columns(given, options).items():
        field, column = SCHEMA.field(name), pa.array(values, SCHEMA.field(name).type)
        at = table.schema.get_field_index(name)
        table = table.append_column(field, column) if at < 0 else table.set_column(at, field, column)
    return table


def clean_batches(
    batches: Iterable[pa.RecordBatch], options: Options | None = None, *, rows: int = 1024
) -> Iterator[pa.RecordBatch]:
    """Clean a stream of record batches, such as `dataset.to_batches()`, at most `rows` rows at once.

    Yields batches as `clean_table` would make them, with the same rows in the same order.

    >>> batch = pa.RecordBatch.from_pydict({"text": ["Panen raya mundur.\\n\\nIklan", ""]})
    >>> [cleaned["text"].to_pylist() for cleaned in clean_batches([batch], rows=1)]
    [['Panen raya mundur.'], ['']]
    """
    for batch in batches:
        for start in range(0, len(batch), rows):
            yield from clean_table(pa.Table.from_batches([batch.slice(start, rows)]), options).to_batches()
