"""Contrast phases from words and times; nothing is guessed where nothing tells."""

import pytest

from inference.contracts import ContrastPhase
from inference.io.phases import (
    PhaseGuess,
    Reason,
    SeriesHeaders,
    phase_at,
    recognise,
    recognise_exam,
)

NONE, ARTERIAL, PORTAL, DELAYED, HEPATOBILIARY = (
    ContrastPhase.NON_CONTRAST,
    ContrastPhase.ARTERIAL,
    ContrastPhase.PORTAL_VENOUS,
    ContrastPhase.DELAYED,
    ContrastPhase.HEPATOBILIARY,
)


def guess(name: str = "", **values: object) -> PhaseGuess:
    return recognise(SeriesHeaders("1", "CT", name, **values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("Abdomen arterial 5.0", ARTERIAL),
        ("Late arterial", ARTERIAL),
        ("Liver_ART_1.25", ARTERIAL),
        ("spätarteriell 1mm", ARTERIAL),
        ("foie artériel tardif", ARTERIAL),
        ("fase arteriosa", ARTERIAL),
        ("动脉期", ARTERIAL),
        ("Portal venous_3.0_I40f_2", PORTAL),
        ("A/P Venous", PORTAL),
        ("Oberbauch portalvenös 3.0 B30f", PORTAL),
        ("temps portal", PORTAL),
        ("Fase venosa portal", PORTAL),
        ("late portal", PORTAL),
        ("门静脉期 5mm", PORTAL),
        ("Abd 70s 5mm", PORTAL),
        ("Abdomen without contrast", NONE),
        ("Noncontrast", NONE),
        ("non-contrast", NONE),
        ("W/O", NONE),
        ("Leber nativ", NONE),
        ("ohne KM", NONE),
        ("Sans injection", NONE),
        ("sin contraste", NONE),
        ("senza mdc", NONE),
        ("上腹部 平扫", NONE),
        ("3 min delay", DELAYED),
        ("Oberbauch Spätphase", DELAYED),
        ("temps tardif", DELAYED),
        ("fase tardiva", DELAYED),
        ("equilibrium", DELAYED),
        ("延迟期", DELAYED),
        ("t1 vibe 20min hbp", HEPATOBILIARY),
        ("肝胆期", HEPATOBILIARY),
    ],
)
def test_names_in_several_languages(name: str, phase: ContrastPhase) -> None:
    assert guess(name).phase is phase


@pytest.mark.parametrize(
    "name",
    [
        "",
        "CT CAP",
        "ABD/PEL W CONTRAST AP",
        "Abdomen 3.0 B30s",
        "CT CAP GASTRO & OMNI",
        "Body 3.000 CE",
        "C+",
        "t1_vibe_fs_tra_bh_dyn 11 ml Omniscan",
        "Partial",
        "Apical",
        "pre-op planning",
        "Hepatic artery",
        "PULM ART",
        "Portal hypertension",
        "no delay",
        "1.5mm",
    ],
)
def test_names_that_say_nothing(name: str) -> None:
    assert guess(name) == PhaseGuess(None, 0.0, Reason.NOTHING_TELLS)


@pytest.mark.parametrize(
    "name",
    ["ART+PV", "w & w/o contrast", "with and without", "mit und ohne KM", "delayed arterial"],
)
def test_several_phases_in_one_name_are_not_chosen_between(name: str) -> None:
    assert guess(name) == PhaseGuess(None, 0.0, Reason.SEVERAL_PHASES_NAMED)


@pytest.mark.parametrize(
    ("delay", "phase"),
    [
        (-30, NONE),
        (30, ARTERIAL),
        (50, None),
        (70, PORTAL),
        (115, None),
        (180, DELAYED),
        (5000, None),
    ],
)
def test_the_time_since_injection_tells(delay: float, phase: ContrastPhase | None) -> None:
    found = guess("Abdomen", has_agent=True, injection_s=36_000.0, acquisition_s=36_000.0 + delay)
    assert found.phase is phase


def test_an_injection_before_midnight_is_understood() -> None:
    found = guess("Abdomen", injection_s=86_390.0, acquisition_s=20.0)
    assert found == PhaseGuess(ARTERIAL, 0.8, Reason.INJECTION_TIME)


def test_other_modalities_have_no_contrast_phase() -> None:
    assert recognise(SeriesHeaders("1", "US", "arterial")).reason is Reason.OTHER_MODALITY


def test_twenty_minutes_are_hepatobiliary_in_mr_only() -> None:
    assert phase_at(1200, "MR") is HEPATOBILIARY
    assert phase_at(1200, "CT") is None


def test_a_protocol_shared_by_all_series_says_nothing() -> None:
    series = [SeriesHeaders(str(n), "CT", "Abdomen", "Liver arterial") for n in range(2)]
    assert [found.phase for found in recognise_exam(series)] == [None, None]
    assert recognise_exam(series[:1])[0] == PhaseGuess(ARTERIAL, 0.6, Reason.PROTOCOL_NAME)


def test_series_of_one_exam_help_each_other() -> None:
    series = [
        SeriesHeaders("1", "CT", "Abdomen", "", False, None, 900.0),
        SeriesHeaders("2", "CT", "Arterial", "", True, None, 1000.0),
        SeriesHeaders("3", "CT", "Abdomen", "", True, None, 1040.0),
        SeriesHeaders("4", "CT", "Abdomen", "", True, None, 1060.0 + 90),
        SeriesHeaders("5", "CT", "Abdomen", "", False, None, 1200.0),
    ]
    found = recognise_exam(series)
    assert [g.phase for g in found] == [NONE, ARTERIAL, PORTAL, DELAYED, None]
    assert found[2].confidence < found[1].confidence


def test_a_lone_series_without_agent_stays_unknown() -> None:
    (found,) = recognise_exam([SeriesHeaders("1", "CT", "CT CH/AB/PEL", "", False, None, 900.0)])
    assert found.phase is None
