"""The protocol file: what a reader study is made from, and what its export writes back."""

from readerstudy.protocol.canonical import canonical, sha256_of
from readerstudy.protocol.parse import parse_protocol
from readerstudy.protocol.schema import (
    SHOWABLE,
    ArmEntry,
    CaseEntry,
    Design,
    PinnedModel,
    Protocol,
    QuestionEntry,
    ReaderEntry,
    ReferenceEntry,
)
from readerstudy.protocol.template import six_lesion_template
from readerstudy.protocol.write import to_json

__all__ = [
    "SHOWABLE",
    "ArmEntry",
    "CaseEntry",
    "Design",
    "PinnedModel",
    "Protocol",
    "QuestionEntry",
    "ReaderEntry",
    "ReferenceEntry",
    "canonical",
    "parse_protocol",
    "sha256_of",
    "six_lesion_template",
    "to_json",
]
