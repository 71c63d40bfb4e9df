"""Multi-reader multi-case methods on plain arrays, usable without plans and files.

Axes are named in the order ``arms, readers, cases``; a *cell* is one (arm, reader) pair, counted
arm-major. A value that was not recorded is NaN in an input array and nowhere else. Only `scoring`
(readings -> arrays) and `report` (results -> entry) know the analysis framework.
"""
