"""The parts of a protocol as frozen values; field names are the keys of the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args

from readerstudy.design.schedule import Kind
from readerstudy.statistics.options import Range
from readerstudy.statistics.selection import PlanFault, value_texts
from readerstudy.statistics.tasks import Task

Showable = Literal["label", "probabilities", "lesions", "cam", "gradcam", "gradcam++", "shap"]
SHOWABLE: tuple[Showable, ...] = get_args(Showable)
"""What an arm may show of the AI's output."""
QuestionKind = Literal["single", "ordinal", "slider", "text"]
QuestionRole = Literal["decision", "rating", "confidence"]
LARGEST_SEED = 2**63 - 1


class ShortText(str):
    """Text, or a number that is read as text the way a table spells it."""

    @classmethod
    def parse(cls, value: object, at: str) -> "ShortText":
        """Take one value from JSON."""
        text, *more = value_texts(value, at)
        if more or len(text) > 200:
            raise PlanFault(at, "Text of 1 to 200 characters is needed.")
        return cls(text)


class Point(tuple[float, float, float]):
    """Three finite numbers."""

    @classmethod
    def parse(cls, value: object, at: str) -> "Point":
        """Take a list of three numbers from JSON."""
        numbers = value if isinstance(value, list) else []
        if len(numbers) != 3 or not all(
            isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < 1e6
            for number in numbers
        ):
            raise PlanFault(at, "A list of three numbers is needed, for example [10.5, -20, 300].")
        return cls(float(number) for number in numbers)


@dataclass(frozen=True)
class IndexLesion:
    """The lesion that is asked about: centre and full size in mm (LPS)."""

    centre_mm: Point
    size_mm: Point


@dataclass(frozen=True)
class CaseEntry:
    """A case of the study under the study's own code."""

    code: ShortText
    case: str
    index_lesion: IndexLesion | None = None
    strata: Mapping[str, ShortText] = field(default_factory=dict)


@dataclass(frozen=True)
class ReferenceEntry:
    """What is true of a case for one task, and how that is known."""

    case: ShortText
    task: str
    truth: ShortText
    source: str


@dataclass(frozen=True)
class QuestionEntry:
    """One question of the answer form."""

    id: str
    kind: QuestionKind
    text: str
    choices: tuple[ShortText, ...] = ()
    min: float | None = None
    max: float | None = None
    task: str | None = None
    role: QuestionRole | None = None
    required: bool = False


@dataclass(frozen=True)
class ReaderEntry:
    """A reader: e-mail address in a draft, pseudonym once frozen."""

    user: str
    level: ShortText
    years: Annotated[int, Range(0, 80)] | None = None


@dataclass(frozen=True)
class PinnedModel:
    """The AI of an arm; version and checksum are filled in when the study is frozen."""

    system: str
    show: tuple[Showable, ...]
    version: str | None = None
    weights_sha256: str | None = None


@dataclass(frozen=True)
class ArmEntry:
    """A condition of reading."""

    id: str
    ai: PinnedModel | None = None


@dataclass(frozen=True)
class Design:
    """Which arm is read in which period."""

    kind: Kind
    periods: tuple[str, ...]


@dataclass(frozen=True)
class ProtocolFile:
    """The file's top level as JSON spells it."""

    schema: Literal["protocol/1"]
    title: ShortText
    seed: Annotated[int, Range(0, LARGEST_SEED)]
    cases: object
    tasks: Mapping[str, object]
    questions: object
    readers: object
    arms: object
    design: Design
    reference: object = ()
    pilot: bool = False
    washout_days: Annotated[int, Range(0, 365)] = 28
    analysis_plan: Mapping[str, object] | None = None
    algorithm: str | None = None


@dataclass(frozen=True)
class Protocol:
    """A protocol whose parts fit each other; lists may still be empty in a draft."""

    title: str
    seed: int
    pilot: bool
    washout_days: int
    cases: tuple[CaseEntry, ...]
    reference: tuple[ReferenceEntry, ...]
    tasks: Mapping[str, Task]
    questions: tuple[QuestionEntry, ...]
    readers: tuple[ReaderEntry, ...]
    arms: tuple[ArmEntry, ...]
    design: Design
    analysis_plan: Mapping[str, Any] | None = None
    algorithm: str | None = None
