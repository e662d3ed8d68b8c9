"""From what a person names to records: files, streams, archives, formats, and the fields of a record."""
