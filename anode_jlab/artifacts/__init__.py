"""Bytes that are too large for the shared document, addressed by what they are."""
