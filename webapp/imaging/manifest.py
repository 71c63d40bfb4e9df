"""What the viewer is told about a case: its series, their geometry, and tokens for their frames.

Nothing of the store shows: series go by whatever name the caller draws for them, so that a reader
study can show the same images under other names to each reader.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from webapp.core.clock import SystemClock
from webapp.imaging import tokens
from webapp.imaging.models import Case, Series

Json = dict[str, Any]
NameSeries = Callable[[Series], str]
NOT_FOR_VIEWERS = {"order", "picture"}


def own_name(series: Series) -> str:
    """Name a series by its key, for people who may see the case itself."""
    return str(series.pk)


def viewer_manifest(
    case: Case,
    *,
    request: HttpRequest,
    subject: UUID,
    code: str,
    tokens_url: str,
    name_series: NameSeries = own_name,
) -> Json:
    """Describe a case's images for the viewer.

    Parameters
    ----------
    case
        Whose right to be seen the caller has checked.
    request
        Tokens are bound to its session.
    subject
        Case or reading for which the images are shown.
    code
        What the images are called on the screen.
    tokens_url
        Where the viewer gets fresh tokens.
    name_series
        Draws the name of a series in addresses.

    Returns
    -------
    dict
        See docs/viewer.md.
    """
    listed = list(case.series.all())
    issued = _tokens(listed, request, subject, name_series)
    return {
        "code": code,
        "tokens_url": tokens_url,
        "expires_in": int(tokens.LIFETIME.total_seconds()),
        "series": [_series(series, name_series(series), issued) for series in listed],
    }


def frame_tokens(
    case: Case, *, request: HttpRequest, subject: UUID, name_series: NameSeries = own_name
) -> Json:
    """Return fresh tokens for all series of a case whose right to be seen the caller checked."""
    issued = _tokens(case.series.all(), request, subject, name_series)
    return {"tokens": issued, "expires_in": int(tokens.LIFETIME.total_seconds())}


def _tokens(
    listed: Iterable[Series], request: HttpRequest, subject: UUID, name_series: NameSeries
) -> dict[str, str]:
    bound, now = tokens.binding(request), SystemClock().now()
    return {
        name: tokens.issue(
            subject=subject,
            series=series.pk,
            revision=series.revision,
            opaque_id=name,
            binding=bound,
            now=now,
        )
        for series in listed
        for name in [name_series(series)]
    }


def _series(series: Series, name: str, issued: dict[str, str]) -> Json:
    shown = {key: value for key, value in series.viewing.items() if key not in NOT_FOR_VIEWERS}
    return {
        "id": name,
        "label": label(series),
        "phase": series.phase,
        "phase_confidence": series.phase_confidence,
        "modality": series.modality,
        "calibrated": series.calibrated,
        "lossy": series.lossy,
        "frames_url": reverse("frame", args=[name, 0]).removesuffix("0/"),
        "token": issued[name],
        **shown,
    }


def label(series: Series) -> str:
    """Return what a series is called on the screen: its phase, else its place in the case."""
    if series.phase:
        return str(series.get_phase_display())
    return _("Series %(number)s") % {"number": series.number}
