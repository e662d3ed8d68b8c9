"""Near-duplicates: tokens, MinHash signatures, bands, exact verification, and the saved index."""
