"""`python -m cleaner` is the command line."""

import sys

# `python -m` puts the current folder before all else. There the articles may lie, and among them a json.py.
if not sys.flags.safe_path:
    del sys.path[0]

from cleaner.cli import main

main(prog_name="cleaner")
