"""A Hugging Face data set: mapped batch by batch, and as a whole corpus with near-duplicates."""

from __future__ import annotations

from datasets import load_dataset

import cleaner
from cleaner.integrations import hf

given = load_dataset("json", data_files="corpus/raw/feeds/kawat-muara.jsonl", split="train", cache_dir="build/cache")
clean = given.map(hf.clean_batch, batched=True, fn_kwargs={"options": cleaner.Options(keep_kinds=("byline",))})
print(clean[0]["text"][:100])
corpus = hf.clean_dataset(given, audit="build/kawat.audit", name="kawat-muara")
print(f"{len(corpus)} of {len(given)} articles; the logs are in build/kawat.audit")
