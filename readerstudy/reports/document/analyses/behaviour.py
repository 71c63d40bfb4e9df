"""Words for analyses of how readers behave: time, confidence, reliance, order, subgroups."""

from django.utils.translation import gettext as _

from readerstudy.reports.document.analyses.description import Description, Spec
from readerstudy.reports.tables.wording import words


def time(spec: Spec) -> Description:
    """Describe reading times."""
    return _paired(
        spec,
        _("Does one side take longer?"),
        _("Active reading times, in seconds, of two sides; their ratio is the geometric mean of a "
          "over b."),
        _("logarithms of the times"),
    )  # fmt: skip


def confidence(spec: Spec) -> Description:
    """Describe confidence."""
    return _paired(
        spec,
        _("Is one side more confident?"),
        _("Confidence of two sides, as answered."),
        _("values"),
    )


def _paired(spec: Spec, title: str, what: str, scale: str) -> Description:
    test = {
        "wilcoxon": _("Wilcoxon's signed-rank test on the values {wilcoxon1945}"),
        "paired-t": _("the paired t test on the %(scale)s"),
        "mixed": _("a linear mixed model of the %(scale)s with readers and cases as crossed random "
                   "effects {bates2015}"),
    }[spec.get("test", "wilcoxon")]  # fmt: skip
    text = _("%(what)s They are compared case by case by %(test)s.")
    adjusted = spec.get("adjust")
    if adjusted:
        text += " " + _("It is adjusted for %(adjust)s.")
    if spec.get("interact"):
        text += " " + _(
            "The effect may depend on %(interact)s; printed is that at the first level."
        )
    facts = {
        "what": what,
        "test": test % {"scale": scale},
        "adjust": _listed(adjusted),
        "interact": _listed(spec.get("interact")),
    }
    return Description(title, text % facts)


def _listed(names: object) -> str:
    """Names of columns as words; a plan may give one or a list."""
    many = names if isinstance(names, list) else [names]
    return ", ".join(words(str(name)) for name in many)


def reliance(spec: Spec) -> Description:
    """Describe reliance."""
    return Description(
        _("How do answers change once the AI is seen?"),
        _(
            "Decisions before and after seeing the AI, counted by right and wrong. Over-reliance "
            "is the share of wrong answers where the AI was wrong, under-reliance that where it "
            "was right, with score intervals {wilson1927}."
        ),
        "over-reliance = P(after wrong | AI wrong); under-reliance = P(after wrong | AI right)",
        _("Where the AI is seen in a later period, practice may change answers as well."),
    )


def gee(spec: Spec) -> Description:
    """Describe generalised estimating equations."""
    factors = ", ".join(spec.get("factors", ["arm"]))
    text = _(
        "Logistic regression of %(metric)s on %(factors)s over all readings by generalised "
        "estimating equations {liang1986}: cases as clusters, independence as working "
        "correlation, robust standard errors."
    )
    return Description(
        _("What does being right depend on?"),
        text % {"metric": spec.get("metric", "accuracy"), "factors": factors},
        "logit P(right) = β<sub>0</sub> + Σ β<sub>k</sub> <i>x</i><sub>k</sub>",
        _("Readers are fixed: the conclusion is about these readers."),
    )


def glmm(spec: Spec) -> Description:
    """Describe mixed logistic regression."""
    factors = ", ".join(spec.get("factors", ["arm"]))
    text = _(
        "Logistic regression of %(metric)s on %(factors)s over all readings with random intercepts "
        "of readers and cases, crossed, by Laplace's approximation {breslow1993}{bates2015}; odds "
        "ratios are those of one reader and one case."
    )
    return Description(
        _("What does being right depend on, for readers and cases like these?"),
        text % {"metric": spec.get("metric", "accuracy"), "factors": factors},
        "logit P(right) = β<sub>0</sub> + Σ β<sub>k</sub> <i>x</i><sub>k</sub> + "
        "<i>u</i><sub>reader</sub> + <i>v</i><sub>case</sub>",
        _("A factor's effect is taken to be the same for all readers."),
    )


def subgroup(spec: Spec) -> Description:
    """Describe subgroups."""
    of = spec["of"]
    inner = of if isinstance(of, str) else of.get("type", "")
    text = _(
        "%(inner)s in each group of %(by)s; groups are compared by Cochran's heterogeneity "
        "statistic {cochran1954}, standard errors taken from the intervals."
    )
    return Description(
        _("Is the result the same in all subgroups?"),
        text % {"inner": inner, "by": spec["by"]},
        "Q = Σ <i>w</i><sub>g</sub> (<i>x</i><sub>g</sub> − <i>x̄</i>)<sup>2</sup>, groups − 1 df",
        _("Subgroups are small; an absent interaction is not proof of equality."),
    )


def period_effect(spec: Spec) -> Description:
    """Describe order, period and carry-over."""
    return Description(
        _("Did the crossover work?"),
        _(
            "Period and carry-over effects on the readers' accuracies in the two-period crossover "
            "{grizzle1965}, by two-sample t tests between the sequences, and the trend of accuracy "
            "over the position in the reading order."
        ),
    )
