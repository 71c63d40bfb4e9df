"""Regression on arrays: logistic with robust variance, linear with crossed random effects."""
