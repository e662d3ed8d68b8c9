"""Apache Spark: clean a whole corpus on the executors of a session, or the articles of a DataFrame."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.corpus.clean import clean_corpus as clean_with
from cleaner.engine.progress import Progress
from cleaner.engine.spark import Spark
from cleaner.integrations.arrow import SCHEMA, clean_batches
from cleaner.options import Options
from cleaner.output.publish import Report

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["clean_corpus", "clean_frame"]


def clean_corpus(
    spark: SparkSession,
    inputs: str | Path | Iterable[str | Path],
    output: str | Path,
    options: Options | None = None,
    *,
    audit: str | Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Run `cleaner.clean_corpus` on the executors of `spark`. The output has the same bytes.

    Inputs and the work directory (`options.work`, else beside the output) must lie where all executors reach them by
    the same path. The session is left open. Raises OptionError when the executors have another version of the package,
    and EngineError when Spark gives up; the same call then continues the run.
    """
    options = options or Options()
    engine = Spark(spark, seconds=options.record_timeout)
    return clean_with(inputs, output, options, audit=audit, progress=progress, engine=engine)


def clean_frame(frame: DataFrame, options: Options | None = None) -> DataFrame:
    """Return `frame` with the columns of `cleaner.integrations.arrow.SCHEMA`; columns of the same name are replaced.

    The column with the text, or the HTML, is found by the usual names or named by the options. Every article is cleaned
    by itself, as by `cleaner.clean`: there are no lines that repeat on a site and no near-duplicates, and all rows
    stay.
    """
    from pyspark.sql.types import DoubleType, StringType, StructField, StructType

    types = {f.name: DoubleType() if f.name == "language_score" else StringType() for f in SCHEMA}
    # Columns of the frame keep their place and type; those that the cleaner replaces get its own type.
    fields = [StructField(f.name, types.get(f.name, f.dataType)) for f in frame.schema.fields]
    fields += [StructField(name, types[name]) for name in SCHEMA.names if name not in frame.columns]
    return frame.mapInArrow(partial(clean_batches, options=options), StructType(fields))
