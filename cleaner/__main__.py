"""Run the command line by `python -m cleaner`."""

import sys

# `python -m` searches the current folder first. The articles may lie there, and among them a file named json.py.
if not sys.flags.safe_path:
    del sys.path[0]

from cleaner.cli import main

main(prog_name="cleaner")
