"""Tell tables with data from tables that lay out a page, and write a row of cells as one line."""

from __future__ import annotations

from collections import Counter

from cleaner.extract.blocks import Blocks

__all__ = ["as_lines", "data_cells"]

_CELLS = frozenset(("td", "th"))
_IN_CELLS = frozenset(("p", "div", "center"))

_LONGEST_CELL = 200  # characters of a cell with data
_LONGEST_ROW = 400  # characters; a longer row, in paragraphs, is a layout or a text in columns


def data_cells(blocks: Blocks, root: int) -> set[int]:
    """Return the paragraphs in the tables of element `root` that hold data: rows of several short cells, no link."""
    found = set[int]()
    for i in blocks.elements("table"):
        start, end = blocks.first[i], blocks.last[i]
        if i <= root or start < blocks.first[root] or end > blocks.last[root] or any(blocks.link_chars[start:end]):
            continue
        cells = {_cell_of(blocks, j) for j in range(start, end)}
        rows = {blocks.parents[cell] for cell in cells}
        is_short = all(len(text) < _LONGEST_CELL for text in blocks.texts[start:end])
        if is_short and len(rows) > 1 and len(cells) >= 2 * len(rows):
            found.update(range(start, end))
    return found


def _cell_of(blocks: Blocks, j: int) -> int:
    """Return the cell of a table in which paragraph `j` stands with its <p> or <div> alone, else another element."""
    at = blocks.homes[j]
    while blocks.tags[at] in _IN_CELLS and at > 0:
        at = blocks.parents[at]
    return at


def as_lines(blocks: Blocks, chosen: list[int]) -> list[str]:
    """Return the chosen paragraphs as lines. The cells of a table row stand on one line, with bars between them."""
    lines: list[str] = []
    before = (-1, -1)  # row and cell of the line before
    cells = list[tuple[int, int]]()  # the row and the cell in which each stands, with its <p> or <div> alone
    for at in [_cell_of(blocks, j) for j in chosen] if blocks.elements(*_CELLS) else ():
        cells.append((blocks.parents[at], at) if blocks.tags[at] in _CELLS else (-1, -1))
    if not any(row >= 0 for row, _ in cells):  # most articles have no table
        return [blocks.texts[j] for j in chosen]
    sizes, widths = Counter[int](), Counter(row for row, _ in set(cells))  # characters and cells of each row
    for j, (row, _) in zip(chosen, cells, strict=True):
        sizes[row] += len(blocks.texts[j])
    for j, cell in zip(chosen, cells, strict=True):
        # A table that lays out the page has paragraphs in its cells.
        is_wide = widths[cell[0]] < 2 or sizes[cell[0]] > _LONGEST_ROW
        if is_wide and blocks.tags[blocks.homes[j]] not in _CELLS:
            cell = (-1, -1)
        if cell[0] >= 0 and cell[0] == before[0] and (cell[1] != before[1] or blocks.homes[j] != cell[1]):
            bar = " | " if cell[1] != before[1] else " "
            lines[-1] = f"{lines[-1]}{bar}{blocks.texts[j]}".replace("\n", " ")
        else:
            lines.append(blocks.texts[j])
        before = cell
    return lines
