"""Three paragraphs of prose that pages of tests are made of."""

from __future__ import annotations

from cleaner.extract.page import extract

PROSE = [
    "The bakery at the corner opened before dawn and sold all of its rolls within the hour, as it does every Sunday.",
    "Nobody in the queue minded the rain, because the awning reaches as far as the tram stop on the other side.",
    "By noon the baker had closed the shutters, swept the pavement and gone home to sleep until the evening.",
]
BODY = "".join(f"<p>{line}</p>" for line in PROSE)


def lines(html: str) -> list[str]:
    return extract(html).text.split("\n")
