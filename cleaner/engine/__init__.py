"""Running tasks: the work directory that makes a run resumable, the pool of workers, Spark, and the shuffle."""

import logging

logging.getLogger("cleaner").addHandler(logging.NullHandler())
