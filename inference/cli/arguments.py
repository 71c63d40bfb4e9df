"""What can be written on the command line; mistakes become one sentence."""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from inference.contracts import LesionInput
from inference.errors import UnusableInput
from inference.phantoms import PhantomSize
from inference.pipelines import METHODS

CONFIGURATIONS = ("demo", "paper")
DEVICES = ("auto", "cpu", "cuda")


class _Parser(argparse.ArgumentParser):
    """An argparse parser that raises instead of printing its usage and leaving."""

    def error(self, message: str) -> NoReturn:
        raise UnusableInput("bad_argument", f"{message}; see {self.prog} --help.")


def join_lesions(argv: Sequence[str]) -> list[str]:
    """Write ``--lesion -1,2,...`` as one word: argparse takes a leading minus for an option."""
    words: list[str] = []
    for word in argv:
        if words and words[-1] == "--lesion":
            words[-1] = f"--lesion={word}"
        else:
            words.append(word)
    return words


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands.

    Raises
    ------
    UnusableInput
        ``bad_argument``, from its `parse_args`.
    """
    parser = _Parser(prog="python -m inference", description="Research use only.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="what systems exist")
    phantom = commands.add_parser("phantom", help="write a synthetic cohort with known truth")
    run = commands.add_parser("run", help="predict on one examination")
    explain = commands.add_parser("explain", help="write heat maps for one examination")
    train = commands.add_parser("train", help="train on a labelled cohort")
    evaluate = commands.add_parser("evaluate", help="measure on a labelled cohort")
    for command in (listing, phantom, run, explain, train, evaluate):
        command.add_argument("--json", action="store_true", help="print one JSON object")
    for command in (phantom, run, explain, train, evaluate):
        command.add_argument("--system", required=True)

    phantom.add_argument("--cases", type=_whole, required=True, metavar="N")
    phantom.add_argument("--size", type=_size, default=PhantomSize(), metavar="ROWSxSLICES")
    phantom.add_argument("--output", type=Path, required=True, metavar="DIR")
    for command in (run, explain):
        command.add_argument("--input", type=Path, required=True, metavar="DIR")
        command.add_argument("--lesion", type=_lesion, action="append", default=[])
        command.add_argument("--outline", type=Path, metavar="FILE")
    run.add_argument("--output", type=Path, metavar="DIR")
    explain.add_argument("--output", type=Path, required=True, metavar="DIR")
    explain.add_argument("--method", choices=METHODS, required=True)
    for command in (train, evaluate):
        command.add_argument("--data", type=Path, required=True, metavar="DIR")
        command.add_argument(
            "--option",
            type=_option,
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="of the system's own, see its card; repeatable",
        )
    train.add_argument("--output", type=Path, required=True, metavar="DIR")
    for command in (phantom, train):
        command.add_argument("--seed", type=_whole, required=command is phantom, default=0)
    for command in (run, explain, evaluate):
        command.add_argument("--weights", type=Path, metavar="DIR")
    for command in (run, explain, train, evaluate):
        command.add_argument("--configuration", choices=CONFIGURATIONS, default="demo")
        command.add_argument("--device", choices=DEVICES, default="auto")
    return parser


def _whole(word: str) -> int:
    if not re.fullmatch(r"\d{1,9}", word):
        raise argparse.ArgumentTypeError(f"{word!r} isn't a whole number of 0 or more")
    return int(word)


def _option(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{word!r} isn't NAME=VALUE")
    return name, value


def _size(word: str) -> PhantomSize:
    match = re.fullmatch(r"(\d{1,4})x(\d{1,4})", word)
    if not match:
        raise argparse.ArgumentTypeError(f"{word!r} isn't a size such as 256x40")
    return PhantomSize(rows=int(match[1]), slices=int(match[2]))


def _lesion(word: str) -> LesionInput:
    try:
        x, y, z, dx, dy, dz = (float(part) for part in word.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{word!r} isn't a box x,y,z,dx,dy,dz") from error
    return LesionInput((x, y, z), (dx, dy, dz))
