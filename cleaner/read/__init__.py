"""Turn inputs into records: files, streams, archives, formats, and the fields of a record."""
