"""Contrast phases from header values: words first, then times; None when nothing tells.

Reader-facing mistakes cost more than gaps, so every rule is conservative and people can correct
the guess. Header values have to be gathered before de-identification takes the times away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pydicom.dataset import Dataset

from inference.contracts import ContrastPhase
from inference.io.headers import seconds, text
from inference.io.phase_words import delay_named, phases_named

_HALF_DAY_S = 12 * 3600


class Reason(StrEnum):
    """What a guess rests on; the closed list of `PhaseGuess.reason`."""

    SERIES_NAME = "series_name"
    PROTOCOL_NAME = "protocol_name"
    DELAY_IN_NAME = "delay_in_name"
    INJECTION_TIME = "injection_time"
    BEFORE_INJECTION = "before_injection"
    OTHER_SERIES = "other_series"
    SEVERAL_PHASES_NAMED = "several_phases_named"
    OTHER_MODALITY = "other_modality"
    NOTHING_TELLS = "nothing_tells"


@dataclass(frozen=True, slots=True)
class PhaseGuess:
    """A contrast phase, how sure (0 to 1), and why; None with confidence 0 when unknown."""

    phase: ContrastPhase | None
    confidence: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class SeriesHeaders:
    """Header values of one series (or volume of a dynamic series) that phases rest on.

    Times are seconds since midnight; None when missing. `has_agent` is whether Contrast/Bolus
    Agent names one. Nothing here identifies a patient, but the times must not be kept.
    """

    series_key: str
    modality: str = ""
    series_description: str = ""
    protocol_name: str = ""
    has_agent: bool = False
    injection_s: float | None = None
    acquisition_s: float | None = None

    @classmethod
    def from_dataset(cls, dataset: Dataset, series_key: str = "") -> "SeriesHeaders":
        """Gather the values from any image of the series."""
        agent = text(dataset, "ContrastBolusAgent").casefold()
        times = (text(dataset, "AcquisitionDateTime"), text(dataset, "AcquisitionTime"))
        return cls(
            series_key=series_key or text(dataset, "SeriesInstanceUID"),
            modality=text(dataset, "Modality"),
            series_description=text(dataset, "SeriesDescription"),
            protocol_name=text(dataset, "ProtocolName"),
            has_agent=agent not in ("", "no", "none", "n", "0", "nein", "non", "无"),
            injection_s=seconds(text(dataset, "ContrastBolusStartTime")),
            acquisition_s=next((s for t in times if (s := seconds(t)) is not None), None),
        )


def recognise(headers: SeriesHeaders) -> PhaseGuess:
    """Guess the contrast phase of one series from its own headers."""
    if headers.modality not in ("CT", "MR"):
        return PhaseGuess(None, 0.0, Reason.OTHER_MODALITY)
    named = phases_named(headers.series_description)
    if len(named) > 1:
        return PhaseGuess(None, 0.0, Reason.SEVERAL_PHASES_NAMED)
    if named:
        return PhaseGuess(named.pop(), 0.95, Reason.SERIES_NAME)
    if (delay := delay_named(headers.series_description)) is not None and (
        phase := phase_at(delay, headers.modality)
    ):
        return PhaseGuess(phase, 0.7, Reason.DELAY_IN_NAME)
    if headers.injection_s is not None and headers.acquisition_s is not None:
        delay = _elapsed(headers.injection_s, headers.acquisition_s)
        if delay < 0:
            return PhaseGuess(ContrastPhase.NON_CONTRAST, 0.75, Reason.BEFORE_INJECTION)
        if phase := phase_at(delay, headers.modality):
            return PhaseGuess(phase, 0.8, Reason.INJECTION_TIME)
    named = phases_named(headers.protocol_name)
    if len(named) == 1:
        return PhaseGuess(named.pop(), 0.6, Reason.PROTOCOL_NAME)
    return PhaseGuess(None, 0.0, Reason.NOTHING_TELLS)


def recognise_exam(series: Sequence[SeriesHeaders]) -> tuple[PhaseGuess, ...]:
    """Guess the contrast phases of all series of one exam, which help each other.

    A protocol name that series with different phases share says nothing about each of them. The
    time of injection, stated by one series or worked out from phases already named, dates the
    others; a series without contrast agent acquired before it is non-contrast.

    Returns
    -------
    tuple of PhaseGuess
        In the order of `series`.
    """
    shared = _shared_protocols(series)
    guesses = [
        recognise(
            replace(headers, protocol_name="")
            if (headers.modality, headers.protocol_name) in shared
            else headers
        )
        for headers in series
    ]
    injections = _injection_times(series, guesses)
    return tuple(
        _from_others(headers, injections) if guess.reason is Reason.NOTHING_TELLS else guess
        for headers, guess in zip(series, guesses, strict=True)
    )


def phase_at(delay_s: float, modality: str = "CT") -> ContrastPhase | None:
    """Return the phase of an acquisition begun so many seconds after injection.

    Gaps between the ranges are left open on purpose. Twenty minutes are hepatobiliary in MR,
    where such late images are made with a liver-specific agent only.
    """
    if 15 <= delay_s <= 45:
        return ContrastPhase.ARTERIAL
    if 55 <= delay_s <= 110:
        return ContrastPhase.PORTAL_VENOUS
    if 120 <= delay_s <= 600:
        return ContrastPhase.DELAYED
    if modality == "MR" and 900 <= delay_s <= 3600:
        return ContrastPhase.HEPATOBILIARY
    return None


def _elapsed(start_s: float, stop_s: float) -> float:
    """Return seconds from start to stop, over midnight if need be."""
    return (stop_s - start_s + _HALF_DAY_S) % (2 * _HALF_DAY_S) - _HALF_DAY_S


def _shared_protocols(series: Iterable[SeriesHeaders]) -> set[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    shared: set[tuple[str, str]] = set()
    for headers in series:
        key = headers.modality, headers.protocol_name
        (shared if key in seen else seen).add(key)
    return shared


def _injection_times(series: Sequence[SeriesHeaders], guesses: Sequence[PhaseGuess]) -> list[float]:
    """Return when contrast was injected: as stated, else half a minute before arterial images."""
    stated = [s.injection_s for s in series if s.injection_s is not None]
    if stated:
        return stated
    usual = {ContrastPhase.ARTERIAL: 32.0, ContrastPhase.PORTAL_VENOUS: 72.0}
    return [
        headers.acquisition_s - usual[guess.phase]
        for headers, guess in zip(series, guesses, strict=True)
        if guess.phase in usual
        and headers.acquisition_s is not None
        and guess.reason is not Reason.PROTOCOL_NAME
    ]


def _from_others(headers: SeriesHeaders, injections: Sequence[float]) -> PhaseGuess:
    unknown = PhaseGuess(None, 0.0, Reason.NOTHING_TELLS)
    if headers.acquisition_s is None or not injections:
        return unknown
    delays = [_elapsed(start, headers.acquisition_s) for start in injections]
    if headers.has_agent:
        phases = {phase_at(delay, headers.modality) for delay in delays}
        phase = phases.pop() if len(phases) == 1 else None
        return PhaseGuess(phase, 0.55, Reason.OTHER_SERIES) if phase else unknown
    if max(delays) < 0:
        return PhaseGuess(ContrastPhase.NON_CONTRAST, 0.65, Reason.OTHER_SERIES)
    return unknown
