"""Lines that repeat beside different articles of one site."""
