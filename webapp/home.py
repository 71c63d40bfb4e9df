"""Pages that belong to no single room: home, help, favicon."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from readerstudy import blinding
from readerstudy.models import StudyState
from readerstudy.selectors.overview import studies_overview
from webapp.accounts.access import signed_in
from webapp.accounts.models import Role, User
from webapp.core import health
from webapp.core.clock import Clock, request_clock
from webapp.imaging.selectors import cases_visible_to
from webapp.opinions import selectors as opinions

LATEST_REPORTS = 3


@dataclass(frozen=True)
class NextThing:
    """What a person can do next: a sentence, a remark, and where the button leads."""

    title: str
    remark: str
    button: str = ""
    url: str = ""


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the one thing to do next for each role the person holds."""
    user, clock = signed_in(request), request_clock(request)
    things = [
        thing
        for role, next_things in BY_ROLE.items()
        if user.has_role(role)
        for thing in next_things(user, clock)
    ]
    # Coordinators who also keep the truth find each study once.
    return render(request, "home.html", {"things": list(dict.fromkeys(things))})


def _reading(user: User, clock: Clock) -> Iterator[NextThing]:
    for work in blinding.worklist_json(user, clock)["studies"]:
        progress = _("%(done)s of %(total)s read") % work
        if work["next"]:
            yield NextThing(
                work["title"], progress, _("Read the next case"), reverse("readerstudy:worklist")
            )
        elif work["next_due"]:
            due = datetime.fromisoformat(work["next_due"])
            sentence = _("The next case is due on %(date)s (UTC).") % {
                "date": date_format(due, "Y-m-d H:i")
            }
            yield NextThing(work["title"], f"{progress}. {sentence}")
        else:
            yield NextThing(work["title"], _("You have read every case. Thank you."))


def _coordinating(user: User, clock: Clock) -> Iterator[NextThing]:
    for row in studies_overview(user, clock):
        study = row.study
        done = sum(period.done for period in row.periods)
        total = sum(period.total for period in row.periods)
        if study.state == StudyState.DRAFT:
            url = reverse("readerstudy:wizard", args=[study.pk, "cases"])
            yield NextThing(study.title, _("Not frozen yet."), _("Go on designing"), url)
        elif study.state in (StudyState.FROZEN, StudyState.RUNNING):
            url = reverse("readerstudy:dashboard", args=[study.pk])
            remark = _("%(done)s of %(total)s readings done") % {"done": done, "total": total}
            yield NextThing(study.title, remark, _("Watch"), url)
        elif study.state == StudyState.LOCKED:
            url = reverse("readerstudy:dashboard", args=[study.pk])
            yield NextThing(study.title, _("Locked; results are closed."), _("Unblind"), url)
        else:
            url = reverse("readerstudy:results", args=[study.pk])
            yield NextThing(study.title, _("Results are open."), _("See the results"), url)
    if user.has_role(Role.COORDINATOR):
        yield NextThing(
            _("A new study"),
            _("From the cases to the frozen protocol in eight steps."),
            _("Begin"),
            reverse("readerstudy:studies"),
        )


def _treating(user: User, clock: Clock) -> Iterator[NextThing]:
    for opinion in opinions.reports_for(user)[:LATEST_REPORTS]:
        yield NextThing(
            _("Report ready: %(code)s") % {"code": opinion.case.code},
            Truncator(opinion.question).chars(120),
            _("Open the report"),
            reverse("opinions:report", args=[opinion.pk]),
        )
    waiting = cases_visible_to(user).count()
    yield NextThing(
        _("Upload a study"),
        _("A folder or a ZIP; it is de-identified before it is stored."),
        _("Upload"),
        reverse("imaging:upload"),
    )
    if waiting:
        remark = ngettext("%(n)s case", "%(n)s cases", waiting) % {"n": waiting}
        yield NextThing(_("Your cases"), remark, _("Open"), reverse("imaging:cases"))


def _second_opinions(user: User, clock: Clock) -> Iterator[NextThing]:
    work = opinions.worklist(user)
    waiting, mine = len(work.waiting), len(work.mine)
    remark = _("%(waiting)s waiting, %(mine)s taken by you") % {"waiting": waiting, "mine": mine}
    yield NextThing(
        _("Second opinions"), remark, _("Open the worklist"), reverse("opinions:worklist")
    )


def _running(user: User, clock: Clock) -> Iterator[NextThing]:
    down = [name for name, state in health.parts().items() if state != "ok"]
    remark = _("Down: %(parts)s") % {"parts": ", ".join(down)} if down else _("Everything runs.")
    yield NextThing(_("Health"), remark, _("Open"), reverse("operations:health"))
    yield NextThing(
        _("People"), _("Accounts, roles and one-time links."), _("Open"), reverse("accounts:people")
    )


BY_ROLE: dict[Role, Callable[[User, Clock], Iterator[NextThing]]] = {
    Role.READER: _reading,
    Role.COORDINATOR: _coordinating,
    Role.TRUTH_KEEPER: _coordinating,
    Role.STATISTICIAN: _coordinating,
    Role.CLINICIAN: _treating,
    Role.RADIOLOGIST: _second_opinions,
    Role.ADMINISTRATOR: _running,
}


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain the product, the keys and the words, for everyone."""
    return render(request, "help.html")


@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    """Send browsers that ask for /favicon.ico to the icon."""
    return redirect(static("icon.svg"), permanent=True)
