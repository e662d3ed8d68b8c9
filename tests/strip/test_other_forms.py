"""Nothing goes of a clean article, in whatever form somebody has written it anew.

benchmarks/other_forms.py has the forms, and measures them on the labelled articles; here they are tried on the output
of the sample corpus.
"""

from __future__ import annotations

import importlib.util

import pytest
from sample import ROOT, read_lines

import cleaner

_spec = importlib.util.spec_from_file_location("other_forms", ROOT / "benchmarks" / "other_forms.py")
assert _spec is not None
assert _spec.loader is not None
other_forms = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(other_forms)

ARTICLES = {row["id"]: row["text"] for row in read_lines(ROOT / "corpus" / "clean.jsonl")}
# these make what no writer has written: "Comments." out of a list, a caption out of a sentence, and below the last one
UNLIKELY = {"a sentence to a line", "without marks at the end of lines", "in another order"}
FORMS = sorted(other_forms.FORMS.keys() - UNLIKELY)


@pytest.mark.parametrize("form", FORMS)
def test_nothing_goes_of_a_clean_article(form: str) -> None:
    given = [(name, other_forms.FORMS[form](text)) for name, text in ARTICLES.items()]
    lost = {
        article.id: [article.before[r.start : r.end] for r in article.removals if r.kind != "space"]
        for article in cleaner.iter_clean(given)
    }
    assert {name: spans for name, spans in lost.items() if spans} == {}
