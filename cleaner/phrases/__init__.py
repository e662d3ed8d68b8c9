"""The phrase lists of each language: loading, looking up, searching."""
