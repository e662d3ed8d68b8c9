"""Options: one frozen dataclass. Command-line flags and the keys of cleaner.toml map to its fields one to one.

The comments behind the fields say what a value means; the help texts for people are in `cli/flags.py`.
"""

from __future__ import annotations

import codecs
import glob
import operator
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from encodings import aliases
from pathlib import Path
from typing import Any

from cleaner.article import KINDS, MASKS
from cleaner.assignments import column_names, split_shares
from cleaner.errors import OptionError
from cleaner.language_codes import language_codes

__all__ = [
    "CHOICES",
    "CONFIG",
    "GUARDS",
    "OWN_OPTIONS",
    "RUN_OPTIONS",
    "Options",
    "check_written",
    "find_config",
    "is_own_config",
    "memory_bytes",
    "read_config",
    "read_options",
    "stage_options",
]

CONFIG = "cleaner.toml"
"""The name of a file of options. It may lie among the articles, and is not read as one."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options for cleaning. Every field is a flag of `cleaner clean` (`text_field` is `--text-field`).

    Fields up to `bom` change the output and are part of the manifest's hash; those under "the run" never change it.
    Where a field holds several values, a str is one value, or several with commas. Languages are given by any code of
    ISO 639 or by their name. Sizes are in bytes, `min_chars` and `max_chars` in code points, `record_timeout` in
    seconds of CPU time; shares, scores and similarities go from 0 to 1.

    Raises OptionError with the name of the field for a value of another type, out of its range, or not among its
    choices, with the choice that was likely meant.

    >>> Options(keep_duplicate="earliest", language="Indonesian, ms").language
    ('id', 'ms')
    """

    # reading
    text_field: str = ""  # "" finds it among the usual names
    html_field: str = ""
    id_field: str = ""
    url_field: str = ""
    title_field: str = ""
    author_field: str = ""
    date_field: str = ""
    site_field: str = ""
    content: str = "auto"  # auto | plain | html
    txt_layout: str = "article"  # article | lines
    encoding: str = ""  # "" detects
    one_per_url: str = ""  # "" | newest | longest
    max_record_bytes: int = 64 << 20
    # how much is read
    limit: int = 0  # records that are read, the first ones in the order of the inputs; 0 reads all
    sample: int = 0  # records, drawn by a hash of their source and number; 0 draws none
    seed: int = 0  # another number draws another sample
    # extraction
    extractor: str = "cleaner"  # cleaner | justext
    articles_only: bool = False
    # stripping
    strip: bool = True
    input_kind: str = "auto"  # auto | text | page
    title: str = "keep"  # keep | drop | field
    keep_kinds: tuple[str, ...] = ()
    only_kinds: tuple[str, ...] = ()
    phrases: str = ""  # a folder of additional phrase lists
    allow: str = ""  # a file of lines that always stay
    repeats: bool = True
    tidy_space: bool = False  # no-break and invisible spaces, blank lines
    site_rules: str = ""  # a file of the lines that repeat on each site, read and written
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
    keep_duplicate: str = "longest"  # longest | earliest | first
    against: str = ""  # a saved index
    pairs: bool = False
    # output
    dedup_paragraphs: int = 0  # least words of a paragraph that is kept in one article alone; 0 is off
    mask: tuple[str, ...] = ()  # kinds of personal data
    mask_log: str = "values"  # values | none
    mark: bool = False
    split: tuple[str, ...] = ()  # NAME=SHARE
    split_by: str = "article"  # article | site
    columns: tuple[str, ...] = ()  # FIELD or FIELD=NAME; () is all of them
    bom: bool = False
    # the run
    follow_links: bool = False  # links that lead out of the inputs; the manifest lists what was read in any case
    workers: int = 0  # 0 is one per core
    memory: str = ""  # "" is half of the machine
    shards: int = 0  # 0 writes one file
    shard_records: int = 1000  # records in one unit of work
    work: str = ""  # "" is beside the output
    fresh: bool = False
    keep_work: bool = False
    record_timeout: float = 60.0  # CPU seconds; with one worker it holds in the main thread alone
    force: bool = False
    strict: bool = False  # makes the exit status of the command 1 when input was set aside
    dry_run: bool = False
    report: bool = True  # report.html and report.json in the audit folder
    card: bool = False  # a dataset card beside the output
    engine: str = "local"  # local | spark
    master: str = ""  # of Spark; "" is what its configuration says

    def __post_init__(self) -> None:
        """Convert every value to the type of its field, and refuse wrong ones."""
        for name, default in _DEFAULTS.items():
            value = getattr(self, name)
            if value is default:  # defaults need no check
                continue
            value = _typed(name, value, type(default))
            if name == "language":
                value = language_codes(value)
            choices = (LISTED if isinstance(value, tuple) else CHOICES).get(name, ())
            for one in value if isinstance(value, tuple) else (value,):
                if choices and one not in choices and one != default:
                    near = get_close_matches(str(one).lower(), choices, n=1)
                    hint = f" Did you mean {near[0]!r}?" if near else ""
                    raise OptionError(f"{name} is {one!r}; choose {', '.join(choices[:-1])} or {choices[-1]}.{hint}")
            if name in RANGES or type(value) is int:
                least, most = RANGES.get(name, (0, LARGEST))
                if not least <= value <= most:  # written so that NaN, which compares false, is refused as well
                    hint = f" It is a share: write {value / 100:g} for {value:g} %." if most == 1 < value <= 100 else ""
                    bounds = (
                        f"at least {least} and fit in 64 bits" if most == LARGEST else f"between {least} and {most}"
                    )
                    shown = "a huge number" if abs(value) > 10**30 else value  # Python prints 4,300 digits at most
                    raise OptionError(f"{name} is {shown}; it has to be {bounds}.{hint}")
            object.__setattr__(self, name, value)  # as frozen dataclasses do it themselves
        if 0 < self.max_chars < self.min_chars:
            raise OptionError(
                f"min_chars is {self.min_chars} and max_chars {self.max_chars}: no article could be both. "
                "Make max_chars the larger one, or 0 for no limit."
            )
        memory_bytes(self.memory)
        column_names(self.columns)
        split_shares(self.split)
        try:  # labels that only pages use, such as utf8mb4, are read there; here Python has to know the name
            self.encoding and codecs.lookup(self.encoding)
        except LookupError:
            near = get_close_matches(self.encoding.lower().replace("-", "_"), aliases.aliases, n=1)
            hint = (
                f"Did you mean {aliases.aliases[near[0]]!r}?" if near else "Name one such as utf-8, cp1252 or gb18030."
            )
            raise OptionError(f"--encoding {self.encoding}: there is no such encoding. {hint}") from None


