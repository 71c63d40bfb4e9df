"""An unaided reader fetches every address with every key, and learns nothing.

Canaries stand in the AI's output, the reference standard, people's names, file names, other
readers' answers and the cases' identifiers. That they would be found is shown by routes that leak
each of them, and by an aided reader, who is meant to see the AI's output.
"""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from inference.jobs.models import Explanation, Prediction
from inference.jobs.selectors import heatmap_bytes
from readerstudy.models import Draft, ReferenceStandard, StudyCase
from readerstudy.services.reading import save_draft
from tests.integration.cast import Cast, build_people
from tests.integration.readerstudy.crawl import Crawler
from tests.integration.readerstudy.leaky_urls import LEAKS
from tests.integration.readerstudy.stage import frozen_study, opened
from tests.integration.routes import routes
from webapp.accounts.models import User
from webapp.imaging.models import Case, Project, Series, UploadSession

LEAKY = "tests.integration.readerstudy.leaky_urls"
TEXTS = (
    "ai-warning", "ai-badge", "ai-finding", "revision", "truth", "stratum", "person", "file-name",
    "answer", "project",
    "study-uid", "series-uid", "case-code",
)  # fmt: skip


def canary(name: str) -> str:
    """Return a text that stands nowhere else."""
    return f"canary-{name}-7f3a"


@pytest.fixture
def cast(db: None) -> Cast:
    """Two small studies with canaries in everything that a reader must not see."""
    cast = build_people()
    one = frozen_study(cast, truths=("HCC", "FNH"), readers=("junior", "senior"))
    two = frozen_study(
        cast,
        owner="coordinator2",
        truths=("MET",),
        readers=("junior2",),
        prefix="SD-",
        design={"kind": "fixed", "periods": ["aided", "unaided"]},
    )
    mine, aided = opened(cast, one, "junior"), opened(cast, two, "junior2")
    theirs = opened(cast, one, "senior")
    save_draft(
        assignment=theirs,
        answers={"bm": "cannot_assess", "reason": canary("answer")},
        revision=0,
        user=cast["senior"],
        clock=cast.clock,
    )
    run = mine.study_case.pinned_runs.get().job
    heatmap = run.prediction.explanations.get()
    cast.things |= {
        "study_id": one.pk,
        "reading_id": mine.pk,
        "case_id": mine.study_case.case_id,
        "job_id": run.pk,
        "heatmap_id": heatmap.pk,
        "aided_reading_id": aided.pk,
        "aided_heatmap_id": aided.study_case.pinned_runs.get().job.prediction.explanations.get().pk,
    }
    plant(cast)
    return cast


def plant(cast: Cast) -> None:
    """Put the canaries where they must not come from."""
    for prediction in Prediction.objects.all():
        prediction.result["warnings"] = [{"code": "x", "message": canary("ai-warning")}]
        prediction.result["findings"] = [finding(canary("ai-finding"))]
        prediction.revisions.create(
            number=1,
            edits={"halo": canary("revision")},
            findings=[finding(canary("revision"))],
            made_by=cast["radiologist"],
            made_at=cast.clock.now(),
        )
        prediction.result["probabilities"]["HCC"] = 0.123454321
        prediction.result["lesions"][0]["series_key"] = canary("series-uid")
        prediction.record["badge"] = canary("ai-badge")
        prediction.save()
    ReferenceStandard.objects.update(source=canary("truth"))
    StudyCase.objects.update(strata={"band": canary("stratum")})
    User.objects.exclude(pk=cast["junior"].pk).update(display_name=canary("person"))
    UploadSession.objects.create(
        owner=cast["clinician"],
        fingerprint="f",
        length=1,
        report={"rejected": [{"file": canary("file-name")}]},
        created_at=cast.clock.now(),
        changed_at=cast.clock.now(),
    )
    project = Project.objects.create(name=canary("project"))
    for number, case in enumerate(Case.objects.all()):
        case.code = canary("case-code")[:18] + str(number)
        case.study_uid = canary("study-uid")
        case.project = project if number == 0 else None
        case.save()
    Series.objects.update(series_uid=canary("series-uid"))


def finding(value: str) -> dict[str, str]:
    """Return a finding as a result keeps it."""
    return {"group": "signs", "name": "halo", "value": value, "unit": "", "reason": ""}


def canaries() -> dict[str, bytes]:
    """Return what must not come back, by name."""
    texts = {name: canary(name)[:18].encode() for name in TEXTS}
    overlay = heatmap_bytes(Explanation.objects.all()[0])
    return {**texts, "ai-probability": b"0.123454321", "ai-overlay": overlay}


@pytest.fixture
def quiet() -> Iterator[None]:
    """Errors that the crawl provokes are its business, not the log's."""
    import logging

    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("quiet")
def test_an_unaided_reader_learns_nothing_from_any_address(cast: Cast) -> None:
    crawler = Crawler(cast.client("junior"), cast.things, canaries())

    assert crawler.leaks(routes()) == set()
    assert crawler.asked > len(crawler.keys) * 30
    assert Draft.objects.get(reading=cast.things["reading_id"]).revision == 0  # all undone


@pytest.mark.usefixtures("quiet")
@override_settings(ROOT_URLCONF=LEAKY)
def test_routes_that_leak_are_found(cast: Cast) -> None:
    crawler = Crawler(cast.client("junior"), cast.things, canaries())

    found = crawler.leaks(LEAKS)

    assert {route for route, _name in found} == set(LEAKS)
    assert {name for _route, name in found} == canaries().keys() - {"project"}


def test_an_aided_reader_is_sent_the_canaries_of_the_ai(cast: Cast) -> None:
    things = cast.things | {
        "reading_id": cast.things["aided_reading_id"],
        "heatmap_id": cast.things["aided_heatmap_id"],
    }
    crawler = Crawler(cast.client("junior2"), things, canaries(), keys=[things["reading_id"]])

    found = crawler.leaks(route for route in routes() if "/ai/" in route and "readings" in route)

    assert {name for _route, name in found} == {
        "ai-warning", "ai-badge", "ai-finding", "ai-probability", "ai-overlay",
    }  # fmt: skip
