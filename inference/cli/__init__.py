"""The command line of inference: list, phantom, run, explain, train, evaluate.

Exit codes: 0 done, 2 unusable input or bad arguments, 3 the system could not run on it. Problems
are one line on standard error; with ``--json`` standard output holds one JSON object either way.
"""

import json
import logging
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from inference.cli.arguments import join_lesions, make_parser
from inference.cli.commands import COMMANDS
from inference.errors import InferenceError, UnusableInput

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = join_lesions(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    _quiet()
    try:
        arguments = make_parser().parse_args(words)
        result, sentence = COMMANDS[arguments.command](arguments)
    except InferenceError as error:
        return _fail(error, as_json)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _fail(UnusableInput("file_error", f"A file can't be used: {reason}."), as_json)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        return 130
    _print(json.dumps(result, ensure_ascii=False) if as_json else sentence)
    return 0


def _fail(error: InferenceError, as_json: bool) -> int:
    if as_json:
        _print(json.dumps({"error": error.to_json()}, ensure_ascii=False))
    sys.stderr.write(" ".join(str(error).split()) + "\n")
    return error.exit_code


def _print(text: Any) -> None:
    sys.stdout.write(f"{text}\n")


def _quiet() -> None:
    """Keep pydicom's remarks about odd headers out of people's sight."""
    warnings.filterwarnings("ignore", module="pydicom")
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
