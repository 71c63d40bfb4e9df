"""Everything an export folder offers to other programs, in one call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources

from readerstudy.reports.interchange.dataset import Dataset, InterchangeError
from readerstudy.reports.interchange.imrmc import write_imrmc
from readerstudy.reports.interchange.mrmcaov import write_mrmcaov
from readerstudy.reports.interchange.rjafroc import write_rjafroc

SCRIPTS = ("rerun.py", "rerun.R")


@dataclass(frozen=True)
class Exports:
    """Files by name, and why a format is not among them."""

    files: Mapping[str, bytes]
    refused: Mapping[str, str]


def export_all(data: Dataset, title: str) -> Exports:
    """Write every format that can express the data."""
    writers: dict[str, Callable[[], bytes]] = {
        "study.imrmc": lambda: write_imrmc(data, title).encode(),
        "mrmcaov.csv": lambda: write_mrmcaov(data).encode(),
        "rjafroc.xlsx": lambda: write_rjafroc(data),
    }
    files: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    for name, write in writers.items():
        try:
            files[name] = write()
        except InterchangeError as error:
            refused[name] = str(error)
    return Exports(files, refused)


def rerun_scripts() -> dict[str, bytes]:
    """The scripts that rerun an export's analyses in Python and R."""
    folder = resources.files("readerstudy.reports.interchange.scripts")
    return {name: folder.joinpath(name).read_bytes() for name in SCRIPTS}
