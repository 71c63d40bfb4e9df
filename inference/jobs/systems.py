"""The systems as this installation has them: switched on or off, with weights, with a card.

Nothing here imports torch, so that pages and API can ask.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from django.utils.translation import gettext as _

from inference.errors import InferenceError
from inference.jobs.models import SystemSetting
from inference.registry import ModelSpec, catalogue, find
from inference.registry.weights import Manifest, read_manifest
from webapp.core.errors import Conflict, InvalidInput
from webapp.imaging.models import Case

CONFIGURATION = "demo"
"""The size whose weights are shipped."""

UNKNOWN_MODALITY = "OT"
"""Pictures without DICOM come as this; whether a system makes do with them is its own business."""


@dataclass(frozen=True)
class InstalledSystem:
    """One system with the state it is in here.

    `manifest` is None and `fault` says why when its weights can't be used.
    """

    spec: ModelSpec
    enabled: bool
    manifest: Manifest | None
    fault: str

    @property
    def usable(self) -> bool:
        """Whether a job can be asked for."""
        return self.enabled and self.manifest is not None


def installed() -> list[InstalledSystem]:
    """Return every system of the catalogue, checksums of its weights checked."""
    return [inspect(spec) for spec in catalogue()]


def inspect(spec: ModelSpec) -> InstalledSystem:
    """Look at one system's switch and weights."""
    enabled = spec.available and not _switched_off(spec.system)
    if not spec.available:
        return InstalledSystem(spec, enabled, None, _("Not built yet."))
    try:
        manifest = read_manifest(folder(spec) / "weights", spec.system)
    except InferenceError as error:
        return InstalledSystem(spec, enabled, None, str(error))
    return InstalledSystem(spec, enabled, manifest, "")


def runnable(system: str, case: Case) -> ModelSpec:
    """Return a system that a job on this case may be asked for.

    Raises
    ------
    InferenceError
        If the system is unknown or not built.
    Conflict
        If an administrator has switched it off.
    InvalidInput
        If it reads another modality.
    """
    spec = find(system)
    if _switched_off(system):
        raise Conflict(
            _("%(system)s is switched off; ask an administrator.") % {"system": spec.title},
            code="system_off",
        )
    if not _reads(spec, case):
        raise InvalidInput(
            _("%(system)s reads %(wanted)s, but this case is %(found)s; choose another system.")
            % {"system": spec.title, "wanted": spec.modality, "found": case.modality},
            code="wrong_modality",
        )
    return spec


def choices_for(case: Case) -> list[ModelSpec]:
    """Return the systems that can be asked for on a case, in the catalogue's order."""
    return [
        spec
        for spec in catalogue()
        if spec.available and _reads(spec, case) and not _switched_off(spec.system)
    ]


def badge(system: str) -> str:
    """Return how results made with a system's shipped weights are marked."""
    manifest = inspect(find(system)).manifest
    return manifest.label if manifest else ""


def card(spec: ModelSpec) -> str:
    """Return a system's model card (Markdown), empty while it isn't built."""
    readme = folder(spec) / "README.md" if spec.available else None
    return readme.read_text("utf-8") if readme is not None and readme.is_file() else ""


def folder(spec: ModelSpec) -> Path:
    """Return the folder of a built system's package without importing the package."""
    found = find_spec(spec.package)
    assert found is not None and found.origin is not None
    return Path(found.origin).parent


def _reads(spec: ModelSpec, case: Case) -> bool:
    return case.modality in (spec.modality, UNKNOWN_MODALITY)


def _switched_off(system: str) -> bool:
    return SystemSetting.objects.filter(system=system, enabled=False).exists()
