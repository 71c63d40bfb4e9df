"""Free-response studies: readers mark and rate lesions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.frame import Marks as MarkTable
from readerstudy.statistics.frame import StrArray, TaskFrame
from readerstudy.statistics.layout import Cube
from readerstudy.statistics.mrmc.auc import BoolArray, IntArray
from readerstudy.statistics.mrmc.froc import FigureOfMerit, Lesions, Marks, froc_metric
from readerstudy.statistics.mrmc.report import OrOptions, OrResult, or_result
from readerstudy.statistics.mrmc.scoring import arms_cube
from readerstudy.statistics.registry import Context, analysis
from readerstudy.statistics.wording import counted


@dataclass(frozen=True)
class FrocOptions(OrOptions):
    """Options of an Obuchowski-Rockette analysis, and what it is about."""

    figure_of_merit: Literal["AFROC", "wAFROC", "HrAUC", "LROC"] = "wAFROC"


@dataclass(frozen=True, kw_only=True)
class Froc(OrResult):
    """The entry, with its figure of merit."""

    figure_of_merit: str


@analysis("froc", FrocOptions, task="positive", tests=True)
def froc(frame: TaskFrame, options: FrocOptions, context: Context) -> Froc:
    """Compare arms by a figure of merit of marks; a reading without marks found nothing."""
    table = context.study.marks
    if table is None:
        raise AnalysisError("no_marks", "This analysis needs marks.csv and lesions.csv.")
    readings, layout = arms_cube(frame, options.select, options.arms)
    frame.truth(readings)
    positive = frame.task.is_positive(frame.cases.truth[layout.case])
    codes = frame.cases.code[layout.case].tolist()
    figure = FigureOfMerit(options.figure_of_merit)
    lesions = _lesions(table, codes)
    _check_lesions(lesions, positive, figure, context)
    marks = _marks(table, layout, codes)
    if figure is FigureOfMerit.LROC:
        _warn_of_several_marks(marks, context)
    metric = froc_metric(
        marks,
        Lesions(lesions.case, np.nan_to_num(lesions.weight, nan=1.0)),
        read=layout.read,
        positive=positive,
        figure=figure,
    )
    found = or_result(
        metric,
        layout.arms,
        layout.readers,
        options,
        context,
        clusters=frame.cases.cluster[layout.case],
        perfect_is_degenerate=True,
        counts={"n": len(codes), "n_missing": 0, "n_contradictory": readings.n_contradictory},
    )
    return Froc(figure_of_merit=options.figure_of_merit, **vars(found))


def _marks(table: MarkTable, layout: Cube, codes: Sequence[str]) -> Marks:
    """Marks of the readings in the layout, by place."""
    arm, reader = _places(table.arm, layout.arms), _places(table.reader, layout.readers)
    case = _places(table.case, codes)
    kept = (arm >= 0) & (reader >= 0) & (case >= 0)
    kept[kept] = layout.read[arm[kept], reader[kept], case[kept]]
    known = np.isin(table.lesion_case, codes)
    place_of_lesion = np.append(np.where(known, np.cumsum(known) - 1, -1), -1)
    return Marks(
        arm=arm[kept],
        reader=reader[kept],
        case=case[kept],
        lesion=place_of_lesion[table.lesion[kept]],
        rating=table.rating[kept],
    )


def _lesions(table: MarkTable, codes: Sequence[str]) -> Lesions:
    """Lesions of the cases in the layout; weight NaN where none is given."""
    case = _places(table.lesion_case, codes)
    return Lesions(case[case >= 0], table.lesion_weight[case >= 0])


def _places(names: StrArray, order: Sequence[str]) -> IntArray:
    """(n,) place of each name in `order`, -1 where it is not there."""
    place = {name: index for index, name in enumerate(order)}
    return np.array([place.get(name, -1) for name in names.tolist()], dtype=np.int64)


def _check_lesions(
    lesions: Lesions, positive: BoolArray, figure: FigureOfMerit, context: Context
) -> None:
    """Refuse lesions and truths that contradict each other, and weights that cannot be used."""
    n_cases = positive.size
    if not positive[lesions.case].all():
        n = len(np.unique(lesions.case[~positive[lesions.case]]))
        raise AnalysisError(
            "lesion_in_negative_case",
            counted(n, "case has", "cases have") + " lesions and a negative truth.",
            n=n_cases,
        )
    listed = np.bincount(lesions.case, minlength=n_cases)
    bare = int((positive & (listed == 0)).sum())
    if figure is FigureOfMerit.HRAUC:
        return
    if bare:
        context.warn(
            counted(bare, "positive case has", "positive cases have")
            + " no lesion listed and no part in this."
        )
    if figure is FigureOfMerit.WAFROC:
        _check_weights(lesions, listed)


def _warn_of_several_marks(marks: Marks, context: Context) -> None:
    """An LROC reader names one place per case."""
    readings = np.stack([marks.arm, marks.reader, marks.case])
    several = int((np.unique(readings, axis=1, return_counts=True)[1] > 1).sum())
    if several:
        context.warn(
            counted(several, "reading has", "readings have")
            + " several marks; LROC takes the highest of each."
        )


def _check_weights(lesions: Lesions, listed: IntArray) -> None:
    given = np.bincount(lesions.case, ~np.isnan(lesions.weight), minlength=listed.size)
    total = np.bincount(lesions.case, np.nan_to_num(lesions.weight), minlength=listed.size)
    partly = int(((given > 0) & (given < listed)).sum())
    weightless = int(((given > 0) & (given == listed) & (total == 0)).sum())
    if partly or weightless:
        raise AnalysisError(
            "unusable_weights",
            f"Cases with weights for some lesions only: {partly}; with weights of 0 "
            f"for all: {weightless}. Give every lesion of a case a weight, not all 0, or none.",
            n=listed.size,
        )
