"""Audit: look at what a run did, by its summary, its logs, explain, diff, restore, statistics, card and report."""
