"""Masks of personal data: what in a clean text is an address, a number of a person or of a card, by kinds."""
