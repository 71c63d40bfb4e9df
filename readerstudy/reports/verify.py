"""Whether an export folder is what it says: needs nothing but the folder."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readerstudy.design.randomisation import ALGORITHM
from readerstudy.design.schedule import draw_plan
from readerstudy.protocol.canonical import sha256_of
from readerstudy.reports.codebook import read_csv
from readerstudy.reports.orders import order_rows, rows_sha256
from webapp.core.audit import first_break
from webapp.core.errors import InvalidInput

Json = dict[str, Any]
Files = Mapping[str, bytes]
NEEDED = ("protocol.json", "orders.csv", "plan.json", "events.jsonl", "SHA256SUMS")


@dataclass(frozen=True)
class Verdict:
    """What was found.

    Parameters
    ----------
    differences
        Sentences, empty when everything repeats exactly.
    broken_at
        Sequence number at which the audit chain breaks, None when it is intact.
    protocol_sha256
        Hash of the protocol in the folder.
    """

    differences: tuple[str, ...]
    broken_at: int | None
    protocol_sha256: str

    @property
    def good(self) -> bool:
        """Whether nothing differs."""
        return not self.differences and self.broken_at is None

    def to_json(self) -> Json:
        """Return the answer of ``verify`` as in the contract."""
        return {
            "plan": list(self.differences) or "identical",
            "audit": "intact" if self.broken_at is None else {"broken_at": self.broken_at},
            "protocol_sha256": self.protocol_sha256,
        }


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files of an export folder by path.

    Raises
    ------
    InvalidInput
        If it isn't one.
    """
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    missing = [name for name in NEEDED if name not in files]
    if missing:
        raise InvalidInput(f"This is no export folder: {', '.join(missing)} is missing.")
    return files


def verify(files: Files) -> Verdict:
    """Check an export: file checksums, audit chain, hashes in it, and the plan drawn again.

    Raises
    ------
    InvalidInput
        If a file can't be read as what it should be.
    """
    try:
        protocol = json.loads(files["protocol.json"])
        events = [json.loads(line) for line in files["events.jsonl"].decode().splitlines()]
        broken = first_break(events)
        checks = (
            _changed_files(files),
            _seals(protocol, events, files),
            _orders(protocol, files),
            _answers(events, files),
        )
        differences = tuple(sentence for check in checks for sentence in check)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            "The folder's files can't be read: they are damaged or from another program."
        ) from error
    return Verdict(differences, broken, sha256_of(protocol))


def _changed_files(files: Files) -> Iterator[str]:
    listed: dict[str, str] = {}
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ", 1)
        listed[name] = digest
    for name, digest in listed.items():
        if name not in files:
            yield f"{name} is missing."
        elif hashlib.sha256(files[name]).hexdigest() != digest:
            yield f"{name} has been changed since the export."
    for name in sorted(set(files) - set(listed) - {"SHA256SUMS"}):
        yield f"{name} was added after the export."


def _seals(protocol: Json, events: list[Json], files: Files) -> Iterator[str]:
    """Yield where the audit trail's hashes and the files disagree."""
    frozen = _last(events, "study.frozen")
    if frozen is None:
        yield "The audit trail doesn't say that the study was frozen."
        return
    if frozen["protocol_sha256"] != sha256_of(protocol):
        yield "protocol.json is not the protocol that was frozen."
    if frozen["orders_sha256"] != rows_sha256(read_csv(files["orders.csv"])):
        yield "orders.csv is not the plan that was drawn."
    if json.loads(files["plan.json"]) != protocol["analysis_plan"]:
        yield "plan.json is not the analysis plan of the protocol."
    unblinded = _last(events, "study.unblinded")
    if unblinded and "result.json" in files:
        result = json.loads(files["result.json"])
        if unblinded["result_sha256"] != sha256_of(result):
            yield "result.json is not the result that was computed."
        for table in ("readings", "reference"):
            if result[f"{table}_sha256"] != hashlib.sha256(files[f"{table}.csv"]).hexdigest():
                yield f"{table}.csv is not the table that the result was computed from."


def _orders(protocol: Json, files: Files) -> Iterator[str]:
    """Yield where the orders drawn again from the protocol differ from the stored ones."""
    if protocol["algorithm"] != ALGORITHM:
        yield f"The orders were drawn by {protocol['algorithm']}; this program has {ALGORITHM}."
        return
    drawn = order_rows(
        draw_plan(
            kind=protocol["design"]["kind"],
            periods=protocol["design"]["periods"],
            levels={reader["user"]: reader["level"] for reader in protocol["readers"]},
            cases=[case["code"] for case in protocol["cases"]],
            seed=protocol["seed"],
        )
    )
    stored = read_csv(files["orders.csv"])
    if len(drawn) != len(stored):
        yield f"orders.csv has {len(stored)} rows; drawing again gives {len(drawn)}."
    place = ("reader", "period", "position")
    by_place = {tuple(row[key] for key in place): row for row in stored}
    for row in drawn:
        found = by_place.get(tuple(row[key] for key in place))
        if found != row:
            where = f"{row['reader']}, period {row['period']}, position {row['position']}"
            got = "nothing" if found is None else f"{found['case']} ({found['arm']})"
            yield f"orders.csv: {where}: {got} instead of {row['case']} ({row['arm']})."


def _answers(events: list[Json], files: Files) -> Iterator[str]:
    """Yield the readings whose answers are not those that were committed."""
    if "answers.csv" not in files:
        return
    given: dict[str, Json] = {}
    for row in read_csv(files["answers.csv"]):
        if row["revision"] == "1":
            given.setdefault(row["reading"], {})[row["question"]] = json.loads(row["value"])
    committed = {
        event["target_id"]: event["data"]["answers_sha256"]
        for event in events
        if event["action"] == "reading.committed"
    }
    for reading in sorted(set(given) | set(committed)):
        if committed.get(reading) != sha256_of(given.get(reading, {})):
            yield f"The answers of reading {reading} are not those that were committed."


def _last(events: list[Json], action: str) -> Json | None:
    found = [event["data"] for event in events if event["action"] == action]
    return found[-1] if found else None
