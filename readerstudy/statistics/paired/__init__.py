"""Two or more raters on the same cases: tests of paired answers."""
