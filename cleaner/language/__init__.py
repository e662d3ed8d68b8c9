"""Which language a text is in: by words that tell, by the model of langid, and a second look at Indonesian or Malay."""
