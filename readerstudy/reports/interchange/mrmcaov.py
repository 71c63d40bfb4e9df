"""The data frame of the R package MRMCaov as CSV: reader, treatment, case, truth, rating.

Truth is 1 (positive) or 0. It is analysed by
``mrmc(empirical_auc(truth, rating), treatment, reader, case, data = d)``. https://cran.r-project.org/package=MRMCaov
"""

import csv
import io

from readerstudy.reports.interchange.dataset import Dataset, InterchangeError, Rating, number_text

COLUMNS = ("reader", "treatment", "case", "truth", "rating")


def write_mrmcaov(data: Dataset) -> str:
    """The CSV text, one row per rated reading.

    Raises
    ------
    InterchangeError
        If nothing was rated.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for reader, arm, case, rating in data.rated():
        writer.writerow([reader, arm, case, int(data.positive[case]), number_text(rating)])
    return buffer.getvalue()


def read_mrmcaov(text: str) -> Dataset:
    """The data set in such a CSV; further columns are ignored.

    Raises
    ------
    InterchangeError
        With the row that cannot be used.
    """
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    absent = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if absent:
        raise InterchangeError(f"The columns {', '.join(absent)} are missing.")
    positive: dict[str, bool] = {}
    ratings: list[Rating] = []
    for number, row in enumerate(reader, start=2):
        truth, case = row["truth"], row["case"]
        if truth not in ("0", "1"):
            raise InterchangeError(f'Row {number}: a truth is 0 or 1, found "{truth}".')
        if positive.setdefault(case, truth == "1") != (truth == "1"):
            raise InterchangeError(f'Row {number}: the case "{case}" has another truth above.')
        try:
            rating = float(row["rating"])
        except (TypeError, ValueError) as error:
            raise InterchangeError(f'Row {number}: "{row["rating"]}" is no rating.') from error
        ratings.append(Rating(row["reader"], row["treatment"], case, rating))
    return Dataset(positive, tuple(ratings))
