"""Identify the language of a text: by frequent words, by the model of langid, and Indonesian or Malay by more clues."""
