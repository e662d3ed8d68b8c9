"""A seeded sample of a stream: the same input gives the same sample on every machine."""

from __future__ import annotations

from math import log, log1p
from random import Random
from typing import Generic, TypeVar

__all__ = ["SEED", "Sample"]

SEED = 20240601
T = TypeVar("T")


class Sample(Generic[T]):
    """Up to `size` of the items offered, each as likely as any other (Li's algorithm L, 1994: it draws how many items
    to pass over, not a number for each).

    `wants` is asked first, so that nothing is prepared in vain; `put` goes with every yes.
    """

    __slots__ = ("_random", "_size", "_weight", "items", "next", "seen")

    def __init__(self, size: int, random: Random) -> None:
        self.items: list[T] = []
        self.seen = 0
        self._size, self._random = size, random
        self.next, self._weight = 1, 1.0

    def wants(self) -> bool:
        """Whether the next item belongs to the sample so far."""
        self.seen += 1
        return self.seen == self.next

    def put(self, item: T) -> None:
        """The item that was wanted."""
        if len(self.items) < self._size:
            self.items.append(item)
        else:
            self.items[self._random.randrange(self._size)] = item
        self.next += 1 if len(self.items) < self._size else self._passed_over() + 1

    def _passed_over(self) -> int:
        self._weight *= self._draw() ** (1 / self._size)
        return int(log(self._draw()) / log1p(-self._weight))

    def _draw(self) -> float:
        """Above 0 and below 1: both ends would have no logarithm above."""
        return (self._random.getrandbits(32) + 1) / ((1 << 32) + 1)
