"""What lies in the input and was made by Cleaner itself: outputs, logs, work directories, indexes, report pages.

None of it is an article: a run whose output lies beside its input would else read the cruft in removed.jsonl as text.
It is recognised by the marks of `cleaner.ownership`, and left out where it is found by walking a folder or a pattern.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from cleaner.ownership import CARD_MARK, MARK, PAGE_MARK, FolderMark, is_made_file, read_mark, read_mark_file

__all__ = ["MadeFiles"]

_MARKED = {".html": PAGE_MARK, ".htm": PAGE_MARK, "README.md": CARD_MARK.encode()}
"""Files that tell by their content whether Cleaner made them, by the end of their name, and what they hold then."""


class MadeFiles:
    """What a walk met that Cleaner made.

    `own` are files and folders of the run itself. What is in them is left out as well, and the outputs that their marks
    name. `left_out` counts files.
    """

    def __init__(self, own: Iterable[str | os.PathLike[str]] = ()) -> None:
        self._own = {os.path.realpath(path) for path in own}
        self._outputs: dict[str, set[int]] = {}
        self.left_out = 0
        for folder in self._own:
            self._note(folder, read_mark(folder))

    def mark_of(self, real: str, names: Iterable[str]) -> FolderMark | None:
        """The mark of a folder by the names of all that is in it; the outputs that these marks name are noted."""
        found = None
        for name in names:
            if name == MARK:
                self._note(real, found := read_mark(real))
            elif name.endswith(MARK):  # beside a file whose logs lie elsewhere
                mark = read_mark_file(f"{real}{os.sep}{name}")
                self._note(f"{real}{os.sep}{name}", mark)
        if real in self._own and found is None:
            return FolderMark("index", "")
        return found

    def note_beside(self, folder: str) -> None:
        """Note the outputs that the marked folders and files beside them name, where only a pattern is looked at."""
        real = os.path.realpath(folder or ".")
        with os.scandir(real) as entries:
            names = [entry.name for entry in entries]
        self.mark_of(real, names)
        for name in names:
            if name.endswith((".audit", ".work")):
                self._note(f"{real}{os.sep}{name}", read_mark(f"{real}{os.sep}{name}"))

    def is_made(self, real: str, size: int) -> bool:
        """Whether a file is an output, a report page or a dataset card, or belongs to the run itself.

        An output whose size is not that of its mark was changed since, so it is the user's. Pages are opened for this,
        which takes 10 µs of the 5 ms that cleaning a page takes.
        """
        sizes = self._outputs.get(real, ())
        ending = next((marker for end, marker in _MARKED.items() if real.endswith(end)), b"")
        return real in self._own or size in sizes or -1 in sizes or bool(ending and is_made_file(real, ending))

    def is_inside(self, path: str, root: str) -> bool:
        """Whether a file that a pattern found lies in a marked folder, at any depth.

        An output counts only below `root`, the folder before the first wildcard: that one was named outright.
        """
        named = Path(os.path.realpath(root or "."))
        for folder in Path(os.path.realpath(path)).parents:
            mark = read_mark(folder) if (folder / MARK).exists() else None
            if mark is not None and (mark.kind != "output" or named in folder.parents):
                return True
        return False

    def _note(self, marked: str, mark: FolderMark | None) -> None:
        if mark is not None and mark.kind in ("audit", "work") and mark.output != "-":
            output = os.path.normpath(Path(marked).parent / mark.output)
            self._outputs.setdefault(output, set()).add(mark.bytes)
