"""Writing what came out: records, formats, writers, the manifest, and publishing under the final names."""
