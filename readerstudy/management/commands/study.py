"""Reader studies from the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from inference.errors import InferenceError
from readerstudy.models import ReaderStudy
from readerstudy.reports.export import bundle
from readerstudy.reports.verify import Verdict, read_folder, verify
from readerstudy.selectors import progress
from readerstudy.selectors.readiness import readiness
from readerstudy.selectors.results import results
from readerstudy.selectors.studies import study_named
from readerstudy.services.drafts import create_study
from readerstudy.services.ending import lock, unblind
from readerstudy.services.freezing import freeze
from webapp.accounts import selectors as accounts
from webapp.accounts.models import Role, User
from webapp.core import audit
from webapp.core.clock import current_clock
from webapp.core.commands import UNUSABLE, PlainCommand
from webapp.core.errors import Conflict, DomainError, InvalidInput
from webapp.core.json_input import parse_json

Json = dict[str, Any]
INTACT = {"plan": "identical", "audit": "intact"}
REFUSED = 1
"""Exit code for what can't be done in the study's present state, and for a failed check."""


class Command(PlainCommand):
    """Create, freeze, watch, lock, unblind, analyse, export or verify a reader study."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the action, the study and the files."""
        super().add_arguments(parser)
        parser.add_argument("action", choices=sorted(ACTIONS))
        parser.add_argument("study", nargs="?", help="id of the study; for verify also a folder")
        parser.add_argument("--protocol", type=Path, help="protocol file (create)")
        parser.add_argument("--coordinator", metavar="EMAIL", help="who runs it (create)")
        parser.add_argument("--output", type=Path, metavar="DIR", help="new folder (export)")
        parser.add_argument("--names", action="store_true", help="add the key to the pseudonyms")

    def run(self, **options: Any) -> Any:
        """Carry the action out."""
        return ACTIONS[options["action"]](options)

    def exit_code(self, result: Any) -> int:
        """Return 1 when a verification found a difference."""
        differs = "audit" in result and not result.items() >= INTACT.items()
        return REFUSED if differs else 0

    def refusal_code(self, error: DomainError | InferenceError) -> int:
        """Return 1 for what the study's state doesn't allow, 2 for bad input."""
        return REFUSED if isinstance(error, Conflict) else UNUSABLE


def _create(options: Json) -> Json:
    study = create_study(
        protocol=_protocol(options["protocol"]),
        actor=None,
        coordinator=_coordinator(options["coordinator"]),
        clock=current_clock(),
    )
    return {
        "id": str(study.pk),
        "state": study.state,
        "readiness": [reason.to_json() for reason in readiness(study)],
    }


def _freeze(options: Json) -> Json:
    return freeze(study=_study(options), actor=None, clock=current_clock()).to_json()


def _status(options: Json) -> Json:
    return progress.status(_study(options), current_clock())


def _lock(options: Json) -> Json:
    return {"state": lock(study=_study(options), actor=None, clock=current_clock()).state}


def _unblind(options: Json) -> Json:
    return {"state": unblind(study=_study(options), actor=None, clock=current_clock()).state}


def _results(options: Json) -> Json:
    return results(_study(options))


def _export(options: Json) -> Json:
    folder: Path | None = options["output"]
    if folder is None:
        raise InvalidInput(_("Say where the export goes: --output DIR."))
    files = bundle(_study(options), names=options["names"])
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(_("The output folder is not empty; choose a new one."))
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidInput(_("The export was not written: %s.") % reason) from error
    return {"files": sorted(files)}


def _verify(options: Json) -> Json:
    named = options["study"]
    if named and Path(named).is_dir():
        return verify(read_folder(Path(named))).to_json()
    study = _study(options)
    verdict = verify(bundle(study, printed=False))
    broken = audit.verify(audit.study_chain(study.pk))
    return Verdict(verdict.differences, broken, verdict.protocol_sha256).to_json()


ACTIONS: dict[str, Callable[[Json], Json]] = {
    "create": _create,
    "freeze": _freeze,
    "status": _status,
    "lock": _lock,
    "unblind": _unblind,
    "results": _results,
    "export": _export,
    "verify": _verify,
}


def _study(options: Json) -> ReaderStudy:
    named = options["study"]
    if not named:
        raise InvalidInput(_("Name the study by its id, as “create” printed it."))
    return study_named(named)


def _protocol(path: Path | None) -> Any:
    if path is None:
        raise InvalidInput(_("Name the protocol file: --protocol FILE."))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            _("The protocol was not read: %s.") % (error.strerror or str(error))
        ) from error
    return parse_json(content)


def _coordinator(email: str | None) -> User | None:
    """Return who runs the study; without a name the coordinator who has been here longest."""
    if email is None:
        return accounts.with_role(Role.COORDINATOR).order_by("date_joined").first()
    user = accounts.by_email(email)
    if user is None or not user.has_role(Role.COORDINATOR):
        raise InvalidInput(_("There is no coordinator with the address %s.") % email)
    return user
