"""What rooms above tell imaging: who else may see a case, and what stands beside it.

Imaging may not import those rooms, so they register here in their ``AppConfig.ready``.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from webapp.accounts.models import User
from webapp.imaging.models import Case


@dataclass(frozen=True)
class Badge:
    """A few words about a case in the table of cases.

    Parameters
    ----------
    column
        "ai" or "opinion".
    text
        Translated words.
    tone
        "", "success", "warning" or "danger"; the colour never carries the meaning alone.
    url
        Where a click leads, empty for nowhere.
    """

    column: str
    text: str
    tone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Panel:
    """A collapsible part of the case page, fetched as an HTML fragment."""

    key: str
    title: str
    url: str


Visibility = Callable[[User], Q]
Badges = Callable[[Collection[UUID]], Mapping[UUID, Collection[Badge]]]
Panels = Callable[[User, Case], Collection[Panel]]

Hook = TypeVar("Hook")

_visibilities: list[Visibility] = []
_badges: list[Badges] = []
_panels: list[Panels] = []


def register_visibility(rule: Visibility) -> Visibility:
    """Let a rule show further cases to a person; the rule returns a condition on `Case`."""
    return _register(_visibilities, rule)


def register_badges(source: Badges) -> Badges:
    """Let a room say something about each case of the table, in one query for all."""
    return _register(_badges, source)


def register_panels(source: Panels) -> Panels:
    """Let a room add panels to the case page."""
    return _register(_panels, source)


def also_visible(user: User) -> Q:
    """Return the condition on `Case` that holds for what the registered rules show."""
    condition = Q(pk__in=[])
    for rule in _visibilities:
        condition |= rule(user)
    return condition


def badges_of(case_ids: Collection[UUID]) -> dict[UUID, list[Badge]]:
    """Return what the rooms above say about cases, by case."""
    found: dict[UUID, list[Badge]] = {case_id: [] for case_id in case_ids}
    for source in _badges:
        for case_id, badges in source(case_ids).items():
            found[case_id].extend(badges)
    return found


def panels_of(user: User, case: Case) -> list[Panel]:
    """Return the panels of the rooms above for one case and person."""
    return [panel for source in _panels for panel in source(user, case)]


def _register(hooks: list[Hook], hook: Hook) -> Hook:
    if hook not in hooks:
        hooks.append(hook)
    return hook
