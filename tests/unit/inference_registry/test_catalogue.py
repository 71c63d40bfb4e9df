"""The catalogue is data: five systems, honest about what can be run, no torch."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from inference import registry
from inference.errors import CannotRun, UnusableInput
from inference.registry import catalogue, find


def test_listing_systems_imports_no_torch() -> None:
    code = (
        "import sys; from inference.registry import catalogue; catalogue(); "
        "assert 'torch' not in sys.modules and 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_five_systems_are_known_and_only_built_ones_are_available() -> None:
    entries = {spec.system: spec.to_json() for spec in catalogue()}
    assert set(entries) == {"lilnet_ct", "ceus_dcb", "bmode_dcnn", "lirads_mri", "fourphase_ct"}
    for spec in catalogue():
        assert spec.available == bool(spec.package)
        built = "available" if spec.available else "not built yet"
        assert entries[spec.system]["status"] == built
    json.dumps(entries)


def test_parts_split_the_leaf_classes() -> None:
    spec = find("lilnet_ct")
    parts = {part.name: part.classes for part in spec.parts}
    assert set(parts["benign"] + parts["malignant"]) == set(spec.class_codes)
    malignant = {entry.code for entry in spec.classes if entry.malignant}
    assert set(parts["malignant"]) == malignant


def test_unknown_and_unbuilt_systems_are_refused_differently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(UnusableInput, match="no system 'nope'"):
        find("nope")
    planned = replace(find("lilnet_ct"), system="planned", package="")
    monkeypatch.setattr(registry, "SYSTEMS", (planned,))
    with pytest.raises(CannotRun, match="isn't built yet"):
        find("planned")
    assert find("planned", available=False).title
