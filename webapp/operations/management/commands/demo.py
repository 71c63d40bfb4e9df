"""Everything on one machine, in the foreground: data, web server, worker."""

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from webapp.accounts.demo import DEMO_CAST, DEMO_PASSWORD
from webapp.operations import assets, processes, seed


class Command(BaseCommand):
    """Prepare the demo, serve it until Ctrl-C, keep its data."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the port and a switch for an empty demo."""
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
        parser.add_argument("--no-data", action="store_true", help="people only, no cases")

    def handle(self, *args: Any, port: int, no_data: bool, **options: Any) -> None:
        """Run until SIGINT or SIGTERM, then end everything and exit 0."""
        if not settings.DEMO:
            raise CommandError(
                "Demo data needs demo mode, which this installation is not in. "
                "Start it with 'make demo', or set READING_ROOM_DEMO=1.",
                returncode=2,
            )
        if not processes.port_is_free(port):
            raise CommandError(f"Port {port} can't be used. Try PORT=8001.", returncode=2)
        self._say("Preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
        self._say("Preparing the pages")
        assets.prepare()
        seed.people()
        if not no_data:
            seed.everything(say=self._say)
        commands = {"web": processes.web_command(port), "worker": processes.worker_command()}
        supervisor = processes.Supervisor(commands)
        supervisor.start()
        address = f"http://127.0.0.1:{port}"
        if not processes.wait_until_served(f"{address}/sign-in/", alive=supervisor.all_running):
            supervisor.stop()
            raise CommandError("The web server did not start; its own words stand above.")
        self._say(f"Reading Room is ready at {address}")
        self._say(f"Logins (password {DEMO_PASSWORD}):")
        for login in DEMO_CAST:
            self._say(f"  {login.email:32} {login.role.label} {login.note}".rstrip())
        supervisor.watch()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
