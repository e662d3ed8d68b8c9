"""cleaner.toml: the fields of Options in a file, beside the input or named. Whatever is wrong in it is an error."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from cleaner.errors import OptionError
from cleaner.options import CONFIG, Options

__all__ = ["find_config", "read_config", "read_options"]

PATHS = ("phrases", "allow", "against", "work", "learned")
"""Options that name a file or folder; in a file they are meant from its folder on."""

_DEFAULTS = {f.name: f.default for f in fields(Options)}
_WANTED = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", tuple: "a list of texts"}


def read_options(path: str | Path) -> Options:
    """The options that a file such as `cleaner init` writes says. Raises OptionError, naming file and key.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "cleaner.toml").write_text('language = ["id"]\\nmin-chars = 200')
    ...     options = read_options(Path(folder, "cleaner.toml"))
    >>> options.language, options.min_chars
    (('id',), 200)
    """
    return Options(**read_config(path))


def read_config(path: str | Path) -> dict[str, Any]:
    """What the file says, by field of Options; "-" and "_" in keys are one. Raises OptionError."""
    import tomllib

    try:
        found = tomllib.loads(Path(path).read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: {error}. Write one with: cleaner init") from None
    except tomllib.TOMLDecodeError as error:
        raise OptionError(f"{path} is not valid TOML: {error}.") from None
    values = {}
    for key, value in found.items():
        name = key.replace("-", "_")
        if name not in _DEFAULTS:
            raise OptionError(f"{path}: {_unknown(key, name)}")
        values[name] = _checked(value, name, f"{path}: {key}")
        if name in PATHS and values[name]:
            values[name] = str(Path(path).parent / values[name])
    try:
        Options(**values)
    except OptionError as error:
        raise OptionError(f"{path}: {error}") from None
    return values


def find_config(inputs: Iterable[str]) -> Path | None:
    """The cleaner.toml in the folder of the input, or else in the nearest folder above; None where there is none.

    Raises OptionError where the inputs have different ones.
    """
    found: dict[Path, Path] = {}
    for given in inputs:
        if given != "-" and "://" not in given:
            near = next((path for path in _places(Path(given)) if path.is_file()), None)
            if near:
                found.setdefault(near.resolve(), near)
    if len(found) > 1:
        named = ", ".join(map(str, found.values()))
        raise OptionError(f"The inputs have different files of options: {named}. Choose one by --config.")
    return next(iter(found.values()), None)


def _places(given: Path) -> Iterator[Path]:
    """Where a file of options for this input may stand, the nearest first."""
    while glob.has_magic(str(given)) and not given.exists():
        given = given.parent
    folder = given if given.is_dir() else given.parent
    yield folder / CONFIG
    yield from (above / CONFIG for above in folder.absolute().parents)


def _unknown(key: str, name: str) -> str:
    near = get_close_matches(name, _DEFAULTS, n=1)
    if near:
        return f"there is no option {key!r}. Did you mean {near[0]!r}?"
    return f"there is no option {key!r}. cleaner init writes a file with all of them."


def _checked(value: Any, name: str, where: str) -> Any:
    wanted = type(_DEFAULTS[name])
    if wanted is tuple and isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    if wanted is float and type(value) is int:
        return float(value)
    if wanted is tuple or type(value) is not wanted:
        raise OptionError(f"{where} has to be {_WANTED[wanted]}, not {value!r}.")
    return value
