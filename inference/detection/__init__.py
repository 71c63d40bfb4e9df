"""Lesion detection: an anchor-free one-stage detector on slices, its boxes linked in 3-D."""
