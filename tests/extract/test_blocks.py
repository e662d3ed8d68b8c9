"""The tables of a page: short cuts on the way to them change nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.extract.blocks import single_spaces, walk
from cleaner.extract.marks import marks_of
from cleaner.tables import read_toml

SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2003\u2028\u2029\u202f\u205f\u3000"
characters = st.sampled_from([*SPACES, "\u200b", "\xad", "\ud800", "\ue000"]) | st.characters()


@given(st.text(characters, max_size=12))
def test_white_space_becomes_single_spaces(text: str) -> None:
    assert single_spaces(text) == " ".join(text.split())


@given(st.lists(st.sampled_from(["<p>", "<h1>", "<main>", "<article>", "x"]), max_size=12).map("".join))
def test_elements_are_found_in_the_order_of_the_page(html: str) -> None:
    blocks = walk(html)
    for wanted in (("h1",), ("article", "main"), ("table",)):
        assert blocks.elements(*wanted) == [i for i, tag in enumerate(blocks.tags) if tag in wanted]


@pytest.mark.parametrize("before", ["", "page-", "x2", "Big"])
def test_every_listed_name_marks_an_element_whatever_stands_around_it(before: str) -> None:
    for family, names in read_toml("extract/data/marks.toml")["names"].items():
        for name in filter(str.islower, names.split()):
            shown = name.title().replace("-", "") if before == "Big" else name
            for html in (f' class="{before}{shown}"', f' id="x" class="wide {before}{shown}_2 row"'):
                assert {mark.family for mark in marks_of("div", html)} & {family, "hidden"}, html


@pytest.mark.parametrize("name", ["header", "adapter", "metadata", "contents", "X", "", "-", "2"])
def test_a_name_that_only_holds_the_letters_of_a_mark_is_none(name: str) -> None:
    assert marks_of("div", f' class="{name}"') == ()
