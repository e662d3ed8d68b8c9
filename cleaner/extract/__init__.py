"""From an HTML page to the text of its article and what the page says of itself."""
