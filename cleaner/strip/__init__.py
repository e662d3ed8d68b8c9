"""Taking site cruft off plain text: `strip` names every span that goes, its kind, and the evidence.

Two problems are told apart first: text that an extractor left (default: keep a line) and a whole page
rendered as text (find the article's block, then tidy inside it).
"""

from __future__ import annotations

from cleaner.strip.phrases import Phrases, load_phrases, phrase_languages
from cleaner.strip.stripping import Stripped, explain_line, strip

__all__ = ["Phrases", "Stripped", "explain_line", "load_phrases", "phrase_languages", "strip"]
