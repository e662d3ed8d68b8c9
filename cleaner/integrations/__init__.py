"""The cleaner inside other tools: one module for each, imported by its name, so that none needs the package of
another."""
