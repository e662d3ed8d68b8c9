"""From bytes to text: byte order marks, UTF-8, declared charsets, then detection."""