CHOICES: dict[str, tuple[str, ...]] = {
    "content": ("auto", "plain", "html"),
    "txt_layout": ("article", "lines"),
    "one_per_url": ("newest", "longest"),
    "extractor": ("cleaner", "justext"),
    "input_kind": ("auto", "text", "page"),
    "title": ("keep", "drop", "field"),
    "language_model": ("langid", "py3langid", "none"),
    "keep_duplicate": ("longest", "earliest", "first"),
    "mask_log": ("values", "none"),
    "split_by": ("article", "site"),
    "engine": ("local", "spark"),
}
"""The values of options that have few of them. A default that is not among these is "", for no choice."""

GUARDS = (
    "gopher", "c4", "fineweb", "no-letters", "few-letters", "placeholder", "truncated", "repeated-lines"
)  # fmt: skip
"""The presets of quality rules, and the flags that may drop an article; `quality.py` has what they do."""

LISTED = {"keep_kinds": KINDS, "only_kinds": KINDS, "guards": GUARDS, "mask": MASKS}
"""The values of options that hold several of them."""

_CONFIG_BYTES = 1 << 20

LARGEST = 2**63 - 1
"""The largest number of 64 bits: Parquet, Arrow and NumPy, which get these numbers, take no larger one."""

RANGES: dict[str, tuple[float, float]] = {
    "max_record_bytes": (1, LARGEST),
    "min_language_score": (0, 1),
    "min_similarity": (0, 1),
    "shards": (0, 99_999),  # the number of a shard has five digits, so that names sort
    "shard_records": (1, LARGEST),
    "record_timeout": (0, 1_000_000_000),  # 30 years; the kernel's timers take no infinite time
}
"""The least and the largest value, both allowed. Whole numbers that are not listed are 0 or more."""

RUN_OPTIONS = (
    "follow_links", "workers", "memory", "shards", "shard_records", "work", "fresh", "keep_work", "record_timeout",
    "force", "strict", "dry_run", "report", "card", "engine", "master",
)  # fmt: skip
"""Options about how a run works, which never change a byte of what it writes to one file. They are not hashed, so that
a run can be continued with other values."""

