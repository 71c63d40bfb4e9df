"""The entry of one analysis: its figures as JSON, or the reason why there are none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass

import numpy as np

from readerstudy.statistics.encoding import object_to_json
from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.registry import Context, Result

Entry = dict[str, object]


def build_entry(kind: str, at: str, context: Context, compute: Callable[[], Result]) -> Entry:
    """Run an analysis and encode what comes of it.

    Parameters
    ----------
    kind : str
        Name of the analysis type.
    at : str
        JSON path of the analysis in the plan, for error entries.
    """
    try:
        with np.errstate(all="ignore"):
            result = compute()
    except AnalysisError as error:
        return _error_entry(kind, at, error, context)
    except (ArithmeticError, np.linalg.LinAlgError) as error:
        sentence = f"The computation has no result for these data ({type(error).__name__})."
        return _error_entry(kind, at, AnalysisError("no_result", sentence), context)
    _warn_not_finite(result, context)
    return {"type": kind, **object_to_json(result), "warnings": context.warnings}


def _error_entry(kind: str, at: str, error: AnalysisError, context: Context) -> Entry:
    path = f"{at}/{error.at}" if error.at else at
    return {
        "type": kind,
        "error": {"code": error.code, "message": error.message, "path": path},
        "n": error.n,
        "n_missing": error.n_missing,
        "warnings": context.warnings,
    }


def _warn_not_finite(result: Result, context: Context) -> None:
    """Name the figures that came out as NaN or infinity and are therefore ``null``."""
    absent = dict.fromkeys(_not_finite(result, ""))
    if absent:
        context.warn(f"Undefined for these data: {', '.join(absent)}.")


def _not_finite(value: object, name: str) -> Iterator[str]:
    """Names of the fields or keys that hold NaN or infinity, at any depth."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _not_finite(getattr(value, field.name), field.name)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _not_finite(item, str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _not_finite(item, name)
    elif isinstance(value, float | np.floating) and not np.isfinite(value):
        yield name
