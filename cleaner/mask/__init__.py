"""Masks of personal data: find the e-mail addresses, phone numbers and other personal numbers in a clean text."""
