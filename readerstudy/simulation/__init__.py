"""Simulated readers: they use the services that people use, with the clock moved."""

from readerstudy.simulation.driver import simulate

__all__ = ["simulate"]
