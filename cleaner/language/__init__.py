"""Which language a text is in: telling words, langid's model, Indonesian or Malay."""
