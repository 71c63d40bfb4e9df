"""The systems as this installation has them: switched on or off, with weights, with a card.

Nothing here imports torch, so that pages and API can ask.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from inference.errors import InferenceError
from inference.jobs.models import SystemSetting
from inference.registry import ModelSpec, catalogue, find
from inference.registry.weights import Manifest, read_manifest
from webapp.core.errors import Conflict, InvalidInput
from webapp.imaging.models import Case
from webapp.imaging.selectors import image_kinds

CONFIGURATION = "demo"
"""The size whose weights are shipped."""

HEADLINE = ("macro_auc", "accuracy", "sensitivity", "specificity")

UNKNOWN_MODALITY = "OT"
"""Pictures without DICOM come as this; whether a system makes do with them is its own business."""


@dataclass(frozen=True)
class InstalledSystem:
    """One system with the state it is in here.

    `manifest` is None and `fault` says why when its weights can't be used.
    """

    spec: ModelSpec
    enabled: bool
    preferred: bool
    manifest: Manifest | None
    fault: str

    @property
    def metrics(self) -> dict[str, Any]:
        """Every figure measured with the shipped weights, by name; empty where there is none."""
        return dict(self.manifest.metrics.get("metrics", {})) if self.manifest else {}

    @property
    def headline(self) -> dict[str, Any]:
        """The few figures that say most, for lists of systems."""
        return {name: self.metrics[name] for name in HEADLINE if name in self.metrics}

    @property
    def usable(self) -> bool:
        """Whether a job can be asked for."""
        return self.enabled and self.manifest is not None


def installed() -> list[InstalledSystem]:
    """Return every system of the catalogue, checksums of its weights checked."""
    return [inspect(spec) for spec in catalogue()]


def inspect(spec: ModelSpec) -> InstalledSystem:
    """Look at one system's switch and weights."""
    setting = SystemSetting.objects.filter(system=spec.system).first()
    enabled = spec.available and (setting is None or setting.enabled)
    preferred = setting is not None and setting.preferred
    if not spec.available:
        return InstalledSystem(spec, enabled, preferred, None, _("Not built yet."))
    try:
        manifest = read_manifest(folder(spec) / "weights", spec.system)
    except InferenceError as error:
        return InstalledSystem(spec, enabled, preferred, None, str(error))
    return InstalledSystem(spec, enabled, preferred, manifest, "")


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
    """Return the systems that can be asked for on a case, the one to offer first in front.

    Those that look at the kind of images the case has come before others, then the one an
    administrator prefers for the modality, then the catalogue's order. Where the modality is
    unknown, the kind of images alone says which.
    """
    settings = {each.system: each for each in SystemSetting.objects.all()}
    kinds = image_kinds(case)

    def last(spec: ModelSpec) -> tuple[bool, bool]:
        setting = settings.get(spec.system)
        return spec.images not in kinds, setting is None or not setting.preferred

    return sorted(
        (
            spec
            for spec in catalogue()
            if spec.available
            and _reads(spec, case)
            and (case.modality != UNKNOWN_MODALITY or spec.images in kinds)
            and (spec.system not in settings or settings[spec.system].enabled)
        ),
        key=last,
    )


def choice_json(spec: ModelSpec) -> dict[str, Any]:
    """Return what the AI panel needs to offer a run: name, what it looks at, marks it takes."""
    return {
        "system": spec.system,
        "name": short_name(spec),
        "title": spec.title,
        "images": spec.images.value,
        "marks": spec.marks.to_json(),
    }


def short_name(spec: ModelSpec) -> str:
    """Return what people call a system: its title up to the colon."""
    return spec.title.partition(":")[0]


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
