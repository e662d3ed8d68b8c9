"""Files of the user that say what goes and what stays: the lines of `--allow`, the phrase lists of `--phrases`.

They are read once, so that an edit in the midst of a run changes nothing in it. Lists are often written, tried and
changed in one session of Python, though, so every call of the API looks first whether a file changed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cleaner.errors import OptionError
from cleaner.options import Options
from cleaner.phrases.phrases import forget_lists, normalise_wording

__all__ = ["allowed_lines", "reread_own_files"]


@cache
def allowed_lines(path: str) -> frozenset[str]:
    """The lines of the file `--allow`, which always stay, by their normalised wording; none for "".

    Every article asks for them, and they may be hundreds of thousands. Raises OptionError for a file that is no text.
    """
    if not path:
        return frozenset()
    try:
        lines = Path(path).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"--allow {path}: {error}. Give a UTF-8 text file with one line per line to keep.") from error
    return frozenset(normalise_wording(line) for line in lines if line.strip())


def reread_own_files(options: Options) -> None:
    """Forget what was read of files that changed since."""
    named = [path for path in (options.phrases, options.allow) if path]  # few calls have either
    if any(_state_when_read(path) != _state(path) for path in named):
        for cached in (allowed_lines, _state_when_read):
            cached.cache_clear()
        forget_lists()
        for path in named:  # before they are read, so that no later change is missed
            _state_when_read(path)


def _state(path: str) -> tuple[tuple[str, int, int], ...]:
    """The names, times of change and sizes of a file, or of the lists in a folder; () for what is not there."""
    files = sorted(Path(path).glob("*.toml")) if Path(path).is_dir() else [Path(path)]
    states = [(file, file.stat()) for file in files if file.exists()]
    return tuple((str(file), state.st_mtime_ns, state.st_size) for file, state in states)


_state_when_read = cache(_state)
