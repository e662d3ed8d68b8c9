"""A datatrove pipeline with the cleaner between reader and writer."""

from __future__ import annotations

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from cleaner.integrations.datatrove import ArticleCleaner

pipeline = [
    JsonlReader("corpus/raw/feeds", glob_pattern="kawat-muara.jsonl"),
    ArticleCleaner(exclusion_writer=JsonlWriter("build/datatrove/gone")),
    JsonlWriter("build/datatrove/clean", compression=None),
]
LocalPipelineExecutor(pipeline, tasks=1, logging_dir="build/datatrove/logs").run()
