"""Leave out of the input what Cleaner itself made: outputs, logs, work directories, indexes, report pages.

None of these is an article. Without this, a run whose output lies beside its input would read the removed boilerplate
in removed.jsonl as text. The files are known by the marks of `cleaner.ownership`, and left out where a folder or a
pattern leads to them; an output that is named outright is read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from cleaner.ownership import CARD_MARK, MARK, PAGE_MARK, FolderMark, is_made_file, read_mark, read_mark_file

__all__ = ["MadeFiles"]

_MARKED = {".html": PAGE_MARK, ".htm": PAGE_MARK, "README.md": CARD_MARK.encode()}
"""End of a name -> the bytes that a file with this name holds if Cleaner made it."""


class MadeFiles:
    """Knows which files and folders of a walk Cleaner made.

    `own` are files and folders of the run itself, which are left out with all that is in them, and the outputs that
    their marks name. `left_out` counts the files that were left out.
    """

    def __init__(self, own: Iterable[str | os.PathLike[str]] = ()) -> None:
        self._own = {os.path.realpath(path) for path in own}
        self._outputs: dict[str, set[int]] = {}
        self.left_out = 0
        for folder in self._own:
            self._note(folder, read_mark(folder))

    def mark_of(self, real: str, names: Iterable[str]) -> FolderMark | None:
        """Return the mark of a folder, given the names of all that is in it. Outputs that its marks name are noted."""
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
        """Note the outputs that marks in `folder` name. It is for patterns, for which no folder is walked."""
        real = os.path.realpath(folder or ".")
        with os.scandir(real) as entries:
            names = [entry.name for entry in entries]
        self.mark_of(real, names)
        for name in names:
            if name.endswith((".audit", ".work")):
                self._note(f"{real}{os.sep}{name}", read_mark(f"{real}{os.sep}{name}"))

    def is_made(self, real: str, size: int) -> bool:
        """Return True if a file is an output, a report page or a dataset card, or belongs to the run itself.

        An output whose size is not that of its mark was changed since, so it is the user's. Pages are opened for this,
        which takes 10 µs of the 5 ms that cleaning a page takes.
        """
        sizes = self._outputs.get(real, ())
        ending = next((marker for end, marker in _MARKED.items() if real.endswith(end)), b"")
        return real in self._own or size in sizes or -1 in sizes or bool(ending and is_made_file(real, ending))

    def is_inside(self, path: str, root: str) -> bool:
        """Return True if a file that a pattern found lies in a marked folder, at any depth.

        An output counts only below `root`, the folder before the first wildcard: that one was named outright.
        """
        named = Path(os.path.realpath(root or "."))
        for folder in Path(os.path.realpath(path)).parents:
            mark = read_mark(folder) if (folder / MARK).exists() else None
            if mark is not None and (mark.kind != "output" or named in folder.parents):
                return True
        return False

    def _note(self, marked: str, mark: FolderMark | None) -> None:
        """Remember the output that the mark of a folder of logs or of work names."""
        if mark is not None and mark.kind in ("audit", "work") and mark.output != "-":
            output = os.path.normpath(Path(marked).parent / mark.output)
            self._outputs.setdefault(output, set()).add(mark.bytes)
