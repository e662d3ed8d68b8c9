"""Small charts as SVG: a bar, a bar of several parts, a histogram. Colours come from classes of page.css."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.audit.report.markup import Html, h

__all__ = ["bar", "histogram", "stacked"]

_WIDE, _HIGH, _TOP, _FOOT = 600, 96, 18, 20  # units of a histogram: of its columns, and the room above and below them


def bar(share: float, cls: str = "") -> Html:
    """A share of 1 as a bar. It is decoration: the number stands beside it."""
    filled = h("rect", cls=cls, width=f"{100 * min(1.0, max(0.0, share)):.2f}%", height="100%", rx=2)
    return h("svg", filled, cls="bar", aria_hidden="true", focusable="false")


def stacked(parts: Sequence[tuple[str, int, str]]) -> Html:
    """One bar of parts (label, number, class), with a key that gives each number and its share."""
    total = sum(number for _, number, _ in parts) or 1
    at, rects, keys = 0.0, [], []
    for label, number, cls in parts:
        wide = 100 * number / total
        rects.append(h("rect", x=f"{at:.3f}%", width=f"{wide:.3f}%", height="100%", cls=cls))
        dot = h("svg", h("circle", cx=5, cy=5, r=5, cls=cls), cls="dot", aria_hidden="true", focusable="false")
        keys.append(h("li", dot, h("b", f"{number:,}"), f" {label} ", h("small", f"({wide:.1f} %)")))
        at += wide
    drawn = h("svg", rects, cls="stacked", aria_hidden="true", focusable="false")
    return h("div", drawn, h("ul", keys, cls="key"))


def histogram(counts: Sequence[int], *, label: str, low: float = 0.0, high: float = 1.0, cls: str = "") -> Html:
    """Columns of equal width from `low` to `high`; each says its number. `label` says what is counted."""
    most, step, wide = max(counts, default=0) or 1, (high - low) / (len(counts) or 1), _WIDE / (len(counts) or 1)
    floor = _TOP + _HIGH
    drawn = [h("path", d=f"M0 {floor}H{_WIDE}", cls="axis")]
    for i, n in enumerate(counts):
        tall = _HIGH * n / most
        x, y = i * wide, floor - tall
        drawn.append(
            h("rect", x=f"{x + 2:.1f}", y=f"{y:.1f}", width=f"{wide - 4:.1f}", height=f"{tall:.1f}", rx=2, cls=cls)
        )
        if n:
            drawn.append(h("text", short(n), x=f"{x + wide / 2:.1f}", y=f"{y - 5:.1f}", cls="count"))
    for i in range(0, len(counts) + 1, max(1, len(counts) // 5)):
        edge = "start" if i == 0 else "end" if i == len(counts) else "middle"
        tick = f"{low + i * step:.1f}"
        drawn.append(h("text", tick, x=f"{i * wide:.1f}", y=floor + 15, text_anchor=edge, cls="tick"))
    told = "; ".join(f"{low + i * step:.2f} to {low + (i + 1) * step:.2f}: {n:,}" for i, n in enumerate(counts) if n)
    name = f"{label}. {told or 'None'}."
    return h("svg", drawn, cls="histogram", viewBox=f"0 0 {_WIDE} {floor + _FOOT}", role="img", aria_label=name)


def short(number: int) -> str:
    """A number in four characters or so.

    >>> short(950), short(12_345), short(3_400_000)
    ('950', '12k', '3.4M')
    """
    if number < 10_000:
        return str(number)
    return f"{number / 1000:.0f}k" if number < 1_000_000 else f"{number / 1e6:.1f}M"
