"""Taking site boilerplate off plain text: `strip.strip` names every span that goes, its kind, and the evidence."""
