"""One frozen dataclass of options. Command-line flags and the keys of cleaner.toml map to its fields 1:1."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a corpus is cleaned. Every field is a flag of `cleaner clean` (`text_field` is `--text-field`).

    Fields up to `pairs` change the output and are hashed into the manifest; those under "the run" never do.
    """

    # reading
    text_field: str = ""  # "" finds it among the usual names
    html_field: str = ""
    id_field: str = ""
    url_field: str = ""
    text_is: str = "auto"  # auto | plain | html
    txt_is: str = "article"  # article | lines
    encoding: str = ""  # "" detects
    one_per_url: str = ""  # "" | newest | longest
    max_record_bytes: int = 64 << 20
    # extraction
    extractor: str = "cleaner"  # cleaner | justext
    articles_only: bool = False
    # stripping
    input_kind: str = "auto"  # auto | text | page
    title: str = "keep"  # keep | drop | field
    keep_kinds: tuple[str, ...] = ()
    only_kinds: tuple[str, ...] = ()
    phrases: str = ""  # a folder of further phrase lists
    allow: str = ""  # a file of lines that always stay
    repeats: bool = True
    learned: str = ""  # a file of repeated lines, saved and reused
    # language and guards
    language: tuple[str, ...] = ()  # () keeps every language
    language_model: str = "langid"  # langid | py3langid
    min_language_score: float = 0.0
    drop_foreign_paragraphs: bool = False
    guards: tuple[str, ...] = ()  # presets: gopher, c4, fineweb
    min_chars: int = 1
    max_chars: int = 0  # 0 is no limit
    # near-duplicates
    dedup: bool = True
    min_similarity: float = 0.6
    keep: str = "longest"  # longest | earliest | first
    against: str = ""  # a saved index
    pairs: bool = False
    # the run
    workers: int = 0  # 0 is one per core
    memory: str = ""  # "" is half of the machine
    shards: int = 0  # 0 writes one file
    work: str = ""  # "" is beside the output
    fresh: bool = False
    keep_work: bool = False
    record_timeout: float = 60.0
    force: bool = False
    dry_run: bool = False
