"""Which readings an analysis (or one side of it) uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

KEYS = ("reader", "level", "arm", "period", "repeat")


@dataclass(frozen=True)
class Selector:
    """Readings by reader, level, arm, period and repeat; ``None`` means all of them.

    Only first readings (repeat 0) are used unless the plan says otherwise.
    """

    reader: tuple[str, ...] | None = None
    level: tuple[str, ...] | None = None
    arm: tuple[str, ...] | None = None
    period: tuple[str, ...] | None = None
    repeat: tuple[str, ...] | None = ("0",)

    @classmethod
    def parse(cls, value: object, at: str) -> "Selector":
        """From plan JSON: an object of values or lists; text or a list of text names readers.

        Raises
        ------
        PlanFault
            With the JSON path of the value that cannot be used.
        """
        if isinstance(value, str | list):
            value = {"reader": value}
        if not isinstance(value, Mapping):
            raise PlanFault(at, f"An object of {', '.join(KEYS)} is needed.")
        chosen: dict[str, tuple[str, ...]] = {}
        for key, wanted in value.items():
            if key not in KEYS:
                raise PlanFault(
                    f"{at}/{key}", f'"{key}" cannot be selected by; use {", ".join(KEYS)}.'
                )
            chosen[key] = value_texts(wanted, f"{at}/{key}")
        return cls(**chosen)

    def describe(self) -> str:
        """The selection in words, for messages."""
        parts = [
            f"{key} {' or '.join(values)}"
            for key in KEYS
            if (values := getattr(self, key)) is not None and (key, values) != ("repeat", ("0",))
        ]
        return ", ".join(parts) or "everything"


ALL = Selector()


class PlanFault(Exception):
    """A value of the plan that cannot be used, with its JSON path."""

    def __init__(self, at: str, sentence: str) -> None:
        super().__init__(sentence)
        self.at = at
        self.sentence = sentence


def value_texts(value: object, at: str) -> tuple[str, ...]:
    """One value or a list of them as text, the way the tables spell them (1 becomes "1")."""
    values: Sequence[object] = value if isinstance(value, list) else [value]
    if not values:
        raise PlanFault(at, "The list is empty; leave the key out to mean all.")
    texts = []
    for single in values:
        if isinstance(single, bool) or not isinstance(single, str | int | float):
            raise PlanFault(at, f"Text or a number is needed, found {shown(single)}.")
        if isinstance(single, float) and single.is_integer():
            single = int(single)
        text = str(single).strip()
        if not text:
            raise PlanFault(at, "The value is empty.")
        texts.append(text)
    return tuple(dict.fromkeys(texts))


def shown(value: object) -> str:
    """A JSON value as a message shows it, short."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