_FROM_FINISH = (
    "language", "language_model", "min_language_score", "drop_foreign_paragraphs", "guards", "min_chars",
    "max_chars", "articles_only", "site_rules", "tidy_space",
)  # fmt: skip
"""Options that matter from the finish stage on: shards of the read stage are used again when they change."""

_FROM_WRITE = (
    "dedup", "min_similarity", "keep_duplicate", "against", "pairs", "one_per_url",
    "dedup_paragraphs", "mask", "mask_log", "mark", "split", "split_by", "columns", "bom",
)  # fmt: skip
"""Options that matter in the write stage alone: shards of both earlier stages are used again when they change."""


def stage_options(options: Options) -> dict[str, dict[str, object]]:
    """Return, for each stage of a run, the options on which its shards depend: its own, and those of earlier stages.

    The installed plugins are among them, because they change what is read and removed.

    >>> [(stage, "mask" in options) for stage, options in stage_options(Options()).items()]
    [('read', False), ('finish', False), ('write', True)]
    """
    from cleaner.plugins import installed

    everything = {k: v for k, v in asdict(options).items() if k not in RUN_OPTIONS} | {"plugins": installed()}
    finish = {k: v for k, v in everything.items() if k not in _FROM_WRITE}
    return {
        "read": {k: v for k, v in finish.items() if k not in _FROM_FINISH},
        "finish": finish,
        "write": everything,
    }


def memory_bytes(size: str) -> int:
    """Return a size such as "1.5G" or "800M" in bytes; "" is half of the machine's memory.

    Raises OptionError for what is no size, and for less than a megabyte.

    >>> memory_bytes("1.5G"), memory_bytes("800M")
    (1610612736, 838860800)
    """
    if not size:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", size.strip(), re.IGNORECASE)
    size_in_bytes = float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " ") if found else 0
    if not 1 <= size_in_bytes <= LARGEST:
        raise OptionError(f"--memory {size}: give a number with K, M, G or T, such as 1.5G.")
    if size_in_bytes < 1 << 20:  # less than any program needs, so its unit was forgotten
        raise OptionError(f"--memory {size}: that is {size_in_bytes:,.0f} bytes. Give its unit as well, such as 4G.")
    return int(size_in_bytes)


PATHS = ("phrases", "allow", "against", "work", "site_rules")
"""Options that name a file or folder. In a file of options these are relative to its folder."""

OWN_OPTIONS = {
    "follow_links": "it reads elsewhere",
    "work": "that folder is emptied and removed at the end",
    "fresh": "it throws the work of an unfinished run away",
    "keep_work": "it leaves files behind",
    "force": "it replaces an output that exists",
    "card": "it writes a README.md",
    "site_rules": "that file is written",
    "against": "it reads elsewhere",
    "phrases": "it reads elsewhere, and lists say what is removed",
    "allow": "it reads elsewhere",
    "engine": "it starts programs",
    "master": "it sends the articles to another machine",
}
"""Options that write, delete or read elsewhere than input and output, and why a file of options that lies among the
input cannot set them: it may have been downloaded together with the articles."""

_DEFAULTS = {f.name: f.default for f in fields(Options)}
_WANTED = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", tuple: "a list of texts"}
"""The type of an option in words, by the type of its default."""


def read_options(path: str | Path) -> Options:
    """Read the options in a file such as `cleaner init` writes. Paths in it are relative to its folder.

    Raises OptionError, with the name of the file, where it cannot be read, has a key that is no option, or a wrong
    value.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "cleaner.toml").write_text('language = ["id"]\\nmin-chars = 200')
    ...     options = read_options(Path(folder, "cleaner.toml"))
    >>> options.language, options.min_chars
    (('id',), 200)
    """
    return Options(**read_config(path))


