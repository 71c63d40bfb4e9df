"""Options that a system's training or evaluation has beside the common ones, given as words."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from inference.errors import UnusableInput


def check_options(
    function: Callable[..., Any], options: Mapping[str, str], common: frozenset[str]
) -> None:
    """Refuse options that a function doesn't take.

    Parameters
    ----------
    function
        A system's ``train`` or ``evaluate``; its keyword parameters that aren't `common` are the
        options it has.
    common
        Names of the parameters that every system's function has.

    Raises
    ------
    UnusableInput
        ``unknown_option``.
    """
    known = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and name not in common
    ]
    for name in options:
        if name not in known:
            have = f"choose {', '.join(known)}" if known else "this system has none here"
            raise UnusableInput("unknown_option", f"There is no option {name!r}; {have}.")
