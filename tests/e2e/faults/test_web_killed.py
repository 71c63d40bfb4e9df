"""``kill -9`` of the web server in mid-commit: each reading is stored whole or visibly not."""

import random
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.e2e.conftest import Installation
from tests.e2e.faults.api import Answer, Api, LineLost
from tests.e2e.faults.server import kill_web, wait_for_web
from tests.e2e.faults.stage import ANSWERS, Study, unaided_study

READERS = ["junior", "middle", "senior"]
ROUNDS = 6
LONGEST_COMMIT_SECONDS = 0.15


def commit(api: Api, reading: str, key: str) -> Answer | None:
    """Commit; None when the line broke before the answer came."""
    body = {"answers": ANSWERS}
    try:
        return api.post(f"readings/{reading}/commit/", body, Idempotency_Key=key)
    except LineLost:
        return None


def begin(api: Api, study: Study) -> str:
    """Open the reader's next reading and leave a draft in it."""
    reading = study.next_reading(api)
    assert reading is not None
    opened = api.post(f"readings/{reading}/open/").json
    revision = opened["draft"]["revision"]
    saved = api.put(f"readings/{reading}/draft/", {"answers": ANSWERS, "revision": revision})
    assert saved.status == 200, saved
    return reading


def settle(api: Api, study: Study, reading: str, key: str) -> str:
    """Say what became of a commit whose answer was lost, and see it through with its key."""
    still_open = study.next_reading(api) == reading
    if still_open:
        draft = api.post(f"readings/{reading}/open/").json["draft"]
        assert draft["answers"] == ANSWERS, "the draft was lost"
    again = commit(api, reading, key)
    assert again is not None and again.status == 200, again
    assert again.json["committed"] is True
    other = api.post(
        f"readings/{reading}/commit/", {"answers": ANSWERS | {"bm": "benign"}}, Idempotency_Key=key
    )
    assert (other.status, other.json["code"]) == (409, "already_committed")
    return "not stored" if still_open else "stored"


def stored_answers(home: Path, study: Study) -> list[tuple[Any, ...]]:
    """Return each of the study's readings with its state, and how many answers it has."""
    with sqlite3.connect(home / "db.sqlite3", timeout=30) as database:
        return database.execute(
            """SELECT reading.state, count(answer.id)
            FROM readerstudy_reading reading
            JOIN readerstudy_assignment a ON a.id = reading.assignment_id
            JOIN readerstudy_studycase c ON c.id = a.study_case_id
            LEFT JOIN readerstudy_answer answer ON answer.reading_id = reading.assignment_id
            WHERE c.study_id = ? GROUP BY reading.assignment_id""",
            (study.id.replace("-", ""),),
        ).fetchall()


def test_every_commit_is_stored_whole_or_visibly_not(
    installation: Installation, tmp_path: Path
) -> None:
    """Three readers commit at once, the server dies at a random moment; six times over."""
    study = unaided_study(installation, tmp_path, n_cases=ROUNDS, seed=71, readers=READERS)
    apis = [Api.of(installation, name) for name in READERS]
    chance = random.Random(71)
    outcomes: Counter[str] = Counter()
    for _round in range(ROUNDS):
        readings = [begin(api, study) for api in apis]
        keys = [uuid4().hex for _ in readings]
        with ThreadPoolExecutor(len(apis)) as pool:
            answers = [
                pool.submit(commit, api, reading, key)
                for api, reading, key in zip(apis, readings, keys, strict=True)
            ]
            time.sleep(chance.uniform(0, LONGEST_COMMIT_SECONDS))
            kill_web(installation)
        wait_for_web(installation)
        for api, reading, key, future in zip(apis, readings, keys, answers, strict=True):
            outcome = settle(api, study, reading, key)
            told = future.result()
            assert told is None or outcome == "stored", "an answered commit was lost"
            outcomes["answered" if told else outcome] += 1
    assert outcomes["stored"] + outcomes["not stored"] > 0, "no commit was cut"
    assert stored_answers(installation.home, study) == [("committed", len(ANSWERS))] * 18
    assert study.verify()["audit"] == "intact"
