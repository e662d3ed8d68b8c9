"""pairs.parquet: pairs of near-duplicates, first the doubtful ones that stayed apart, then those that were merged."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

__all__ = ["PAIRS", "PairRow", "write_pairs"]

PAIRS = "pairs.parquet"

PairRow = tuple[str, str, float, str, bool]
"""Ids of the better ranked and the other article, Jaccard similarity, the rule, whether the other one was dropped."""

_AT_ONCE = 1 << 17  # rows of one row group


def write_pairs(path: Path, rows: Iterable[PairRow]) -> None:
    """Write the pairs, row group by row group: there may be more of them than fit into memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.string()
    schema = pa.schema({"a": text, "b": text, "jaccard": pa.float64(), "rule": text, "merged": pa.bool_()})
    rest = iter(rows)
    with pq.ParquetWriter(path, schema) as out:
        while group := list(islice(rest, _AT_ONCE)):
            a, b, jaccard, rule, merged = zip(*group, strict=True)
            out.write_table(pa.table([a, b, [round(j, 4) for j in jaccard], rule, merged], schema=schema))
