"""Figures of results: pure functions of an entry of ``analysis-result/1`` and a matplotlib axes.

Nothing here knows Django, the database or pyplot's global state. ``canvas`` makes a figure in
journal width, a ``draw_*`` function fills its axes, ``save`` turns it into bytes.
"""

from readerstudy.reports.figures.canvas import canvas, save
from readerstudy.reports.figures.comparison_matrix import draw_comparison_matrix
from readerstudy.reports.figures.confusion import draw_confusion
from readerstudy.reports.figures.forest import draw_forest
from readerstudy.reports.figures.render import DRAWINGS, render
from readerstudy.reports.figures.roc import draw_roc

__all__ = [
    "DRAWINGS",
    "canvas",
    "draw_comparison_matrix",
    "draw_confusion",
    "draw_forest",
    "draw_roc",
    "render",
    "save",
]
