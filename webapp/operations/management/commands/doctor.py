"""Say whether this installation is sound: configuration, services, files, audit, models."""

from typing import Any

from webapp.core.commands import PlainCommand
from webapp.operations.examination import examine


class Command(PlainCommand):
    """Examine the installation; exit 1 when anything is wrong."""

    help = __doc__ or ""

    def run(self, **options: Any) -> dict[str, Any]:
        """Examine and return every finding."""
        findings = examine()
        return {
            "sound": all(finding.sound for finding in findings),
            "findings": [finding.to_json() for finding in findings],
        }

    def describe(self, result: dict[str, Any]) -> list[str]:
        """Return a line per finding."""
        return [
            f"{'ok   ' if finding['sound'] else 'FAULT'} {finding['part']}: {finding['message']}"
            for finding in result["findings"]
        ]

    def exit_code(self, result: dict[str, Any]) -> int:
        """Return 1 when anything is wrong."""
        return 0 if result["sound"] else 1
