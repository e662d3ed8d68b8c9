"""Running shards: the work directory that makes a run resumable, and the pool of worker processes."""
