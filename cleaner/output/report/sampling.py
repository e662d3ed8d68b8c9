"""A seeded sample of a stream: the same input gives the same sample on every machine."""

from __future__ import annotations

from random import Random
from typing import Generic, TypeVar

__all__ = ["SEED", "Sample"]

SEED = 20240601
T = TypeVar("T")


class Sample(Generic[T]):
    """Up to `size` of the items offered, each as likely as any other (Vitter's algorithm R).

    `wants` is asked first, so that nothing is prepared in vain; `put` goes with every yes.
    """

    __slots__ = ("_at", "_random", "_size", "items", "seen")

    def __init__(self, size: int, random: Random) -> None:
        self.items: list[T] = []
        self.seen = 0
        self._size, self._random, self._at = size, random, 0

    def wants(self) -> bool:
        """Whether the next item belongs to the sample so far."""
        self.seen += 1
        if self.seen <= self._size:
            self._at = self.seen - 1
            return True
        self._at = int(self._random.random() * self.seen)
        return self._at < self._size

    def put(self, item: T) -> None:
        """The item that was wanted."""
        if self._at == len(self.items):
            self.items.append(item)
        else:
            self.items[self._at] = item
