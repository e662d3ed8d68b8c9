"""Where articles come from: paths, patterns and URLs, formats, compression; bytes to text.

`list_sources` names the files, `plan` cuts them into bounded pieces, `read` gives the records of one piece, `decode`
their text.
"""

from __future__ import annotations

from cleaner.source.decode import Decoded, decode
from cleaner.source.hints import folder_hint
from cleaner.source.listing import list_sources, path_of, source_name
from cleaner.source.markup import has_markup, looks_like_html, unmark
from cleaner.source.piece import Piece, Source, Span
from cleaner.source.planning import plan
from cleaner.source.reading import read

__all__ = [
    "Decoded",
    "Piece",
    "Source",
    "Span",
    "decode",
    "folder_hint",
    "has_markup",
    "list_sources",
    "looks_like_html",
    "path_of",
    "plan",
    "read",
    "source_name",
    "unmark",
]
