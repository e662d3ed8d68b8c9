"""Read the article out of an HTML page, and what the page says of itself."""
