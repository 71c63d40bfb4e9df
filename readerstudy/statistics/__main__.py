"""The command ``python -m readerstudy.statistics``.

Exit 0 when every analysis ran, 3 when some could not (their entries say why), 2 when the input
cannot be used (one line per problem on standard error, no output file).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from readerstudy.statistics.encoding import dump
from readerstudy.statistics.engine import run_plan
from readerstudy.statistics.errors import InputError, Problem
from readerstudy.statistics.example_files import write_examples
from readerstudy.statistics.plan import Plan, parse_plan
from readerstudy.statistics.plan_json import read_plan_json
from readerstudy.statistics.study import Study, assemble, read_tables
from readerstudy.statistics.validation import published_checks, table

COMPLETE, DIFFERENT, UNUSABLE, PARTIAL = 0, 1, 2, 3


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    if arguments[:1] == ["validate"]:
        return _validate()
    if arguments[:1] == ["example"]:
        return _example(arguments[1:])
    options = _parser().parse_args(arguments)
    if (options.marks is None) != (options.lesions is None):
        _parser().error("--marks and --lesions belong together; give both or neither.")
    try:
        plan, study = _load(options)
        outcome = run_plan(study, plan)
        _write(options.output, dump(outcome.result))
    except InputError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return UNUSABLE
    return COMPLETE if outcome.complete else PARTIAL


def _validate() -> int:
    """Print published figures beside ours; exit 1 when one differs."""
    checks = published_checks()
    print(table(checks))
    return COMPLETE if all(check.agrees for check in checks) else DIFFERENT


def _example(arguments: Sequence[str]) -> int:
    """Write the example studies into a folder."""
    parser = argparse.ArgumentParser(prog="python -m readerstudy.statistics example")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    try:
        for written in write_examples(folder):
            print(written)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        print(f"{folder}: The examples were not written: {reason}.", file=sys.stderr)
        return UNUSABLE
    return COMPLETE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m readerstudy.statistics",
        description="Run an analysis plan on the readings of a reader study. Instead of options:"
        ' "validate" reruns published data and shows the differences, "example FOLDER" writes two'
        " example studies.",
    )
    for name in ("readings", "reference", "plan", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="FILE")
    for name in ("marks", "lesions"):
        parser.add_argument(f"--{name}", type=Path, metavar="FILE")
    return parser


def _load(options: argparse.Namespace) -> tuple[Plan, Study]:
    """Plan and data; the faults of both are raised together."""
    problems: list[Problem] = []
    plan = tables = None
    try:
        plan = parse_plan(read_plan_json(options.plan))
    except InputError as error:
        problems += error.problems
    try:
        tables = read_tables(options.readings, options.reference, options.marks, options.lesions)
    except InputError as error:
        problems += error.problems
    if plan is None or tables is None:
        raise InputError(problems)
    return plan, assemble(tables, plan.tasks)


def _write(path: Path, content: bytes) -> None:
    """Write all of it or nothing."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        place = f"{path.name}:1:file"
        raise InputError([Problem(place, f"The result was not written: {reason}.")]) from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
