"""The power entry: from another entry's components, from a model, by simulation."""

import pytest

from readerstudy.statistics import InputError

from .conftest import random_study
from .rows import entry, reading_rows, reference_rows

MODEL = {
    "mu": 1.2, "delta": 0.3, "var_r": 0.01, "var_c": 0.3,
    "var_tr": 0.01, "var_tc": 0.1, "var_rc": 0.2, "var_e": 0.4,
}  # fmt: skip
STUDY = random_study(51, n_readers=4, n_cases=40)
READINGS, REFERENCE = reading_rows(STUDY[0]), reference_rows(STUDY[1])


def run(**options):
    return entry(READINGS, REFERENCE, "power", **options)


def powers(found):
    return [row["power"] for row in found["grid"]]


def test_from_components_as_mrmc_or_reports_them():
    components = entry(READINGS, REFERENCE, "mrmc_or")["components"]
    options = {"method": "or_hillis", "effect": 0.05, "readers": [4, 8], "cases": [100, 200]}
    found = run(components=components | {"cases": 40}, **options)
    grid = found["grid"]
    assert [(row["readers"], row["cases"]) for row in grid] == [
        (4, 100), (4, 200), (8, 100), (8, 200),
    ]  # fmt: skip
    assert 0.05 < grid[0]["power"] < min(grid[1]["power"], grid[2]["power"])
    assert grid[3]["power"] > max(grid[1]["power"], grid[2]["power"])
    assert found["warnings"] == []
    assumed = run(components=components, **options)
    assert assumed["grid"] == grid
    assert "those of the reference, 40" in assumed["warnings"][0]


def test_from_moments_as_mrmc_ustat_reports_them():
    reported = entry(READINGS, REFERENCE, "mrmc_ustat")
    found = run(
        method="ustat", components=reported["components"], effect=[0.02, 0.2], readers=4, cases=40
    )
    low, high = powers(found)
    assert 0.05 <= low < high <= 1


def test_methods_agree_on_a_model():
    options = {"roe_metz": MODEL, "readers": 10, "cases": 80}
    (formula,) = powers(run(method="or_hillis", **options))
    (moments,) = powers(run(method="ustat", **options))
    (simulated,) = powers(run(method="simulation", simulations=150, **options))
    assert formula == pytest.approx(moments, abs=0.06)
    assert simulated == pytest.approx(formula, abs=0.13)
    again = run(method="simulation", simulations=150, **options)
    assert powers(again) == [simulated]


def test_an_effect_replaces_delta():
    options = {"roe_metz": MODEL, "readers": 6, "cases": 60, "method": "or_hillis"}
    implied = run(**options)["grid"][0]
    given = run(effect=implied["effect"], **options)["grid"][0]
    assert given == pytest.approx(implied, rel=1e-9)
    assert run(effect=0, **options)["grid"][0]["power"] == 0.05


def test_too_few_readers_or_cases_have_no_power():
    found = run(method="or_hillis", roe_metz=MODEL, readers=[1, 5], cases=40)
    assert powers(found)[0] is None
    assert powers(found)[1] > 0.05
    assert "too few readers or cases" in found["warnings"][0]
    assert powers(run(method="simulation", roe_metz=MODEL, readers=3, cases=3)) == [None]


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"method": "or_hillis"}, "/analyses/0"),
        ({"method": "or_hillis", "components": {"Var": 1.0}}, "/analyses/0/components/Cov1"),
        ({"method": "or_hillis", "components": {"Vra": 1.0}}, "/analyses/0/components/Vra"),
        ({"method": "or_hillis", "components": {}}, "/analyses/0/components/Var"),
        ({"method": "ustat", "components": {"moments": {"a": []}}}, "components/moments/a"),
        ({"method": "ustat", "components": {"cases": 0}}, "/analyses/0/components/cases"),
        ({"method": "simulation", "components": {"cases": 9}}, "/analyses/0/roe_metz"),
        ({"method": "ustat", "roe_metz": MODEL, "effect": 0.9}, "/analyses/0/effect/0"),
        ({"method": "ustat", "roe_metz": MODEL | {"var_e": -1}}, "/analyses/0/roe_metz"),
    ],
)
def test_incomplete_plans_are_refused_with_their_place(options, place):
    with pytest.raises(InputError, match=f"{place}: "):
        run(**{"readers": 5, "cases": 50, "effect": 0.05} | options)


def test_a_task_does_not_matter():
    options = {"method": "ustat", "roe_metz": MODEL, "readers": 5, "cases": 50}
    assert powers(run(task="bm", **options)) == powers(run(**options))
