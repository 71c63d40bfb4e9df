"""Forms of the imaging pages."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from inference.contracts import ContrastPhase
from webapp.core.errors import InvalidInput
from webapp.core.json_input import parse_json
from webapp.imaging.blackening import Rectangle
from webapp.imaging.models import PHASES, PictureKind


class PicturesForm(forms.Form):
    """What pictures without DICOM are."""

    pictures = forms.ChoiceField(choices=PictureKind.choices)

    def chosen(self) -> PictureKind:
        """Return the kind that was chosen.

        Raises
        ------
        InvalidInput
            If it is none of the kinds.
        """
        if not self.is_valid():
            raise InvalidInput(_("There is no such kind of picture. Choose one of the list."))
        return PictureKind(self.cleaned_data["pictures"])


class PhaseForm(forms.Form):
    """A contrast phase, empty for unknown."""

    phase = forms.ChoiceField(choices=[("", ""), *PHASES], required=False)

    def chosen(self) -> ContrastPhase | None:
        """Return the phase that was chosen.

        Raises
        ------
        InvalidInput
            If it is none of the phases.
        """
        if not self.is_valid():
            raise InvalidInput(_("There is no such contrast phase. Choose one of the list."))
        phase = self.cleaned_data["phase"]
        return ContrastPhase(phase) if phase else None


def drawn_over(text: str) -> dict[UUID, list[Rectangle]]:
    """Return rectangles by series, as the viewer has drawn them.

    Parameters
    ----------
    text
        ``{series: [[x0, y0, x1, y1], ...]}`` as JSON.

    Raises
    ------
    InvalidInput
        If it is anything else.
    """
    found = parse_json(text.encode() or b"{}")
    try:
        return {
            UUID(series): [(int(x0), int(y0), int(x1), int(y1)) for x0, y0, x1, y1 in drawn]
            for series, drawn in found.items()
        }
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise InvalidInput(_("What was drawn can't be read. Draw it again.")) from None
