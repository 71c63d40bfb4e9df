"""Words for analyses about being right: tables, areas, calibration."""

from django.utils.translation import gettext as _

from readerstudy.reports.document.analyses.description import Description, Spec


def diagnostic(spec: Spec) -> Description:
    """Describe diagnostic tables."""
    intervals = {
        "wilson": _("score intervals {wilson1927}"),
        "clopper-pearson": _("exact intervals {clopper1934}"),
        "bootstrap": _("percentile bootstrap intervals over clusters of cases"),
    }[spec.get("ci", "wilson")]
    text = _(
        "Accuracy, sensitivity, specificity and predictive values as proportions with "
        "%(intervals)s; F1, Youden's index {youden1950}, Matthews' correlation {matthews1975} and "
        "macro averages with percentile bootstrap intervals. A task with several categories is "
        "counted one category against the rest; macro averages are plain means over categories. "
        "%(missing)s"
    )
    return Description(
        _("How often is each reader right?"),
        text % {"intervals": intervals, "missing": _missing(spec)},
        "sensitivity = TP / P; specificity = TN / N; accuracy = (TP + TN) / (P + N); "
        "PPV = TP / (TP + FP); NPV = TN / (TN + FN); "
        "F<sub>1</sub> = 2 TP / (TP + FP + P)",
        _("Predictive values hold for the prevalence of this case set."),
    )


def roc(spec: Spec) -> Description:
    """Describe ROC curves."""
    intervals = (
        _("the percentile bootstrap over clusters of cases")
        if spec.get("ci") == "bootstrap"
        else _("DeLong's variance {delong1988} and the normal distribution")
    )
    text = _(
        "The empirical ROC curve of the ratings and the area under it, ties counting one half; "
        "intervals from %(intervals)s, cut to 0 and 1. Readers' own decisions are shown as points."
    )
    return Description(
        _("How well do the ratings separate positive from negative cases?"),
        text % {"intervals": intervals},
        "AUC = P(<i>X</i> &gt; <i>Y</i>) + ½ P(<i>X</i> = <i>Y</i>), "
        "<i>X</i> rating of a positive, <i>Y</i> of a negative case",
        _("An area of exactly 1 has no standard error, interval or test."),
    )


def delong(spec: Spec) -> Description:
    """Describe DeLong's test."""
    paired = spec.get("paired", True)
    pairing = _("on the cases both have rated") if paired else _("as independent samples")
    text = _("The areas of two readers compared by DeLong's test {delong1988}, %(pairing)s.")
    return Description(
        _("Do two readers, or a reader and the AI, separate the cases equally well?"),
        text % {"pairing": pairing},
        "<i>z</i> = (A<sub>a</sub> − A<sub>b</sub>) / "
        "√(Var A<sub>a</sub> + Var A<sub>b</sub> − 2 Cov(A<sub>a</sub>, A<sub>b</sub>))",
        _("Holds for these two readers; it does not generalise to other readers."),
    )


def comparison_matrix(spec: Spec) -> Description:
    """Describe the matrix of AI and readers."""
    rule = {
        "per-reader": _("each reader counted on its own"),
        "majority": _("the readers' most frequent decision, a tie being wrong"),
        "best-of-readers": _("right when any reader was (optimistic: nobody reads like that)"),
    }[spec.get("rule", "per-reader")]
    text = _(
        "Cases counted by who was right, AI, readers, both or neither, for each truth: %(rule)s."
    )
    return Description(
        _("Where are AI and readers right together or alone?"), text % {"rule": rule}
    )


def calibration(spec: Spec) -> Description:
    """Describe calibration."""
    text = _(
        "Ratings read as probabilities: Brier score, expected calibration error over %(bins)s "
        "equally wide bins, intercept and slope of a logistic regression on the logit {cox1958}, "
        "and the Hosmer-Lemeshow statistic over deciles {hosmer1980}."
    )
    return Description(
        _("Do cases rated p turn out positive with frequency p?"),
        text % {"bins": spec.get("bins", 10)},
        "Brier = mean (<i>p</i> − <i>y</i>)<sup>2</sup>; "
        "logit P(<i>y</i> = 1) = intercept + slope · logit <i>p</i>",
        _("Perfect calibration has intercept 0 and slope 1."),
    )


def decision_curve(spec: Spec) -> Description:
    """Describe decision curves."""
    return Description(
        _("Is acting on the ratings better than treating all or none?"),
        _("Net benefit over thresholds of the probability {vickers2006}."),
        "NB(<i>t</i>) = TP/<i>n</i> − FP/<i>n</i> · <i>t</i> / (1 − <i>t</i>)",
        _("Rests on ratings that are calibrated probabilities, and on this prevalence."),
    )


def prevalence(spec: Spec) -> Description:
    """Describe accuracy at other prevalences."""
    text = _(
        "Accuracy in %(repeats)s samples of %(size)s cases drawn without replacement at each "
        "ratio of positive to negative cases (%(ratios)s). Accuracy is the same at every "
        "prevalence exactly when sensitivity equals specificity, which is tested by Fisher's "
        "exact test."
    )
    ratios = spec.get("ratios", ["1:9", "5:5", "9:1"])
    facts = {
        "repeats": spec.get("repeats", 100),
        "size": spec.get("size", 100),
        "ratios": ", ".join(r if isinstance(r, str) else ":".join(map(str, r)) for r in ratios),
    }
    return Description(_("What would accuracy be among other patients?"), text % facts)


def _missing(spec: Spec) -> str:
    if spec.get("missing") == "exclude":
        return _("Readings without a decision are left out and counted.")
    return _("A reading without a decision stays in the denominator as wrong.")
