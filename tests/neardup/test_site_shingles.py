"""Shingles that recur on a site are the same ones however many slices they are counted in, in memory or in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cleaner.neardup.columns import Room
from cleaner.neardup.shingles import TokenStore, shingle_tokens
from cleaner.neardup.site_shingles import FEW, FEW_WITHOUT_SITE, SiteShingles, recurring_in, share_out
from cleaner.neardup.tokens import tokenize

SITES = np.repeat([-1, 7, 9], [FEW_WITHOUT_SITE + 1, FEW + 1, FEW])
"""Just enough articles for the first two, one too few for the last."""


@pytest.mark.parametrize(("at_once", "memory"), [(1 << 22, 1 << 30), (500, 1 << 30), (500, 0)])
def test_a_footer_recurs_beside_more_than_a_few_articles(
    at_once: int, memory: int, make_article: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleaner.neardup.site_shingles._AT_ONCE", at_once)
    monkeypatch.setattr("cleaner.neardup.site_shingles._BLOCK", 16)
    footers = {site: make_article(100 + site, 30) for site in (-1, 7, 9)}
    texts = [f"{make_article(n, 40)} {footers[site]}" for n, site in enumerate(SITES.tolist())]
    tokens, places = tokenize(texts), np.arange(len(texts))
    with Room(memory, tmp_path) as room:
        store = TokenStore(len(texts), len(tokens.hashes), room)
        store.add(places, tokens.hashes, np.diff(tokens.starts))
        keys, sites = recurring_in(store, places, SITES, np.zeros(len(texts), np.uint32), room)
    assert sites.tolist() == [-1, 7]
    assert keys.tolist() == sorted(set(keys.tolist()))
    for site, footer in footers.items():
        line = tokenize([footer])
        kept = SiteShingles.of(keys, sites).kept(shingle_tokens(line.hashes, line.starts), np.array([site]))
        assert kept.all() if site == 9 else not kept.any(), site


def test_sites_with_few_articles_are_not_counted() -> None:
    counts = np.array([FEW_WITHOUT_SITE, FEW, FEW + 1])
    assert share_out(np.array([-1, 7, 9]), counts, counts * 300).tolist() == [-1, -1, 0]
    assert share_out(np.array([-1, 7, 9]), counts + 1, counts * 300).tolist() == [0, 0, 0]
