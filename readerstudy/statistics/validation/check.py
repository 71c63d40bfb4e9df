"""One published number beside ours."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A figure that was printed somewhere, and what this package computes for it.

    Attributes
    ----------
    data, quantity, origin : str
        Whose data, which figure, where it was printed.
    published : str
        Exactly as printed; its decimals say how exactly it can be compared.
    value : float
        Computed here, full precision.
    """

    data: str
    quantity: str
    published: str
    value: float
    origin: str

    @property
    def digits(self) -> int:
        """Decimals that were printed."""
        return len(self.published.partition(".")[2])

    @property
    def difference(self) -> float:
        """Ours minus published."""
        return self.value - float(self.published)

    @property
    def agrees(self) -> bool:
        """Whether ours rounds to what was printed."""
        return f"{self.value:.{self.digits}f}" == f"{float(self.published):.{self.digits}f}"
