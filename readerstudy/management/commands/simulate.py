"""Let simulated readers read a frozen study to its end."""

from typing import Any

from django.core.management.base import CommandParser

from inference.errors import InferenceError
from readerstudy.selectors.studies import study_named
from readerstudy.simulation import simulate
from webapp.core.clock import MovableClock, current_clock
from webapp.core.commands import UNUSABLE, PlainCommand
from webapp.core.errors import Conflict, DomainError


class Command(PlainCommand):
    """Drive the real services as the study's readers, the clock moved past every washout."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the study and the seed."""
        super().add_arguments(parser)
        parser.add_argument("study", help="id of the study")
        parser.add_argument("--seed", type=int, required=True)

    def run(self, **options: Any) -> dict[str, Any]:
        """Simulate; the study stays open for `study lock`."""
        study = study_named(options["study"])
        clock = MovableClock(current_clock().now())
        committed = simulate(study=study, seed=options["seed"], clock=clock)
        study.refresh_from_db()
        return {
            "state": study.state,
            "readings": committed,
            "ended_at": clock.now().isoformat(),
        }

    def refusal_code(self, error: DomainError | InferenceError) -> int:
        """Return 1 for what the study's state doesn't allow, 2 for bad input."""
        return 1 if isinstance(error, Conflict) else UNUSABLE
