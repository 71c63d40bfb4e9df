"""Words for tests: paired, several raters, over readers and cases."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from readerstudy.reports.document.analyses.description import Description, Spec
from readerstudy.reports.tables.wording import metric_name

_MCNEMAR = {
    "exact": "<i>p</i> = min(1, 2 P(<i>X</i> ≤ min(<i>b</i>, <i>c</i>))), "
    "<i>X</i> ~ Binomial(<i>b</i> + <i>c</i>, ½)",
    "mid-p": "<i>p</i> = 2 P(<i>X</i> ≤ min(<i>b</i>, <i>c</i>)) − P(<i>X</i> = "
    "min(<i>b</i>, <i>c</i>)), <i>X</i> ~ Binomial(<i>b</i> + <i>c</i>, ½)",
    "asymptotic": "χ<sup>2</sup> = (<i>b</i> − <i>c</i>)<sup>2</sup> / (<i>b</i> + <i>c</i>), 1 df",
    "asymptotic-cc": "χ<sup>2</sup> = (|<i>b</i> − <i>c</i>| − 1)<sup>2</sup> / "
    "(<i>b</i> + <i>c</i>), 1 df",
}


def mcnemar(spec: Spec) -> Description:
    """Describe McNemar's test."""
    variant = spec.get("variant", "exact")
    names = {
        "exact": _("exact"),
        "mid-p": _("mid-p {fagerland2013}"),
        "asymptotic": _("asymptotic, without continuity correction"),
        "asymptotic-cc": _("asymptotic, with continuity correction {edwards1948}"),
    }
    outcome = (
        _("positive decisions") if spec.get("outcome") == "decision" else _("correct decisions")
    )
    text = _(
        "McNemar's test {mcnemar1947} (%(variant)s) of %(outcome)s on the same cases; b and c "
        "count the cases on which only the first and only the second side has one. The difference "
        "of proportions has Newcombe's interval (method 10) {newcombe1998}."
    )
    return Description(
        _("Is one side right more often than the other on the same cases?"),
        text % {"variant": names[variant], "outcome": outcome},
        _MCNEMAR[variant],
        _("Holds for these readers one by one; it says nothing about other readers."),
    )


def cochran_q(spec: Spec) -> Description:
    """Describe Cochran's Q."""
    return Description(
        _("Are several raters right equally often?"),
        _("Cochran's Q {cochran1950} over the cases with a reading of every rater."),
        "Q = (<i>k</i> − 1) (<i>k</i> Σ C<sub>j</sub><sup>2</sup> − T<sup>2</sup>) / "
        "(<i>k</i> T − Σ R<sub>i</sub><sup>2</sup>), <i>k</i> − 1 df; C<sub>j</sub> rater totals, "
        "R<sub>i</sub> case totals, T grand total",
    )


def bowker(spec: Spec) -> Description:
    """Describe Bowker's test."""
    return Description(
        _("Is one category confused with another as often as the other way round?"),
        _("Bowker's test of symmetry {bowker1948} of the table of two sides' decisions."),
        "χ<sup>2</sup> = Σ<sub>i&lt;j</sub> (n<sub>ij</sub> − n<sub>ji</sub>)<sup>2</sup> / "
        "(n<sub>ij</sub> + n<sub>ji</sub>)",
    )


def stuart_maxwell(spec: Spec) -> Description:
    """Describe the Stuart-Maxwell test."""
    return Description(
        _("Do two sides use every category equally often?"),
        _("The Stuart-Maxwell test of marginal homogeneity {stuart1955}{maxwell1970}."),
        "χ<sup>2</sup> = <i>d</i>′ S<sup>−1</sup> <i>d</i>, <i>d</i> the differences of the "
        "margins",
    )


def mann_whitney(spec: Spec) -> Description:
    """Describe the readers as a group against the AI."""
    text = _(
        "Each reader's %(metric)s ranked against the AI's by the exact two-sided Mann-Whitney test "
        "{mann1947}, the AI being a sample of one."
    )
    return Description(
        _("Could the AI be one more reader of the group?"),
        text % {"metric": metric_name(spec.get("metric", "accuracy"))},
        "U = Σ [reader &gt; AI] + ½ [reader = AI]",
        _("With few readers no small p value is possible; how precise each figure is, is ignored."),
    )


