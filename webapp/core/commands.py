"""How our management commands talk: one clear line on bad input, JSON on request."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from inference.errors import InferenceError
from webapp.core.errors import DomainError

UNUSABLE = 2


class PlainCommand(BaseCommand):
    """A command whose user's mistakes end in one line and exit code 2, never in a traceback.

    Subclasses implement :meth:`run` and return what ``--json`` prints; :meth:`describe` turns
    the same object into lines for people.
    """

    requires_system_checks: list[str] = []
    nothing: Mapping[str, Any] = {}
    """Keys that ``--json`` prints empty when the command could not be carried out."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Make a parser that answers bad arguments in one line, without the usage before it."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.print_usage = lambda file=None: None  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--json``; subclasses call this and add their own."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command and print its result; exit code from :meth:`exit_code`."""
        try:
            result = self.run(**options)
        except (DomainError, InferenceError) as error:
            self.stderr.write(str(error))
            if options["json"]:
                refusal = {"code": error.code, "message": str(error)}
                self.stdout.write(json.dumps({**self.nothing, "error": refusal}))
            sys.exit(self.refusal_code(error))
        if options["json"]:
            self.stdout.write(json.dumps(result, indent=2, sort_keys=True, default=str))
        else:
            for line in self.describe(result):
                self.stdout.write(line)
        code = self.exit_code(result)
        if code:
            sys.exit(code)

    def run(self, **options: Any) -> Any:
        """Do the work and return a JSON-able result."""
        raise NotImplementedError

    def describe(self, result: Any) -> list[str]:
        """Return the result as lines for people."""
        return [json.dumps(result, indent=2, default=str)]

    def refusal_code(self, error: DomainError | InferenceError) -> int:
        """Return the exit code for something a person has to mend; 2 unless a subclass differs."""
        return UNUSABLE

    def exit_code(self, result: Any) -> int:
        """Return the exit code for a result; 0 unless a subclass knows better."""
        return 0
