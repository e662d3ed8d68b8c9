"""datatrove's sentence deduplication over a file of JSON lines: paragraphs_peers.py IN OUT N s|l

N sentences (s) or lines (l) in a row are compared. Documents are kept however short they become, so that what is
measured is what goes out of them. Prints the seconds that it took.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from pathlib import Path


class Sentences:
    """Its own splitter needs a model; the sentences of the test end in a mark, and this knows them all."""

    def sent_tokenize(self, text: str) -> list[str]:
        return [text[a:b] for a, b in self.span_tokenize(text)]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        return [found.span() for found in re.finditer(r"\S[^.!]*[.!]?\s*", text)]


def main(given: str, out: str, number: int, by_line: bool) -> None:
    import loguru
    from datatrove.data import Document
    from datatrove.pipeline.dedup import (
        SentDedupConfig,
        SentenceDedupFilter,
        SentenceDedupSignature,
        SentenceFindDedups,
    )

    loguru.logger.remove()
    config = SentDedupConfig(n_sentences=number, split_sentences=not by_line, min_doc_words=0, min_num_sentences=0)
    rows = [*map(json.loads, Path(given).read_text().splitlines())]
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        sign = SentenceDedupSignature(f"{folder}/signatures", config=config)
        sign.tokenizer = Sentences()
        sign.run((Document(text=row["text"], id=row["id"]) for row in rows), 0, 1)
        SentenceFindDedups(f"{folder}/signatures", f"{folder}/found", config=config).run(None, 0, 1)
        clean = SentenceDedupFilter(f"{folder}/found", config=config)
        clean.tokenizer = Sentences()
        documents = (Document(text=row["text"], id=row["id"]) for row in rows)
        left = [{"id": document.id, "text": document.text} for document in clean.run(documents, 0, 1)]
    spent = time.perf_counter() - start
    Path(out).write_text("".join(json.dumps(row) + "\n" for row in left))
    print(spent)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "l")
