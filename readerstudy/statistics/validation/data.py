"""Published data, typed in as numbers with their sources."""

import numpy as np
from numpy.typing import NDArray

Row = dict[str, object]

VAN_DYKE_NEGATIVES = 69
"""The first cases have no aortic dissection, the other 45 have one."""
VAN_DYKE: dict[tuple[str, str], str] = {
    ("1", "1"): (
        "122151111111411111111131311214111113121211233131133111111221111332111"
        "555545554555434245555555154454553555115554451"
    ),
    ("2", "1"): (
        "232222222322522232222222422223222222222222222222222222222432232222222"
        "535555542555442225555555243354552425225555352"
    ),
    ("3", "1"): (
        "222235112242422232221232411322112224121412112222223211211221151421212"
        "545555555555542355555555252255552555225555552"
    ),
    ("4", "1"): (
        "111111311111111111112111211112111111111111111111331111111111111311111"
        "555555555555555155555555554544553555125555555"
    ),
    ("5", "1"): (
        "351211112221211122113221111211211231221113332111211111111341231212113"
        "525255551545452235555554144322151515115553552"
    ),
    ("1", "2"): (
        "333222223213122222211111421312214323123122233111333113412421241442111"
        "535555554555544335555555355355554455535555551"
    ),
    ("2", "2"): (
        "322222223222222122221222322222212212222231223222222222322322222222122"
        "535555552555344245455545252355532425525555552"
    ),
    ("3", "2"): (
        "242222322211132222121121411512112122212221132111233113221232341242121"
        "525555555555354145555555253355543555534555551"
    ),
    ("4", "2"): (
        "221111312111122111211111321212111122112111112121212211111212111323211"
        "545555554555455555555555455445555555535555555"
    ),
    ("5", "2"): (
        "223122221222111222122212322321212222112121132122332122221222231233111"
        "525455555455343335555555251332532545533555553"
    ),
}
"""(reader, treatment) to the ratings 1-5 of the 114 cases: five readers judged spin-echo (1) and
cine MR images (2) for thoracic aortic dissection. Van Dyke et al, RSNA 1993; distributed with the
Iowa OR-DBM MRMC program, MRMCaov and RJafroc.
"""

FLEISS_CATEGORIES = ("Depression", "Personality Disorder", "Schizophrenia", "Neurosis", "Other")
FLEISS_1971 = np.array([
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
    [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
    [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
    [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
])  # fmt: skip
"""(30 patients, 5 diagnoses) psychiatrists out of 6. Fleiss, Psychol Bull 1971;76:378, table 1."""

NONE = np.nan
KRIPPENDORFF = np.array([
    [1, 1, NONE, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [NONE, 5, 5, 5], [NONE, NONE, 1, 1],
    [NONE, NONE, 3, NONE],
])  # fmt: skip
"""(12 units, 4 observers), NaN missing. Krippendorff, Computing Krippendorff's Alpha-Reliability,
2011; also Gwet, Handbook of Inter-Rater Reliability, 4th edition 2014, p. 120.
"""

SHROUT_FLEISS = np.array([
    [9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7],
], dtype=np.float64)  # fmt: skip
"""(6 targets, 4 judges). Shrout & Fleiss, Psychol Bull 1979;86:420, table 2."""

ABSTRACTORS = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]], dtype=np.float64)
"""Two abstractors' pregnancy types. Gwet, Handbook of Inter-Rater Reliability, 4th edition 2014."""

VISION = np.array([
    [1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492],
], dtype=np.float64)  # fmt: skip
"""Unaided distance vision of 7477 women, right eye by left. Stuart, Biometrika 1955;42:412."""

APPROVAL = (794, 150, 86, 570)
"""Approve in both surveys, the first only, the second only, none. Agresti, 1990, p. 350."""


COHEN_1968 = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]], dtype=np.float64)
COHEN_1968_DISAGREEMENT = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]], dtype=np.float64)
"""200 cases by two judges: personality disorder, neurosis, psychosis; and how much each
disagreement weighs. Cohen, Psychol Bull 1968;70:213, table 1.
"""

DRUGS = {
    (1, 1, 1): 6, (1, 1, 0): 16, (1, 0, 1): 2, (1, 0, 0): 4,
    (0, 1, 1): 2, (0, 1, 0): 4, (0, 0, 1): 6, (0, 0, 0): 6,
}  # fmt: skip
"""Favourable responses of 46 patients to three drugs. Agresti, Categorical Data Analysis, 2002."""

