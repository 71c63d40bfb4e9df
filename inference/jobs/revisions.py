"""A clinician's own values for findings, beside the model's, with what follows from them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from inference.contracts import Finding
from inference.jobs import overlays
from inference.jobs.models import Explanation, InferenceJob, Prediction, Revision
from inference.registry import ModelSpec, find
from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.errors import Conflict, InvalidInput

Json = dict[str, Any]


@transaction.atomic
def revise(
    *,
    job: InferenceJob,
    edits: Mapping[str, str],
    outlines: Sequence[Json] = (),
    actor: User,
    clock: Clock,
) -> Revision:
    """Keep a person's values for some findings of a run, with all findings that follow from them.

    Parameters
    ----------
    job
        A finished run.
    edits
        Words by the finding's name, "" for not stated; what is left out stays the model's. None
        at all takes earlier changes back.
    outlines
        Slices of the lesion that decides as the person sees them, ``{"at_mm", "corners_mm"}``;
        the model's mask keeps the others. What is measured on the mask follows.

    Raises
    ------
    Conflict
        If the run has no result, or its system has no findings to change.
    InvalidInput
        If a value isn't of its finding's list.
    InferenceError
        If the system can't follow the edits.
    """
    spec = find(job.system)
    # Taking the row makes two people who change at once wait for each other.
    prediction = Prediction.objects.select_for_update().filter(job=job).first()
    if prediction is None:
        raise Conflict(_("This run has no result yet; wait until it is done."))
    if not spec.editable:
        raise Conflict(_("The findings of this system can't be changed."), code="not_editable")
    findings = [Finding(**row) for row in prediction.result.get("findings", [])]
    measured = _measured(spec, prediction, outlines) if outlines else {}
    own = _own_values(spec, findings, edits)
    revised = _revised(spec, findings, own, measured) if own or measured else findings
    number = prediction.revisions.count() + 1
    revision = Revision.objects.create(
        prediction=prediction,
        number=number,
        edits=own,
        outlines=list(outlines),
        findings=[finding.to_json() for finding in revised],
        made_by=actor,
        made_at=clock.now(),
    )
    audit.record(
        chain=audit.SITE,
        actor=actor,
        action="inference.findings_revised",
        target=job,
        data={"revision": number, "changed": sorted({*own, *measured}), "slices": len(outlines)},
        clock=clock,
    )
    return revision


def editable_json(system: str) -> list[Json]:
    """Return the findings of a system that may be changed, for forms."""
    return [
        {
            "name": each.name,
            "label": each.label or each.name.replace("_", " "),
            "unit": each.unit,
            "values": list(each.values),
        }
        for each in find(system, available=False).editable
    ]


def latest_json(prediction: Prediction, until: datetime | None = None) -> Json | None:
    """Return the latest revision, None when there is none or it took all changes back.

    Parameters
    ----------
    prediction
        Comes with its revisions.
    until
        Leaves out what was changed later, for reports that were signed before.
    """
    made = [each for each in prediction.revisions.all() if until is None or each.made_at <= until]
    last = max(made, key=lambda each: each.number, default=None)
    if last is None or not (last.edits or last.outlines):
        return None
    return {
        "number": last.number,
        "edits": last.edits,
        "outlines": last.outlines,
        "findings": last.findings,
        "made_by": last.made_by.display_name,
        "made_at": last.made_at.isoformat(),
    }


def _own_values(
    spec: ModelSpec, findings: Sequence[Finding], edits: Mapping[str, str]
) -> dict[str, str]:
    """Return the edits that differ from the model's values."""
    known = {each.name: each for each in spec.editable}
    said = {f.name: "" if f.value is None else str(f.value) for f in findings}
    for name, word in edits.items():
        if name not in known:
            raise InvalidInput(
                _("%(name)s can't be changed; these can: %(names)s.")
                % {"name": name[:40], "names": ", ".join(known)}
            )
        if word and known[name].values and word not in known[name].values:
            raise InvalidInput(
                _("%(name)s is one of %(values)s, found %(found)s.")
                % {"name": name, "values": ", ".join(known[name].values), "found": word[:20]}
            )
    return {name: word for name, word in edits.items() if word != said.get(name, "")}


def _revised(
    spec: ModelSpec,
    findings: Sequence[Finding],
    edits: Mapping[str, str],
    measured: Mapping[str, str],
) -> Sequence[Finding]:
    module = import_module(f"{spec.package}.revise")
    own = (edits, measured) if spec.redrawable else (edits,)
    revised: Sequence[Finding] = module.revise(findings, *own)
    return revised


def _measured(
    spec: ModelSpec, prediction: Prediction, outlines: Sequence[Json]
) -> Mapping[str, str]:
    """Return what a redrawn mask says, by the system's own way to measure."""
    mask = mask_of(prediction) if spec.redrawable else None
    if mask is None:
        raise Conflict(_("This result has no lesion whose outline could be redrawn."))
    module = import_module(f"{spec.package}.redraw")
    slices = [
        module.SliceOutline(tuple(each["at_mm"]), tuple(map(tuple, each["corners_mm"])))
        for each in outlines
    ]
    found: Mapping[str, str] = module.measured(
        overlays.read_mask(mask.grid_sha256, mask.shape_zyx),
        np.array(mask.affine).reshape(4, 4),
        slices,
    )
    return found


def mask_of(prediction: Prediction) -> Explanation | None:
    """Return the mask of the lesion that a prediction rests on; None where it has none.

    Parameters
    ----------
    prediction
        Comes with its explanations.
    """
    lesion = prediction.result.get("decision_lesion")
    wanted = None if lesion is None else overlays.mask_name(lesion)
    masks = [each for each in prediction.explanations.all() if each.method == overlays.MASK]
    return next((each for each in masks if each.class_code == wanted), None)
