"""How many readers and cases a study of two arms needs."""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Annotated, Literal

from readerstudy.statistics.mrmc.obuchowski_rockette import Inference
from readerstudy.statistics.mrmc.pilot import Pilot
from readerstudy.statistics.mrmc.power import (
    hillis_obuchowski_power,
    simulated_power,
    ustat_power,
)
from readerstudy.statistics.mrmc.roe_metz import (
    RoeMetz,
    difference_moments,
    obuchowski_rockette_parameters,
)
from readerstudy.statistics.options import Range
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import PlanFault
from readerstudy.statistics.tasks import Task

Count = Annotated[int, Range(low=1)]
PowerOf = Callable[[float, int, int], float | None]
"""(effect, readers, cases) -> power; None where it is undefined."""


@dataclass(frozen=True)
class PowerOptions:
    """``effect``: differences to detect; with ``roe_metz``, they replace its ``delta``.

    ``prevalence`` is the share of positive cases of the planned study, ``simulations`` the number
    of simulated studies per row (the plan's ``resamples`` when omitted).
    """

    method: Literal["or_hillis", "ustat", "simulation"]
    readers: tuple[Count, ...]
    cases: tuple[Count, ...]
    effect: tuple[float, ...] | None = None
    components: Pilot | None = None
    roe_metz: RoeMetz | None = None
    inference: Literal["RRRC", "FRRC", "RRFC"] = "RRRC"
    prevalence: Annotated[float, Range(0, 1, open=True)] = 0.5
    simulations: Count | None = None

    def check(self, _task: Task | None, at: str) -> None:
        """Refuse what the method cannot do without. Raises ``PlanFault``."""
        if (self.components is None) == (self.roe_metz is None):
            raise PlanFault(at, "Either components or roe_metz is needed.")
        if self.roe_metz is not None:
            _check_model(self.roe_metz, self.effect, at)
        elif self.effect is None:
            raise PlanFault(f"{at}/effect", '"effect" is missing.')
        elif self.method == "simulation":
            raise PlanFault(f"{at}/roe_metz", "A simulation needs the parameters of roe_metz.")
        elif self.method == "ustat" and self.components and self.components.moments is None:
            raise PlanFault(f"{at}/components/moments", '"moments" is missing.')
        elif self.method == "or_hillis" and self.components and self.components.error is None:
            raise PlanFault(f"{at}/components/Var", "Var_TR, Var, Cov1, Cov2, Cov3 are missing.")


@dataclass(frozen=True)
class PowerRow:
    """Power to detect ``effect`` with so many readers and cases."""

    readers: int
    cases: int
    effect: float
    power: float | None


@dataclass(frozen=True, kw_only=True)
class Power(Result):
    """Rows by effect, then readers, then cases."""

    method: str
    grid: tuple[PowerRow, ...]


@analysis("power", PowerOptions, task="none")
def power(options: PowerOptions, context: Context) -> Power:
    """Power of the test of two arms, by formula from a pilot study or model, or by simulation."""
    model = options.roe_metz
    effects = options.effect or ((model.aucs[1] - model.aucs[0],) if model else ())
    power_of = _from_model(options, model, context) if model else _from_pilot(options, context)
    grid = tuple(
        PowerRow(readers, cases, effect, power_of(effect, readers, cases))
        for effect in effects
        for readers in options.readers
        for cases in options.cases
    )
    if any(row.power is None for row in grid):
        context.warn("Rows without power have too few readers or cases, or no positive variance.")
    return Power(n=0, method=options.method, grid=grid)


def _from_pilot(options: PowerOptions, context: Context) -> PowerOf:
    """Power from the components of a pilot study."""
    pilot = options.components
    assert pilot is not None

    def by_moments(effect: float, readers: int, cases: int) -> float | None:
        assert pilot.moments is not None
        n_positive, n_negative = _split(cases, options.prevalence)
        return ustat_power(
            effect, difference_moments=pilot.moments, n_readers=readers,
            n_positive=n_positive, n_negative=n_negative, alpha=context.alpha,
        )  # fmt: skip

    def by_components(effect: float, readers: int, cases: int) -> float | None:
        assert pilot.error is not None and pilot.var_tr is not None
        return hillis_obuchowski_power(
            effect, var_tr=pilot.var_tr, error=pilot.error, case_ratio=pilot_cases / cases,
            n_readers=readers, alpha=context.alpha, inference=Inference(options.inference),
        )  # fmt: skip

    if options.method == "ustat":
        return by_moments
    pilot_cases = pilot.cases or _cases_of_the_data(context)
    return by_components


def _from_model(options: PowerOptions, model: RoeMetz, context: Context) -> PowerOf:
    """Power under the Roe-Metz model."""
    inference = Inference(options.inference)

    def by_simulation(effect: float, readers: int, cases: int) -> float | None:
        n_positive, n_negative = _split(cases, options.prevalence)
        if min(n_positive, n_negative) < 2 or (inference is not Inference.FRRC and readers < 2):
            return None
        return simulated_power(
            model.with_effect(effect), n_readers=readers, n_positive=n_positive,
            n_negative=n_negative, alpha=context.alpha, rng=context.rng, inference=inference,
            simulations=options.simulations or context.resamples,
        )  # fmt: skip

    def by_moments(effect: float, readers: int, cases: int) -> float | None:
        n_positive, n_negative = _split(cases, options.prevalence)
        return ustat_power(
            effect, difference_moments=difference_moments(model.with_effect(effect)),
            n_readers=readers, n_positive=n_positive, n_negative=n_negative, alpha=context.alpha,
        )  # fmt: skip

    def by_components(effect: float, readers: int, cases: int) -> float | None:
        var_tr, error = obuchowski_rockette_parameters(
            model.with_effect(effect), *_split(cases, options.prevalence)
        )
        return hillis_obuchowski_power(
            effect, var_tr=var_tr, error=error, case_ratio=1.0, n_readers=readers,
            alpha=context.alpha, inference=inference,
        )  # fmt: skip

    return {"simulation": by_simulation, "ustat": by_moments, "or_hillis": by_components}[
        options.method
    ]


def _split(cases: int, prevalence: float) -> tuple[int, int]:
    """Positive and negative cases, at least one of each."""
    n_positive = max(1, min(round(prevalence * cases), cases - 1))
    return n_positive, max(1, cases - n_positive)


def _cases_of_the_data(context: Context) -> int:
    """Cases the pilot components must come from when the plan does not say."""
    n = max((len(frame.cases) for frame in context.study.tasks.values()), default=1)
    context.warn(f"components has no cases: those of the reference, {n}, are taken.")
    return n


def _check_model(model: RoeMetz, effects: tuple[float, ...] | None, at: str) -> None:
    """Refuse impossible parameters and effects. Raises ``PlanFault``."""
    _mu, _delta, *variances = astuple(model)
    if min(variances) < 0 or sum(variances) == 0:
        raise PlanFault(f"{at}/roe_metz", "Variances are not negative, and not all 0.")
    for index, effect in enumerate(effects or ()):
        try:
            model.with_effect(effect)
        except ValueError as error:
            raise PlanFault(f"{at}/effect/{index}", f"From roe_metz, {error}.") from error