OVARIAN = np.array([
    [3.0, 5.8, 10, 0], [3.2, 6.3, 5, 1], [3.9, 6.8, 3, 1], [2.8, 4.8, 6, 0], [3.2, 5.8, 3, 1],
    [0.9, 4.0, 5, 0], [2.5, 5.7, 8, 0], [1.6, 5.6, 5, 1], [3.8, 5.7, 5, 1], [3.7, 6.7, 6, 1],
    [3.2, 5.4, 4, 1], [3.8, 6.6, 6, 1], [4.1, 6.6, 5, 1], [3.6, 5.7, 5, 1], [4.3, 7.0, 4, 1],
    [3.6, 6.7, 4, 0], [2.3, 4.4, 6, 1], [4.2, 7.6, 4, 0], [4.0, 6.6, 6, 0], [3.5, 5.8, 6, 1],
    [3.8, 6.8, 7, 1], [3.0, 4.7, 8, 0], [4.5, 7.4, 5, 1], [3.7, 7.4, 5, 1], [3.1, 6.6, 6, 1],
    [4.1, 8.2, 6, 1], [4.3, 7.0, 5, 1], [4.3, 6.5, 4, 1], [3.2, 5.1, 5, 1], [2.6, 4.7, 6, 1],
    [3.3, 6.8, 6, 0], [1.7, 4.0, 7, 0], [3.7, 6.1, 5, 1], [3.3, 6.3, 7, 1], [4.2, 7.7, 6, 1],
    [3.5, 6.2, 5, 1], [2.9, 5.7, 9, 0], [2.1, 4.8, 7, 1], [2.8, 6.2, 8, 0], [4.0, 7.0, 7, 1],
    [3.3, 5.7, 6, 1], [3.7, 6.9, 5, 1], [3.6, 6.6, 5, 1],
])  # fmt: skip
"""Albumin, total protein, K-G score (less is better) and outcome of surgery of 43 patients with
ovarian cancer. DeLong, DeLong & Clarke-Pearson, Biometrics 1988;44:837, as SAS/STAT prints them.
"""

CBPP = np.array([
    [1, 1, 2, 14], [1, 2, 3, 12], [1, 3, 4, 9], [1, 4, 0, 5], [2, 1, 3, 22], [2, 2, 1, 18],
    [2, 3, 1, 21], [3, 1, 8, 22], [3, 2, 2, 16], [3, 3, 0, 16], [3, 4, 2, 20], [4, 1, 2, 10],
    [4, 2, 0, 10], [4, 3, 2, 9], [4, 4, 0, 6], [5, 1, 5, 18], [5, 2, 0, 25], [5, 3, 0, 24],
    [5, 4, 1, 4], [6, 1, 3, 17], [6, 2, 0, 17], [6, 3, 0, 18], [6, 4, 1, 20], [7, 1, 8, 16],
    [7, 2, 1, 10], [7, 3, 3, 9], [7, 4, 0, 5], [8, 1, 12, 34], [9, 1, 2, 9], [9, 2, 0, 6],
    [9, 3, 0, 8], [9, 4, 0, 6], [10, 1, 1, 22], [10, 2, 1, 22], [10, 3, 0, 18], [10, 4, 2, 22],
    [11, 1, 0, 25], [11, 2, 5, 27], [11, 3, 3, 22], [11, 4, 1, 22], [12, 1, 2, 10], [12, 2, 1, 8],
    [12, 3, 0, 6], [12, 4, 0, 5], [13, 1, 1, 21], [13, 2, 2, 24], [13, 3, 0, 19], [13, 4, 0, 23],
    [14, 1, 11, 19], [14, 2, 0, 2], [14, 3, 0, 3], [14, 4, 0, 2], [15, 1, 1, 19], [15, 2, 1, 15],
    [15, 3, 1, 15], [15, 4, 0, 15],
])  # fmt: skip
"""Herd, period, animals with contagious bovine pleuropneumonia, size of the herd. Lesnoff et al,
Prev Vet Med 2004;64:101, as the R package lme4 has them.
"""


def van_dyke_rows(nesting: str = "crossed") -> tuple[list[Row], list[Row]]:
    """(readings, reference) of task ``dissection``; treatments are arms.

    Parameters
    ----------
    nesting : {"crossed", "reader", "arm"}
        Give the cases of each reader, or of each arm, codes of their own.
    """
    readings: list[Row] = []
    reference: dict[str, Row] = {}
    for (reader, arm), ratings in VAN_DYKE.items():
        prefix = {"crossed": "", "reader": f"{reader}.", "arm": f"{arm}."}[nesting]
        for number, rating in enumerate(ratings, start=1):
            case = f"{prefix}{number}"
            truth = "no" if number <= VAN_DYKE_NEGATIVES else "yes"
            readings.append(
                {"reader": reader, "arm": arm, "case": case, "task": "dissection",
                 "rating": rating, "decision": "yes" if int(rating) >= 3 else "no"}
            )  # fmt: skip
            reference[case] = {"case": case, "task": "dissection", "truth": truth}
    return readings, list(reference.values())


def rows_of_codes(codes: NDArray[np.float64], categories: tuple[str, ...]) -> list[Row]:
    """Readings of task ``t`` from (n_cases, n_raters) codes, NaN for no decision."""
    return [
        {"reader": f"R{rater + 1}", "arm": "x", "case": f"{case + 1}", "task": "t",
         "decision": None if np.isnan(code) else categories[int(code)]}
        for (case, rater), code in np.ndenumerate(codes)
    ]  # fmt: skip


def codes_of_counts(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n_cases, n_raters) codes with these (n_cases, n_categories) counts, raters in any order."""
    labels = np.arange(counts.shape[1])
    return np.array([np.repeat(labels, row) for row in counts], dtype=np.float64)
