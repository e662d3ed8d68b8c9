"""Cleaning a whole corpus: the stages of a run, and the steps that need all articles."""
