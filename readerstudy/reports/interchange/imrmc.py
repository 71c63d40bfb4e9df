"""The input file of iMRMC (FDA, Gallas): one line per observation below a free header.

After ``BEGIN DATA:`` every line is ``reader, case, modality, score``. Reader -1 states the truth:
score 0 (negative) or 1 (positive), modality 0. Identifiers hold no comma and no blank.
https://github.com/DIDSR/iMRMC
"""

import csv
import io
import re

from readerstudy.reports.interchange.dataset import Dataset, InterchangeError, Rating, number_text

BEGIN = "BEGIN DATA:"
TRUTH_READERS = ("-1", "truth")
"""Readers that state the truth: of the program's file and of the R package's data frame."""


def write_imrmc(data: Dataset, title: str = "Reader study") -> str:
    """The text of a ``.imrmc`` file.

    Raises
    ------
    InterchangeError
        If an identifier holds a comma or a blank, or nothing was rated.
    """
    rated = data.rated()
    n_positive = sum(data.positive.values())
    lines = [
        " ".join(title.split()),
        f"N0: {len(data.positive) - n_positive}",
        f"N1: {n_positive}",
        f"NR: {len({reader for reader, _arm, _case, _rating in rated})}",
        f"NM: {len({arm for _reader, arm, _case, _rating in rated})}",
        BEGIN,
    ]
    lines += [f"-1,{_plain(case)},0,{int(truth)}" for case, truth in data.positive.items()]
    lines += [
        f"{_plain(reader)},{_plain(case)},{_plain(arm)},{number_text(rating)}"
        for reader, arm, case, rating in rated
    ]
    return "\n".join(lines) + "\n"


def read_imrmc(text: str) -> Dataset:
    """The data set in a ``.imrmc`` file.

    Raises
    ------
    InterchangeError
        With the line that cannot be used.
    """
    lines = text.lstrip("\ufeff").splitlines()
    starts = [index for index, line in enumerate(lines) if line.strip().upper().startswith(BEGIN)]
    if not starts:
        raise InterchangeError(f'The file has no line "{BEGIN}".')
    positive: dict[str, bool] = {}
    ratings: list[Rating] = []
    for number, line in enumerate(lines[starts[0] + 1 :], start=starts[0] + 2):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in next(csv.reader(io.StringIO(line)))]
        if len(cells) != 4:
            raise InterchangeError(f"Line {number}: 4 values are needed, found {len(cells)}.")
        reader, case, arm, score = cells
        try:
            value = float(score)
        except ValueError as error:
            raise InterchangeError(f'Line {number}: "{score}" is not a score.') from error
        if reader not in TRUTH_READERS:
            ratings.append(Rating(reader, arm, case, value))
        elif value in (0, 1):
            positive[case] = value == 1
        else:
            raise InterchangeError(f'Line {number}: a truth is 0 or 1, found "{score}".')
    unknown = [rating.case for rating in ratings if rating.case not in positive]
    if unknown:
        raise InterchangeError(f'The case "{unknown[0]}" has no truth line.')
    return Dataset(positive, tuple(ratings))


def _plain(identifier: str) -> str:
    if re.search(r"[\s,]", identifier) or identifier in TRUTH_READERS:
        raise InterchangeError(f'iMRMC cannot take "{identifier}" as an identifier; rename it.')
    return identifier