def read_config(path: str | Path) -> dict[str, Any]:
    """Read the values in a file of options, by field of Options. Keys may have "-" or "_".

    Raises OptionError, with the name of the file, as `read_options` does.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "cleaner.toml").write_text("min-chars = 200")
    ...     read_config(Path(folder, "cleaner.toml"))
    {'min_chars': 200}
    """
    import tomllib

    try:
        with open(path, "rb") as file:
            data = file.read(_CONFIG_BYTES + 1)
        if len(data) > _CONFIG_BYTES:  # a device never ends
            raise OptionError(f"{path} is no file of options: it has more than a megabyte.")
        found = tomllib.loads(data.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: {error}. Write one with: cleaner init") from None
    except (ValueError, RecursionError) as error:  # RecursionError: thousands of brackets, one in the other
        raise OptionError(f"{path} is not valid TOML: {error}.") from None
    values = {}
    for key, value in found.items():
        name = key.replace("-", "_")
        if name not in _DEFAULTS:
            near = get_close_matches(name, _DEFAULTS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "cleaner init writes a file with all of them."
            raise OptionError(f"{path}: there is no option {key!r}. {hint}")
        try:
            values[name] = _typed(name, value, type(_DEFAULTS[name]))
        except OptionError as error:
            raise OptionError(f"{path}: {error}") from None
        if name in PATHS and values[name]:
            values[name] = str(Path(path).parent / values[name])
    try:
        Options(**values)  # checks the values, so that the error has the name of the file
    except OptionError as error:
        raise OptionError(f"{path}: {error}") from None
    return values


def find_config(inputs: Iterable[str]) -> Path | None:
    """Find the cleaner.toml in the folder of the input, or in the nearest folder above; None where there is none.

    Standard input and URLs have none. Raises OptionError where different inputs have different ones.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "cleaner.toml").write_text("min-chars = 200")
    ...     find_config([f"{folder}/2024/*.txt"]) == Path(folder, "cleaner.toml")
    True
    """
    found: dict[Path, Path] = {}  # by their real path, since several inputs may reach one file by different ones
    for given in inputs:
        if given == "-" or "://" in given:
            continue
        path = Path(given)
        # A pattern lies in the folder before its first wildcard; a file may have [ in its name and be no pattern.
        while glob.has_magic(str(path)) and not path.exists():
            path = path.parent
        folder = path if path.is_dir() else path.parent
        places = (folder / CONFIG, *(above / CONFIG for above in folder.absolute().parents))
        if near := next((place for place in places if place.is_file()), None):
            found.setdefault(near.resolve(), near)
    if len(found) > 1:
        named = ", ".join(map(str, found.values()))
        raise OptionError(f"The inputs have different files of options: {named}. Choose one by --config.")
    return next(iter(found.values()), None)


def is_own_config(path: Path, inputs: Iterable[str]) -> bool:
    """Tell whether a file of options is the user's own: it lies in the current folder, and that is no part of the
    input.

    Such a file may set the options of OWN_OPTIONS, as the command line and a file named by --config may.

    >>> is_own_config(Path("cleaner.toml"), ["articles.jsonl"]), is_own_config(Path("cleaner.toml"), ["."])
    (True, False)
    """
    here = Path.cwd().resolve()
    if path.parent.resolve() != here:
        return False
    for given in inputs:
        folder = Path(given)
        # A pattern with ** stands for a folder and all below it, as the name of the folder does.
        while "**" in str(folder) and not folder.exists():
            folder = folder.parent
        if folder.is_dir() and (folder.resolve() == here or folder.resolve() in here.parents):
            return False
    return True


def _typed(name: str, value: Any, wanted: type) -> Any:
    """Return a value as the field `name` holds it. Raises OptionError for a value of a wrong type.

    Whole numbers of NumPy, paths and lists are converted; True is no number, and 3 is no text.
    """
    if wanted is tuple and isinstance(value, str):
        # Names of languages are split by `language_codes`, which knows those with a comma or white space.
        value = [value] if name == "language" else [part.strip() for part in value.split(",") if part.strip()]
    try:
        if wanted is tuple and all(isinstance(part, str) for part in value):
            value = tuple(value)
        elif wanted is int and not isinstance(value, bool):
            value = operator.index(value)
        elif wanted is float and not isinstance(value, str | bool):
            value = float(value)
        elif wanted is str and name in PATHS and value is not None:
            value = os.fspath(value)
    except (TypeError, ValueError, OverflowError):
        pass  # the value is refused below
    if type(value) is not wanted:
        raise OptionError(f"{name} has to be {_WANTED[wanted]}, not {value!r}.")
    for part in value if isinstance(value, tuple) else [value]:
        if isinstance(part, str):
            check_written(name, part)
    return value


def check_written(name: str, value: str) -> None:
    """Raise OptionError where the text of an option, or a name, cannot be written into the files of a run.

    A path of bytes that are not UTF-8 holds surrogates: it can be opened, but the manifest could not name it.
    """
    if "\0" in value:
        raise OptionError(f"{name} holds a NUL character, which no name of a file or field can have.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise OptionError(
            f"{name} is {value!r}, which is not UTF-8 and could not be written into the manifest. Rename it, or name "
            "another."
        ) from None
