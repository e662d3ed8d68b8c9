"""Turn bytes into text: byte order marks, UTF-8, declared charsets, then detection."""
