"""Repair of damaged text: mojibake, control characters, line breaks. Every fix is ftfy's."""
