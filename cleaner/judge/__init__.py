"""Is this line the article's? The lines of a text, their features, and the fitted trees for whole pages."""
