"""Results of an unblinded study: tables, figures, the rows behind each number."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from readerstudy.reports import plots, tables
from readerstudy.selectors import results as selectors
from readerstudy.selectors.protocols import frozen_plan
from readerstudy.selectors.rows import readings_rows, reference_rows
from readerstudy.selectors.studies import study_for
from webapp.accounts.access import role_required, signed_in
from webapp.accounts.models import Role
from webapp.core.errors import NotFound

ANALYSTS = (Role.COORDINATOR, Role.STATISTICIAN, Role.ADMINISTRATOR)
FILTERS = ("reader", "arm", "task")


@role_required(*ANALYSTS)
@require_GET
def results(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Show the frozen plan's result."""
    study = study_for(signed_in(request), study_id)
    result = selectors.results(study)
    plan = frozen_plan(study)
    context = {
        "study": study,
        "headline": tables.headline(result),
        "tables": tables.tables_of(result, plan),
        "figures": plots.drawable(result),
        "oddities": tables.oddities(result),
        "software": result["software"],
        "plan_sha256": result["plan_sha256"],
    }
    return render(request, "readerstudy/results.html", context)


@role_required(*ANALYSTS)
@require_GET
def figure(request: HttpRequest, study_id: UUID, analysis: str, form: plots.Form) -> HttpResponse:
    """Draw one analysis as SVG, PNG or PDF; ``drawing`` in the query picks among its figures."""
    study = study_for(signed_in(request), study_id)
    result = selectors.results(study)
    entry = result["analyses"].get(analysis)
    known = (
        {} if entry is None else {plot.drawing: plot for plot in plots.plots_of(analysis, entry)}
    )
    plot = known.get(request.GET.get("drawing", next(iter(known), "")))
    if plot is None or form not in plots.FORMS:
        raise NotFound(_("This study has no such figure."))
    answer = HttpResponse(plots.draw(plot, entry, form), content_type=plots.FORMS[form])
    answer["Content-Disposition"] = f'inline; filename="{analysis}.{form}"'
    return answer


@role_required(*ANALYSTS)
@require_GET
def rows(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Show the readings behind the numbers, each with the reference standard beside it."""
    study = study_for(signed_in(request), study_id)
    selectors.insist_on_unblinded(study)
    wanted = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    truth = {(row["case"], row["task"]): row["truth"] for row in reference_rows(study)}
    shown = [
        row | {"truth": truth.get((row["case"], row["task"]), "")}
        for row in readings_rows(study)
        if all(row[name] == value for name, value in wanted.items())
    ]
    context = {"study": study, "rows": shown, "wanted": wanted}
    return render(request, "readerstudy/rows.html", context)
