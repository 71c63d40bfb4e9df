"""Writes: one transaction and one audit event per call."""
