"""Lay out histograms: where each column stands, what is written on it, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["histogram_columns"]


def histogram_columns(counts: Sequence[int]) -> dict[str, Any]:
    """Return the places of the columns of a histogram from 0 to 1 and of the marks below them, and the same in words.

    The words are for readers who cannot see the picture.
    """
    wide, high, top, foot = 600, 96, 18, 20  # units: of all columns, and the room above and below them
    number, floor = len(counts) or 1, top + high
    most, step = max(counts, default=0) or 1, wide / number
    # Units are those of the picture's own grid, which the browser scales to the page.
    # Numbers are rounded here, so that the same counts give the same bytes on every machine.
    columns = []
    for i, n in enumerate(counts):
        tall = high * n / most
        columns.append(
            {
                "x": f"{i * step + 2:.1f}",
                "y": f"{floor - tall:.1f}",
                "width": f"{step - 4:.1f}",  # two units of space on both sides
                "height": f"{tall:.1f}",
                "count": _short(n) if n else "",
                "middle": f"{i * step + step / 2:.1f}",
                "above": f"{floor - tall - 5:.1f}",
            }
        )
    ticks = [
        {
            "x": f"{i * step:.1f}",
            "y": floor + 15,
            "anchor": "start" if i == 0 else "end" if i == len(counts) else "middle",
            "label": f"{i / number:.1f}",
        }
        for i in range(0, len(counts) + 1, max(1, len(counts) // 5))
    ]
    said = "; ".join(f"{i / number:.2f} to {(i + 1) / number:.2f}: {n:,}" for i, n in enumerate(counts) if n)
    view, axis = f"0 0 {wide} {floor + foot}", f"M0 {floor}H{wide}"
    return {"columns": columns, "ticks": ticks, "said": said or "None", "view": view, "axis": axis}


def _short(number: int) -> str:
    """Return a number in four characters or so.

    >>> _short(950), _short(12_345), _short(3_400_000)
    ('950', '12k', '3.4M')
    """
    if number < 10_000:
        return str(number)
    return f"{number / 1000:.0f}k" if number < 1_000_000 else f"{number / 1e6:.1f}M"
