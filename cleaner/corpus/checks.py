"""Check what the options of a run name, before it makes anything, and its input, before it publishes anything."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from cleaner.article import Reject
from cleaner.corpus.saved_index import Index
from cleaner.decode.labels import check_encoding
from cleaner.engine.work import read_shard
from cleaner.errors import InputError, OptionError
from cleaner.language.identify import identify
from cleaner.options import Options
from cleaner.phrases.phrases import load_phrases
from cleaner.repeats.site_rules import load_site_rules, read_rules_file
from cleaner.strip.own_files import allowed_lines, reread_own_files

__all__ = ["check_named_files", "check_something_was_read"]


def check_named_files(options: Options) -> None:
    """Raise OptionError where an option names a file that is missing or cannot be read, MissingExtra for a package.

    Without this check the run would fail at its first article, or after hours, when it writes, and leave a work folder.
    """
    check_encoding(options.encoding)
    reread_own_files(options)
    if options.phrases:
        folder = Path(options.phrases)
        lists = sorted(folder.glob("*.toml"))
        if not lists:
            wrong = "holds no list, such as id.toml" if folder.is_dir() else "is no folder"
            raise OptionError(f"--phrases {options.phrases} {wrong}. Name a folder of phrase lists.")
        for path in lists:
            load_phrases(path.stem, options.phrases)
    if options.allow and not Path(options.allow).is_file() and options.allow != os.devnull:
        # A device has no end, and a pipe has ended when the second worker reads it.
        raise OptionError(f"--allow {options.allow} is no file. Give a UTF-8 text file with one line per line to keep.")
    allowed_lines(options.allow)
    if options.site_rules and options.repeats:
        path = Path(options.site_rules)
        # A device such as /dev/full can be opened and read without end; a folder can be neither read nor written.
        if path.exists() and not path.is_file():
            raise OptionError(f"--site-rules {path} is no file. Name a file, which may still be missing.")
        if not os.access(path.parent, os.W_OK):  # the file is replaced, which changes its folder
            raise OptionError(f"--site-rules {path} cannot be written: {path.parent} is no folder with that right.")
        load_site_rules(read_rules_file(options.site_rules).splitlines(), options.site_rules)
    if options.against and (options.dedup or options.split):
        Index.open(Path(options.against))
    _check_packages(options)


def _check_packages(options: Options) -> None:
    """Raise MissingExtra where an option needs a package that is not installed."""
    if options.language_model == "py3langid":
        identify(["."], model=options.language_model)
    if options.mask:
        from cleaner.mask.mask import find_masks  # 4 ms of modules, which few runs need

        find_masks("0812-3456-7890", options.mask)


def check_something_was_read(rejects: Sequence[Reject], shards: Iterable[Path]) -> None:
    """Raise InputError when all of the input was set aside, because an empty output would look like a successful run.

    Input that can be read and holds no article, such as a file without rows, is an empty corpus and no error.
    """
    if not rejects or any(read_shard(path, ("id",))[0].num_rows for path in shards):
        return
    first = rejects[0]
    others = f" {len(rejects) - 1:,} others were set aside too." if rejects[1:] else ""
    raise InputError(
        f"No input could be read, so nothing is written. {first.source}: {first.detail}{others}", first.advice
    )
