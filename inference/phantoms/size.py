"""How large the images of a phantom are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PhantomSize:
    """Rows (= columns) and slices of each volume, or frames of each clip."""

    rows: int = 256
    slices: int = 40
