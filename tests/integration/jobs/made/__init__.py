"""The package of the made-up system."""
