"""The demo's people; they exist in demo mode only."""

from dataclasses import dataclass

from django.conf import settings

from webapp.accounts.models import Role

DEMO_PASSWORD = "reading-room"


@dataclass(frozen=True)
class DemoLogin:
    """One login of the demo."""

    email: str
    display_name: str
    role: Role
    note: str = ""


DEMO_CAST = (
    DemoLogin("admin@example.org", "Ada Admin", Role.ADMINISTRATOR),
    DemoLogin("coordinator@example.org", "Cora Coordinator", Role.COORDINATOR),
    DemoLogin("truth@example.org", "Theo Truthkeeper", Role.TRUTH_KEEPER),
    DemoLogin("statistician@example.org", "Stella Statistician", Role.STATISTICIAN),
    DemoLogin("junior@example.org", "Jun Junior", Role.READER, "junior"),
    DemoLogin("middle@example.org", "Mika Middle", Role.READER, "middle"),
    DemoLogin("senior@example.org", "Sam Senior", Role.READER, "senior"),
    DemoLogin("radiologist@example.org", "Rae Radiologist", Role.RADIOLOGIST),
    DemoLogin("clinician@example.org", "Clem Clinician", Role.CLINICIAN),
    DemoLogin("coordinator2@example.org", "Coby Coordinator", Role.COORDINATOR, "second study"),
    DemoLogin("junior2@example.org", "Juno Junior", Role.READER, "second study"),
)
SIMULATED_READERS = tuple(
    DemoLogin(f"simulated.{level}{n}@example.org", f"Simulated {level} {n}", Role.READER, level)
    for level in ("junior", "middle", "senior")
    for n in (1, 2)
)


def demo_logins() -> tuple[DemoLogin, ...]:
    """Return the logins to show on the sign-in page; none outside demo mode."""
    return DEMO_CAST if settings.DEMO else ()
