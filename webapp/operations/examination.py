"""What ``manage.py doctor`` looks at: one function per finding, each a sentence or nothing."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from inference.jobs.systems import installed
from webapp.core import audit, health
from webapp.core.models import AuditHead
from webapp.imaging import store
from webapp.imaging.models import Instance

SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """One examined part: whether it is sound, and in words."""

    part: str
    sound: bool
    message: str

    def to_json(self) -> dict[str, object]:
        """Return the finding as ``--json`` prints it."""
        return asdict(self)


def examine() -> list[Finding]:
    """Examine configuration, services, stored files, audit chains and models."""
    schema = _schema()
    if not schema.sound:
        return [schema]
    return [schema, *_services(), _storage(), _chains(), *_models()]


def _schema() -> Finding:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        return Finding("schema", False, _("The database is not up to date; run manage.py migrate."))
    return Finding("schema", True, _("The database is up to date."))


def _services() -> Iterator[Finding]:
    for part, state in health.parts().items():
        message = _("%(part)s answers.") if state == "ok" else _("%(part)s does not answer.")
        yield Finding(part, state == "ok", message % {"part": part})


def _storage() -> Finding:
    hashes = Instance.objects.order_by("sha256").values_list("sha256", flat=True).distinct()
    broken = list(store.damaged(hashes.iterator()))
    if broken:
        shown = ", ".join(sha256[:12] for sha256 in broken[:SHOWN])
        message = _("%(n)s stored files are missing or damaged, among them %(shown)s.")
        return Finding("storage", False, message % {"n": len(broken), "shown": shown})
    message = _("%(n)s stored files match their checksums.") % {"n": hashes.count()}
    return Finding("storage", True, message)


def _chains() -> Finding:
    chains = list(AuditHead.objects.values_list("chain", flat=True))
    broken = {chain: at for chain in chains if (at := audit.verify(chain)) is not None}
    if broken:
        chain, at = next(iter(broken.items()))
        message = _("The audit chain %(chain)s is broken at event %(at)s.")
        return Finding("audit", False, message % {"chain": chain, "at": at})
    return Finding("audit", True, _("%(n)s audit chains are intact.") % {"n": len(chains)})


def _models() -> Iterator[Finding]:
    for system in installed():
        if system.spec.available and system.enabled:
            message = system.fault or _("The weights match their checksums.")
            yield Finding(f"model {system.spec.system}", not system.fault, message)
