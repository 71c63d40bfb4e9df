"""Reads: nothing in here changes a row."""
