"""What readers are asked: the wording, and which answers are needed."""

from typing import Any

from django.http import QueryDict

from readerstudy.models import ReaderStudy
from readerstudy.selectors.protocols import protocol_of
from webapp.accounts.models import User


def context(study: ReaderStudy, user: User) -> dict[str, Any]:
    """Return the questions in the order readers meet them."""
    return {"questions": study.questions.all()}


def pieces(study: ReaderStudy, user: User, data: QueryDict) -> dict[str, Any]:
    """Change wording and necessity; what a question measures stays as the protocol has it."""
    questions = protocol_of(study)["questions"]
    for question in questions:
        question["text"] = data.get(f"text-{question['id']}", "").strip() or question["text"]
        question["required"] = f"required-{question['id']}" in data
    return {"questions": questions}
