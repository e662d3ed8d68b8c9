"""The made articles of the tests of near-duplicates serve here as well."""

from neardup.conftest import make_article

__all__ = ["make_article"]
