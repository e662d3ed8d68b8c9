"""Make the last removals in an article, once duplicates are decided: shared paragraphs, and personal data to mask.

Personal data is masked after the search for near-duplicates, so that masks make no two articles alike. Both are
removals like all others: found in the clean text, stored as offsets of *before*. So the record and its rows of
removed.jsonl are written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from cleaner.article import Drop, Removal, cut, insert_removals
from cleaner.audit.spans import join
from cleaner.characters import count_words
from cleaner.neardup.paragraphs import paragraph_at
from cleaner.options import Options
from cleaner.output.records import removal_of, removed_row
from cleaner.strip.space import close_gaps

__all__ = ["amend_article", "marks"]

Row = dict[str, Any]


def amend_article(
    record: Row, rows: Sequence[Row], shared: Iterable[tuple[int, str]], options: Options
) -> tuple[Row, list[Row], Counter[tuple[str, str, int]]]:
    """Return the record and its rows of removed.jsonl after the last removals, and their number by (kind, rule,
    length).

    `shared` are paragraphs to remove: the offset of each in the clean text, and the id of the article that keeps it.
    """
    from cleaner.mask.mask import MASKED, find_masks, mask_text  # 4 ms of modules, which few runs need

    before, text = join(record["text"], rows), record["text"]
    removals = tuple(removal_of(row) for row in rows if row["start"] >= 0)
    aside = [row for row in rows if row["start"] < 0]
    gone = [
        Removal(*paragraph_at(text, start), "shared-paragraph", "duplicate", f"stands in {keeper} as well")
        for start, keeper in shared
    ]
    if gone:
        removals = close_gaps(before, insert_removals(removals, gone))
        text = cut(before, removals)
    # language and site say of which country telephone numbers may be
    known = {"language": record["language"], "site": record["site"]}
    masks = find_masks(text, options.mask, **known)
    removals = insert_removals(removals, masks)
    record = {**record, "text": cut(before, removals)}
    record["words"] = count_words(record["text"])
    counted = Counter((one.kind, one.rule, one.end - one.start) for one in (*gone, *masks))
    for name in MASKED if options.mask else ():
        # the row of a field has no offsets in the text, and restore skips it
        if found := find_masks(record[name], options.mask, **known):
            masked = cut(record[name], found)
            whole = Removal(-1, -1, found[0].rule, found[0].kind, f"in the field {name}", masked)
            aside.append(removed_row(record["id"], record[name], whole))
            record[name] = masked
    rows = [*aside, *(removed_row(record["id"], before[one.start : one.end], one) for one in removals)]
    if options.mask_log == "none":
        rows = [{**row, "text": mask_text(row["text"], options.mask, **known)} for row in rows]
    return record, rows, counted


def marks(id: str, drop: Drop | None) -> Row:
    """Return what `--mark` adds to a record. `cluster` is the id of the article that its cluster keeps, or its own
    id."""
    reason, keeper, similarity = (drop.reason, drop.keeper, round(drop.jaccard, 4)) if drop else ("", "", 0.0)
    return {"duplicate_of": keeper, "similarity": similarity, "drop_reason": reason, "cluster": keeper or id}
