"""What is still taken out of the text of an article when near-duplicates are decided: paragraphs that stand in others
as well, and personal data.

Masks come behind near-duplicates, so that no two articles become alike by them. Both are removals like all others,
found in the clean text and stored in offsets of *before*; so the record and its rows of removed.jsonl are made anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from cleaner.article import Drop, Removal, cut
from cleaner.audit.spans import join
from cleaner.characters import count_words
from cleaner.mask.mask import find_masks, mask_text
from cleaner.neardup.paragraphs import paragraph_at
from cleaner.options import Options
from cleaner.output.records import removal_of, removed_row
from cleaner.strip.space import close_gaps

__all__ = ["add_later", "amend_article", "marks"]

Row = dict[str, Any]

MASKED = ("title", "author")
"""Fields of a record that are masked like its text. `meta` is the input's own and stays as it is."""


def amend_article(
    record: Row, rows: Sequence[Row], shared: Iterable[tuple[int, str]], options: Options
) -> tuple[Row, list[Row], Counter[tuple[str, str, int]]]:
    """The record and its rows of removed.jsonl after the last removals, and these counted by kind, rule and length.

    `shared` are paragraphs that go: the offset of each in the clean text, and the id of the article that keeps it.
    """
    before, text = join(record["text"], rows), record["text"]
    removals = tuple(removal_of(row) for row in rows if row["start"] >= 0)
    aside = [row for row in rows if row["start"] < 0]
    gone = [
        Removal(*paragraph_at(text, start), "shared-paragraph", "duplicate", f"stands in {keeper} as well")
        for start, keeper in shared
    ]
    if gone:
        removals = close_gaps(before, add_later(removals, gone))
        text = cut(before, removals)
    known = {"language": record["language"], "site": record["site"]}  # of whose telephones numbers may be
    masks = find_masks(text, options.mask, **known)
    removals = add_later(removals, masks)
    record = {**record, "text": cut(before, removals)}
    record["words"] = count_words(record["text"])
    counted = Counter((one.kind, one.rule, one.end - one.start) for one in (*gone, *masks))
    for name in MASKED if options.mask else ():
        # a row aside of the text, as of a repaired input: it has no offsets, and restore passes it over
        if found := find_masks(record[name], options.mask, **known):
            masked = cut(record[name], found)
            whole = Removal(-1, -1, found[0].rule, found[0].kind, f"in the field {name}", masked)
            aside.append(removed_row(record["id"], record[name], whole))
            record[name] = masked
    rows = [*aside, *(removed_row(record["id"], before[one.start : one.end], one) for one in removals)]
    if options.mask_log == "none":
        rows = [{**row, "text": mask_text(row["text"], options.mask, **known)} for row in rows]
    return record, rows, counted


def add_later(first: Sequence[Removal], more: Sequence[Removal]) -> tuple[Removal, ...]:
    """`more`, found in the text that `first` leaves, in offsets of the text before; both together, sorted.

    Where a later removal spans one of `first`, that one keeps its name and the later one is cut there, but for space,
    which it takes in: a number with a tidied space inside is one number. Cut into several, a removal puts its
    replacement in the place of the first.

    >>> [(r.start, r.end, r.kind) for r in add_later([Removal(2, 4, "a", "ad")], [Removal(1, 4, "b", "nav")])]
    [(1, 2, 'nav'), (2, 4, 'ad'), (4, 6, 'nav')]
    """
    both: list[Removal] = []
    shift, i = 0, 0  # what an offset of the cut text is short of; the first of `first` that is not passed

    def behind(removal: Removal) -> int:
        return shift + removal.end - removal.start - len(removal.replacement)

    for new in more:
        while i < len(first) and first[i].start + len(first[i].replacement) - shift <= new.start:
            both.append(first[i])
            shift, i = behind(first[i]), i + 1
        start, left = new.start + shift, new.replacement
        while i < len(first) and first[i].start - shift < new.end:
            earlier = first[i]
            shift, i = behind(earlier), i + 1
            if earlier.kind == "space":
                start = min(start, earlier.start)
                continue
            if start < earlier.start:
                both.append(new._replace(start=start, end=earlier.start, replacement=left))
                left = ""
            both.append(earlier)
            start = earlier.end
        end = max(new.end + shift, first[i - 1].end if i else 0)
        if start < end:
            both.append(new._replace(start=start, end=end, replacement=left))
    return (*both, *first[i:])


def marks(id: str, drop: Drop | None) -> Row:
    """What `--mark` adds to a record. The articles of one cluster name the one of them that stays; who stands alone
    names itself."""
    reason, keeper, similarity = (drop.reason, drop.keeper, round(drop.jaccard, 4)) if drop else ("", "", 0.0)
    return {"duplicate_of": keeper, "similarity": similarity, "drop_reason": reason, "cluster": keeper or id}
