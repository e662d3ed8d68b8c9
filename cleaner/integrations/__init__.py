"""The cleaner inside other tools: one small module for each, imported by name, so that none needs another's package."""