def ai_vs_readers(spec: Spec) -> Description:
    """Describe the AI against the mean of the readers."""
    text = _(
        "The AI's %(metric)s less the mean of the readers', the AI fixed, by the analysis of "
        "Obuchowski and Rockette {obuchowski1995} of one arm {hillis2014} applied to the readers' "
        "differences from the AI (%(inference)s); covariances by %(covariance)s."
    )
    facts = {"metric": metric_name(spec.get("metric", "auc"))}
    described = _obuchowski_rockette(spec, text, facts)
    return replace(
        described,
        title=_("Is the AI better or worse than readers like these?"),
        formula="t = Δ / √((MS<sub>R</sub> + <i>r</i> max(Cov<sub>2</sub>, 0)) / <i>r</i>)",
    )


_OR_TESTS = {
    "RRRC": "F = MS<sub>T</sub> / (MS<sub>TR</sub> + <i>r</i> max(Cov<sub>2</sub> − "
    "Cov<sub>3</sub>, 0)), df<sub>1</sub> = <i>t</i> − 1, df<sub>2</sub> = (MS<sub>TR</sub> + "
    "<i>r</i> max(Cov<sub>2</sub> − Cov<sub>3</sub>, 0))<sup>2</sup> / "
    "(MS<sub>TR</sub><sup>2</sup> / ((<i>t</i> − 1)(<i>r</i> − 1)))",
    "FRRC": "χ<sup>2</sup> = (<i>t</i> − 1) MS<sub>T</sub> / (Var − Cov<sub>1</sub> + "
    "(<i>r</i> − 1) max(Cov<sub>2</sub> − Cov<sub>3</sub>, 0)), <i>t</i> − 1 df",
    "RRFC": "F = MS<sub>T</sub> / MS<sub>TR</sub>, df<sub>1</sub> = <i>t</i> − 1, df<sub>2</sub> = "
    "(<i>t</i> − 1)(<i>r</i> − 1)",
}


_NESTED_TESTS = {
    "RRRC": "F = MS<sub>T</sub> / (MS<sub>R(T)</sub> + <i>r</i> max(Cov<sub>2</sub> − "
    "Cov<sub>3</sub>, 0)), df<sub>1</sub> = <i>t</i> − 1, df<sub>2</sub> = (MS<sub>R(T)</sub> + "
    "<i>r</i> max(Cov<sub>2</sub> − Cov<sub>3</sub>, 0))<sup>2</sup> / "
    "(MS<sub>R(T)</sub><sup>2</sup> / (<i>t</i>(<i>r</i> − 1)))",
    "FRRC": "χ<sup>2</sup> = (<i>t</i> − 1) MS<sub>T</sub> / (Var − Cov<sub>2</sub> + "
    "<i>r</i> max(Cov<sub>2</sub> − Cov<sub>3</sub>, 0)), <i>t</i> − 1 df",
    "RRFC": "F = MS<sub>T</sub> / MS<sub>R(T)</sub>, df<sub>1</sub> = <i>t</i> − 1, "
    "df<sub>2</sub> = <i>t</i>(<i>r</i> − 1)",
}
"""Where every reader reads in one arm only."""
_NESTED = ("readers_nested_in_arm", "readers_and_cases_nested_in_arm", "fully_nested")


def _inference(spec: Spec) -> str:
    return {
        "RRRC": _("Readers and cases are random: the conclusion is about readers and patients like "
                  "these."),
        "FRRC": _("Cases are random, readers fixed: the conclusion is about these readers."),
        "RRFC": _("Readers are random, cases fixed: the conclusion is about these cases."),
    }[spec.get("inference", "RRRC")]  # fmt: skip


