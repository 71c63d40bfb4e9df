"""Figures of results: pure functions of an entry of ``analysis-result/1`` and a matplotlib axes.

Nothing here knows Django, the database or pyplot's global state. ``canvas`` makes a figure in
journal width, a ``draw_*`` function fills its axes, ``save`` turns it into bytes.
"""

from readerstudy.reports.figures.calibration import draw_calibration, draw_decision_curve
from readerstudy.reports.figures.canvas import canvas, panels, save
from readerstudy.reports.figures.comparison_matrix import draw_comparison_matrix
from readerstudy.reports.figures.confusion import draw_confusion
from readerstudy.reports.figures.forest import ForestLine, draw_forest
from readerstudy.reports.figures.nomogram import Predictor, draw_nomogram
from readerstudy.reports.figures.power import draw_power
from readerstudy.reports.figures.prevalence import draw_prevalence
from readerstudy.reports.figures.quartiles import draw_quartiles
from readerstudy.reports.figures.radar import draw_radar
from readerstudy.reports.figures.readers import draw_group, draw_readers
from readerstudy.reports.figures.reliance import draw_reliance
from readerstudy.reports.figures.render import DRAWINGS, is_wide, render
from readerstudy.reports.figures.roc import draw_roc

__all__ = [
    "DRAWINGS",
    "ForestLine",
    "Predictor",
    "canvas",
    "draw_calibration",
    "draw_comparison_matrix",
    "draw_confusion",
    "draw_decision_curve",
    "draw_forest",
    "draw_group",
    "draw_nomogram",
    "draw_power",
    "draw_prevalence",
    "draw_quartiles",
    "draw_radar",
    "draw_readers",
    "draw_reliance",
    "draw_roc",
    "is_wide",
    "panels",
    "render",
    "save",
]
