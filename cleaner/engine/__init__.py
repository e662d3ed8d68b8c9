"""Running tasks: the work directory that makes a run resumable, the pool of workers, Spark, and the shuffle."""

import logging

# A library says nothing by itself: the command line, or the caller, decides where warnings go.
logging.getLogger("cleaner").addHandler(logging.NullHandler())
