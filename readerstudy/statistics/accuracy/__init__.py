"""Diagnostic tables, ROC curves and calibration: one rater against the reference standard."""
