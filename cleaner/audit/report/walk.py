"""Every article of a run together with what was removed from it, read in step from the output and its logs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cleaner.audit.logs import Row

__all__ = ["Row", "Walked", "walk"]


@dataclass(frozen=True, slots=True)
class Walked:
    """One article: its record (None where the output cannot be read), its row of dropped.jsonl, its removals."""

    record: Row | None
    drop: Row | None
    removed: Sequence[Row]


class _Stream:
    """Articles of one file, in order. Those that were read ahead wait until a removal is theirs, or passes them."""

    def __init__(self, articles: Iterable[tuple[Row, Row | None]], size: int) -> None:
        self._articles, self._size, self._pulled, self._source = iter(articles), max(size, 1), 0, ""
        self.waiting: OrderedDict[str, tuple[Row, Row | None]] = OrderedDict()
        self.more = True

    def position(self) -> tuple[str, float]:
        """How far it was read. Both files follow the sorted sources; within one source, the shares are compared."""
        return self._source, self._pulled / self._size

    def pull(self) -> None:
        """Read one more article."""
        for article, drop in self._articles:
            self._source, self._pulled = str(article["source"]), self._pulled + 1
            self.waiting[str(article["id"])] = article, drop
            return
        self.more = False

    def upto(self, wanted: str, rows: Sequence[Row]) -> Iterator[Walked]:
        """The waiting articles up to `wanted`, which owns the rows."""
        while True:
            name, (article, drop) = self.waiting.popitem(last=False)
            yield Walked(article, drop, rows if name == wanted else ())
            if name == wanted:
                return

    def rest(self) -> Iterator[Walked]:
        """All others."""
        yield from (Walked(*pair, ()) for pair in self.waiting.values())
        yield from (Walked(*pair, ()) for pair in self._articles)


def walk(
    written: Iterable[Row],
    dropped: Iterable[Row],
    removed: Iterable[tuple[str, Sequence[Row]]],
    *,
    sizes: tuple[int, int] = (1, 1),
) -> Iterator[Walked]:
    """Every article once, with its removals; all three inputs stand in the order of the run.

    `removed` are (id, rows) as `cleaner.audit.logs.removals` gives them. `sizes` are the numbers of articles
    written and dropped. Memory holds what one file is read ahead of the other: nothing but a few articles, as both
    are ordered by source. Removals of an article that is in neither file (the output went to stdout, say) come with
    no record.
    """
    streams = (
        _Stream(((record, None) for record in written), sizes[0]),
        _Stream(((row["record"], row) for row in dropped), sizes[1]),
    )
    for name, rows in removed:
        while (owner := next((s for s in streams if name in s.waiting), None)) is None:
            behind = [s for s in streams if s.more]
            if not behind:
                break
            min(behind, key=_Stream.position).pull()
        yield from owner.upto(name, rows) if owner else [Walked(None, None, rows)]
    for stream in streams:
        yield from stream.rest()
