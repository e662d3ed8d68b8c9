"""Running shards: the work directory that makes a run resumable, and the pool of worker processes."""

import logging

logging.getLogger("cleaner").addHandler(logging.NullHandler())
