"""Looking at what was done: logs, explain, diff, restore, the summary, the report."""
