"""Words for analyses of agreement between raters."""

from django.utils.translation import gettext as _

from readerstudy.reports.document.analyses.description import Description, Spec


def fleiss_kappa(spec: Spec) -> Description:
    """Describe Fleiss' kappa."""
    return Description(
        _("Do the raters agree beyond chance?"),
        _(
            "Fleiss' kappa {fleiss1971} over the cases every rater has decided, for all categories "
            "and for each against the rest. The test of zero uses the standard error under that "
            "hypothesis {fleiss1979}, the interval a linearised one {gwet2008} with the t "
            "distribution. A rater is a reader in one arm and period."
        ),
        "κ = (<i>P̄</i> − <i>P̄</i><sub>e</sub>) / (1 − <i>P̄</i><sub>e</sub>)",
        _("Kappa falls when one category is rare, even where observed agreement is high."),
    )


def cohen_kappa(spec: Spec) -> Description:
    """Describe Cohen's kappa."""
    weights = {
        "none": _("unweighted {cohen1960}"),
        "linear": _("with linear weights 1 − |i − j|/(k − 1) {cohen1968}"),
        "quadratic": _("with quadratic weights 1 − (i − j)²/(k − 1)² {cohen1968}"),
    }[spec.get("weights", "none")]
    text = _(
        "Cohen's kappa, %(weights)s, over the cases both sides have decided; interval from the "
        "asymptotic standard error {fleiss1969}, test of zero from that under zero."
    )
    return Description(
        _("Do two raters agree beyond chance?"),
        text % {"weights": weights},
        "κ = (<i>p</i><sub>o</sub> − <i>p</i><sub>e</sub>) / (1 − <i>p</i><sub>e</sub>)",
        _("Kappa falls when one category is rare, even where observed agreement is high."),
    )


def gwet_ac1(spec: Spec) -> Description:
    """Describe Gwet's coefficient."""
    name = "AC1" if spec.get("weights", "none") == "none" else "AC2"
    text = _(
        "Gwet's %(name)s {gwet2008}, whose chance agreement counts all categories of the plan; "
        "cases with missing decisions are used; interval from the linearised standard error."
    )
    return Description(
        _("Do the raters agree beyond chance, whatever the prevalence?"),
        text % {"name": name},
        "AC = (<i>p</i><sub>a</sub> − <i>p</i><sub>e</sub>) / (1 − <i>p</i><sub>e</sub>); "
        "<i>p</i><sub>e</sub> = Σ π<sub>k</sub>(1 − π<sub>k</sub>) / (<i>q</i> − 1)",
    )


def krippendorff_alpha(spec: Spec) -> Description:
    """Describe Krippendorff's alpha."""
    level = spec.get("level")
    scale = _("%(level)s scale") % {"level": level} if level else _("scale of the task")
    text = _(
        "Krippendorff's alpha {hayes2007} of the raters' %(value)s on the %(scale)s, missing "
        "values allowed; percentile bootstrap interval over clusters of cases."
    )
    return Description(
        _("Do the raters agree, with missing values?"),
        text % {"value": spec.get("value", "decision"), "scale": scale},
        "α = 1 − <i>D</i><sub>o</sub> / <i>D</i><sub>e</sub>",
    )


def icc(spec: Spec) -> Description:
    """Describe the intraclass correlation."""
    text = _(
        "Intraclass correlation ICC(%(form)s) {shrout1979} of the raters' %(value)s, with the F "
        "interval of {mcgraw1996}, over the cases with a value of every rater."
    )
    return Description(
        _("Do the raters give the same values?"),
        text % {"form": spec.get("form", "2,1"), "value": spec.get("value", "rating")},
    )


def limits_of_agreement(spec: Spec) -> Description:
    """Describe limits of agreement."""
    text = _(
        "Limits between which the difference of two %(value)s values of the same case lies with "
        "the level of the intervals {bland1986}: of one reader between arms, of two readers "
        "within and between arms, and of repeated readings. Variances come from analyses of "
        "variance with readers and cases random {wen2022}, over the cases with a value of every "
        "reader."
    )
    return Description(
        _("How far may two measurements of the same case lie apart?"),
        text % {"value": spec.get("value", "rating")},
        "limits = mean difference ± <i>z</i> √(variance of a single difference)",
        _("Rests on differences that are about normal and do not grow with the measured value."),
    )
