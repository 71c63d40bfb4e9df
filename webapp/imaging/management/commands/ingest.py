"""``manage.py ingest PATH [--owner EMAIL] [--project NAME] [--json]``."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from webapp.accounts import selectors as accounts
from webapp.accounts.models import User
from webapp.core.clock import current_clock
from webapp.core.commands import UNUSABLE, PlainCommand
from webapp.core.errors import NotFound
from webapp.imaging import projects
from webapp.imaging.ingest import ingest
from webapp.imaging.models import PictureKind


class Command(PlainCommand):
    """Take a folder, an archive or a file into cases."""

    help = "Check, de-identify and store images; exit 2 when nothing was accepted."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the path and whose the cases become."""
        super().add_arguments(parser)
        parser.add_argument("path", type=Path, help="folder, ZIP, tar or single file")
        parser.add_argument("--owner", help="e-mail address of the person who owns the cases")
        parser.add_argument("--project", help="project the cases belong to; made when missing")
        parser.add_argument(
            "--pixels-checked",
            action="store_true",
            help="somebody has looked at the pictures and no name shows in any of them",
        )

        parser.add_argument(
            "--pictures",
            choices=[kind.name.lower() for kind in PictureKind],
            default=PictureKind.SLICES.name.lower(),
            help="what JPEG, PNG and BMP pictures are",
        )

    def run(self, **options: Any) -> Any:
        """Ingest and return the report."""
        path, clock = options["path"], current_clock()
        if not path.exists():
            raise NotFound(_("There is nothing at this path. Check how it is written."))
        owner = _owner(options["owner"])
        name = options["project"]
        project = projects.project_named(name=name, owner=owner, clock=clock) if name else None
        report = ingest(
            path=path,
            owner=owner,
            project=project,
            clock=clock,
            pixels_checked=options["pixels_checked"],
            pictures_are=PictureKind[options["pictures"].upper()],
        )
        return report.to_json()

    def describe(self, result: Any) -> list[str]:
        """Say in lines what became of the files."""
        lines = [
            _("%(code)s: %(series)s series, %(images)s images")
            % {
                "code": case["code"],
                "series": len(case["series"]),
                "images": sum(series["n_instances"] for series in case["series"]),
            }
            for case in result["cases"]
        ]
        for kind in ("rejected", "quarantined"):
            lines += [f"{row['file']}: {row['reason']} [{row['code']}]" for row in result[kind]]
        lines += [f"{row['case']}: {row['message']}" for row in result["warnings"]]
        return lines or [_("There was no file.")]

    def exit_code(self, result: Any) -> int:
        """Return 2 when no case got anything."""
        return 0 if result["cases"] else UNUSABLE


def _owner(address: str | None) -> User | None:
    if address is None:
        return None
    owner = accounts.by_email(address)
    if owner is None:
        raise NotFound(_("Nobody has the address %(address)s.") % {"address": address})
    return owner
