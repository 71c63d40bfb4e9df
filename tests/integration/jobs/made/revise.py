"""What follows from changed findings of the made-up system: a halo makes it malignant."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from inference.contracts import Finding
from inference.errors import UnusableInput


def revise(findings: Sequence[Finding], edits: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return findings with edits and the verdict that follows."""
    if edits.get("size") == "nonsense":
        raise UnusableInput("bad_features", "size is a number, found 'nonsense'.")
    changed = [replace(f, value=edits.get(f.name, f.value)) for f in findings]
    halo = next(f.value for f in changed if f.name == "halo")
    verdict = "malignant" if halo == "yes" else "benign"
    reason = f"Because halo is {halo}."
    return tuple(
        replace(f, value=verdict, reason=reason) if f.name == "verdict" else f for f in changed
    )