def mrmc_or(spec: Spec) -> Description:
    """Describe the Obuchowski-Rockette analysis."""
    text = _(
        "The arms are compared by the readers' %(metric)s in the analysis of Obuchowski and "
        "Rockette {obuchowski1995} with the degrees of freedom of Hillis {hillis2007}{hillis2014} "
        "(%(inference)s); covariances of the estimates by %(covariance)s. The interval of the "
        "difference uses the same error term. t arms, r readers."
    )
    return _obuchowski_rockette(spec, text, {"metric": metric_name(spec.get("metric", "auc"))})


def froc(spec: Spec) -> Description:
    """Describe free-response analyses."""
    figure = spec.get("figure_of_merit", "wAFROC")
    meaning = {
        "AFROC": _("the probability that a lesion's rating exceeds the highest false positive of a "
                   "negative case, lesions weighing equally {chakraborty2004}"),
        "wAFROC": _("the same with every positive case weighing equally {chakraborty2016}"),
        "HrAUC": _("the area under the ROC curve of each case's highest mark"),
        "LROC": _("the probability that the highest mark of a positive case is on a lesion and "
                  "exceeds that of a negative case {swensson1996}{wunderlich2012}"),
    }[figure]  # fmt: skip
    text = _(
        "Marks and their ratings are summarised by %(metric)s: %(meaning)s. An unmarked lesion "
        "ranks below every mark. The arms are compared as by Obuchowski and Rockette "
        "{obuchowski1995} with the degrees of freedom of Hillis {hillis2007} (%(inference)s), "
        "covariances by %(covariance)s."
    )
    return _obuchowski_rockette(spec, text, {"metric": figure, "meaning": meaning})


def _obuchowski_rockette(spec: Spec, text: str, facts: Mapping[str, str]) -> Description:
    covariance = {
        "jackknife": _("the jackknife over cases"),
        "delong": _("DeLong's method {delong1988}"),
        "unbiased": _("unbiased U-statistics {gallas2006}"),
        "bootstrap": _("the bootstrap over clusters of cases"),
    }[spec.get("covariance", "jackknife")]
    inference = spec.get("inference", "RRRC")
    return Description(
        _("Does the condition of reading change how well readers do?"),
        text % {**facts, "inference": inference, "covariance": covariance},
        (_NESTED_TESTS if spec.get("design") in _NESTED else _OR_TESTS)[inference],
        _inference(spec),
    )


def mrmc_ustat(spec: Spec) -> Description:
    """Describe the U-statistic analysis."""
    return Description(
        _("Does the condition of reading change the area, whatever was read by whom?"),
        _(
            "Two arms compared by the mean area over readers with the unbiased variance from "
            "U-statistics {gallas2006}{gallas2009}, readers and cases random, normal test and "
            "interval; readers need not have read the same cases."
        ),
        "Var(Δ) = Σ<sub>k</sub> <i>c</i><sub>k</sub> M<sub>k</sub>, M<sub>1</sub> to M<sub>8</sub> "
        "the second moments of the success score",
        _("An unbiased variance can be negative; it is then reported, without test and interval."),
    )


def non_inferiority(spec: Spec) -> Description:
    """Describe a non-inferiority comparison."""
    of = spec["of"]
    inner = of if isinstance(of, str) else of.get("type", "")
    text = _(
        "The first side is non-inferior when the interval of the difference of %(inner)s lies "
        "above the margin %(margin)s, which was fixed beforehand {chen2012}; superiority may then "
        "be claimed without adjustment when it lies above 0. The p value is one-sided."
    )
    return Description(
        _("Is the first side not worse than the second by more than a margin?"),
        text % {"inner": inner, "margin": f"−{spec['margin']:g}"},
        "H<sub>0</sub>: a − b ≤ −δ",
    )


def power(spec: Spec) -> Description:
    """Describe a power calculation."""
    method = {
        "or_hillis": _("Hillis, Obuchowski and Berbaum's method {hillis2011}"),
        "ustat": _("the U-statistic variance {gallas2009}"),
        "simulation": _("simulation of the Roe-Metz model {roe1997}"),
    }[spec["method"]]
    text = _(
        "Power of the test of two arms for a planned number of readers and cases by %(method)s."
    )
    return Description(
        _("How many readers and cases would a study need?"),
        text % {"method": method},
        "",
        _("As good as the variance components it starts from."),
    )
