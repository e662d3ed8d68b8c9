"""One frozen dataclass of options. Command-line flags and the keys of cleaner.toml map to its fields 1:1."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass
from difflib import get_close_matches

from cleaner.errors import OptionError

__all__ = ["CHOICES", "CONFIG", "RUN_OPTIONS", "Options", "memory_bytes", "stage_options"]

CONFIG = "cleaner.toml"
"""The file of options, which may lie among the articles and is none."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a corpus is cleaned. Every field is a flag of `cleaner clean` (`text_field` is `--text-field`).

    Fields up to `pairs` change the output and are hashed into the manifest; those under "the run" never do.
    Raises OptionError for a value that is none of the CHOICES of its field.

    >>> Options(keep="earliest", language=("id", "ms")).min_similarity
    0.6
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
    strip: bool = True
    input_kind: str = "auto"  # auto | text | page
    title: str = "keep"  # keep | drop | field
    keep_kinds: tuple[str, ...] = ()
    only_kinds: tuple[str, ...] = ()
    phrases: str = ""  # a folder of further phrase lists
    allow: str = ""  # a file of lines that always stay
    repeats: bool = True
    learned: str = ""  # a file of what was learned about sites, read and written
    # language and guards
    language: tuple[str, ...] = ()  # () keeps every language
    language_model: str = "langid"  # langid | py3langid | none
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
    shard_records: int = 1000  # records in one unit of work; never changes the output
    work: str = ""  # "" is beside the output
    fresh: bool = False
    keep_work: bool = False
    record_timeout: float = 60.0
    force: bool = False
    dry_run: bool = False
    report: bool = True  # report.html and report.json in the audit folder
    card: bool = False  # a dataset card beside the output
    engine: str = "local"  # local | spark
    master: str = ""  # of Spark; "" is what its configuration says

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value not in choices and value != Options.__dataclass_fields__[name].default:
                near = get_close_matches(str(value), choices, n=1)
                told = f" Did you mean {near[0]!r}?" if near else ""
                raise OptionError(f"{name} is {value!r}; choose {_or(choices)}.{told}")


CHOICES: dict[str, tuple[str, ...]] = {
    "text_is": ("auto", "plain", "html"),
    "txt_is": ("article", "lines"),
    "one_per_url": ("newest", "longest"),
    "extractor": ("cleaner", "justext"),
    "input_kind": ("auto", "text", "page"),
    "title": ("keep", "drop", "field"),
    "language_model": ("langid", "py3langid", "none"),
    "keep": ("longest", "earliest", "first"),
    "engine": ("local", "spark"),
}
"""Options that have few values; those whose default is not among them are "" where nothing is chosen."""


RUN_OPTIONS = (
    "workers", "memory", "shards", "shard_records", "work", "fresh", "keep_work", "record_timeout", "force", "dry_run",
    "report", "card", "engine", "master",
)  # fmt: skip
"""Options that say how a run goes, and never change a byte of what it writes to one file."""

_FROM_SETTLE = (
    "language", "language_model", "min_language_score", "drop_foreign_paragraphs", "guards", "min_chars",
    "max_chars", "articles_only", "learned",
)  # fmt: skip
_FROM_WRITE = ("dedup", "min_similarity", "keep", "against", "pairs", "one_per_url")


def stage_options(options: Options) -> dict[str, dict[str, object]]:
    """For each stage of a run, the options on which its shards depend: its own, and those of the stages before it.

    What plugins there are counts among them.
    """
    from cleaner.plugins import installed

    everything = {k: v for k, v in asdict(options).items() if k not in RUN_OPTIONS} | {"plugins": installed()}
    settle = {k: v for k, v in everything.items() if k not in _FROM_WRITE}
    return {
        "read": {k: v for k, v in settle.items() if k not in _FROM_SETTLE},
        "settle": settle,
        "write": everything,
    }


def memory_bytes(size: str) -> int:
    """A size such as "1.5G" or "800M" in bytes; "" is half of the machine. Raises OptionError for anything else.

    >>> memory_bytes("1.5G"), memory_bytes("800M")
    (1610612736, 838860800)
    """
    if not size:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", size.strip(), re.IGNORECASE)
    if not found:
        raise OptionError(f"--memory {size}: give a number with K, M, G or T, such as 1.5G.")
    return int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " "))


def _or(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
