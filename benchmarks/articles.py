"""Generated articles in Indonesian words, with site furniture and near-duplicates; seeded, as many as wanted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["articles"]

WORDS = (Path(__file__).parent / "data/words.txt").read_text("utf-8").split()
FURNITURE = ("Baca juga: {}", "Penulis: {}", "Editor: {}", "Bagikan artikel ini", "Ikuti kami di Google News", "Iklan")


def articles(
    count: int, *, seed: int = 1, sites: int = 40, copies: float = 0.1, characters: int = 1900
) -> Iterator[dict[str, Any]]:
    """`count` records {"id", "url", "text"}; a share of `copies` repeats a recent one, slightly changed."""
    rng = random.Random(seed)
    recent: list[list[str]] = []
    for n in range(count):
        site = rng.randrange(sites)
        if recent and rng.random() < copies:
            body = [_changed(rng, line) for line in rng.choice(recent)]
        else:
            body = _body(rng, characters)
        recent = [*recent[-199:], body]
        yield {"id": f"a{n}", "url": f"https://situs{site}.example/{n}", "text": "\n\n".join(_page(rng, site, body))}


def _body(rng: random.Random, characters: int) -> list[str]:
    lines, size = [], 0
    wanted = characters * rng.uniform(0.4, 1.6)
    while size < wanted:
        lines.append(" ".join(_sentence(rng) for _ in range(rng.randint(1, 4))))
        size += len(lines[-1])
    return lines


def _sentence(rng: random.Random) -> str:
    words = rng.choices(WORDS, k=rng.randint(7, 20))
    if rng.random() < 0.3:
        words[rng.randrange(len(words))] = str(rng.randint(2, 9999))
    return " ".join(words).capitalize() + "."


def _changed(rng: random.Random, line: str) -> str:
    words = line.split(" ")
    if rng.random() < 0.3:
        words[rng.randrange(len(words))] = rng.choice(WORDS)
    return " ".join(words)


def _page(rng: random.Random, site: int, body: list[str]) -> list[str]:
    lines = [f"KOTA {chr(65 + site % 26)}, SITUS{site}.COM - {body[0]}", *body[1:]]
    for furniture in rng.sample(FURNITURE, 3):
        words = " ".join(rng.choices(WORDS, k=4)).title()
        lines.insert(rng.randint(1, len(lines)) if "Baca" in furniture else len(lines), furniture.format(words))
    return [
        *lines,
        f"Redaksi situs {site}: Jalan Dermaga Nomor {site}",
        f"Hak cipta situs {site}, semua hak dilindungi",
    ]
