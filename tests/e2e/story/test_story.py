"""The whole mission once, in a browser: from an upload to a McNemar table."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Cast, Installation
from tests.e2e.story import study
from tests.e2e.story.images import phantoms, run_lilnet, see_images, show_overlay, upload, zipped
from tests.e2e.story.pictures import look

N_CASES = 3
DIAGNOSES = ("HCC", "ICC", "MET", "FNH", "HEM", "CYST")


def test_a_clinician_gets_a_second_opinion(people: Cast, tmp_path: Path) -> None:
    """Upload, view, AI with explanation, question, signed report, addendum."""
    clinician, radiologist = people("clinician").page, people("radiologist").page
    folder = phantoms(tmp_path / "exam", 1, seed=501)
    (address,) = upload(clinician, zipped(folder, tmp_path / "exam.zip"))
    look(clinician, "upload")
    clinician.goto(address)
    see_images(clinician)
    run_lilnet(clinician)
    for method in ("cam", "shap"):
        show_overlay(clinician, method)
        look(clinician, f"case-{method}")
    clinician.get_by_label("Question to the radiologist").fill("Benign or malignant?")
    clinician.get_by_role("button", name="Ask for a second opinion").click()
    expect(clinician.locator("body")).to_contain_text("Waiting")

    radiologist.goto("/opinions/")
    look(radiologist, "opinions")
    radiologist.get_by_role("button", name="Take it").first.click()
    see_images(radiologist)
    radiologist.get_by_role("button", name="Show the AI result").click()
    expect(radiologist.locator("#ai-panel")).to_contain_text("phantom-trained")
    _sign(radiologist, "One lesion in the right lobe.", "Sign")
    expect(radiologist.locator("main")).to_contain_text("One lesion in the right lobe.")
    radiologist.get_by_role("link", name="Add to it").click()
    radiologist.get_by_label("Reason").fill("A second look.")
    _sign(radiologist, "Two lesions in the right lobe.", "Sign the addendum")

    clinician.goto("/cases/")
    look(clinician, "cases")
    clinician.goto(address)
    clinician.get_by_role("link", name="Open the report").click()
    report = clinician.locator("main")
    for words in ("One lesion", "Two lesions", "Addendum", "phantom-trained"):
        expect(report).to_contain_text(words)
    look(clinician, "report")
    pdf = clinician.request.get(clinician.url.rstrip("/") + ".pdf")
    assert pdf.body().startswith(b"%PDF")
    assert people.complaints() == []


def test_a_reader_study_from_the_cases_to_the_results(
    people: Cast, installation: Installation, tmp_path: Path
) -> None:
    """Design, freeze, read unaided and aided by keyboard, lock, unblind, results, export."""
    coordinator = people("coordinator").page
    folder = phantoms(tmp_path / "cohort", N_CASES, seed=777)
    addresses = upload(coordinator, zipped(folder, tmp_path / "cohort.zip"))
    assert len(addresses) == N_CASES
    for address in addresses:
        coordinator.goto(address)
        run_lilnet(coordinator)
    wizard = study.begin(coordinator, "Unaided versus aided")
    study.choose_cases(coordinator, wizard, addresses)
    for number in range(1, N_CASES + 1):
        study.mark_lesion(coordinator, wizard, f"C{number:03d}")
    truths = list(study.truths(folder).values())
    study.record_truth(coordinator, wizard, truths)
    levels = {"junior@example.org": "junior", "senior@example.org": "senior"}
    study.choose_readers(coordinator, wizard, levels)
    coordinator.goto(f"{wizard}design/")
    look(coordinator, "wizard")
    dashboard = study.freeze(coordinator, wizard)

    keys = {side: str(DIAGNOSES.index(diagnosis) + 1) for side, diagnosis in truths}
    for aided in (False, True):
        for name in ("junior", "senior"):
            reader = people(name).page
            _read_period(reader, aided, keys)
        if not aided:
            expect(people("junior").page.locator("main")).to_contain_text("due on")
            study.washout_passes(coordinator)

    coordinator.goto(dashboard)
    look(coordinator, "dashboard")
    assert coordinator.request.get(f"{dashboard}results/").status == 409
    coordinator.get_by_role("button", name="Lock the study").click()
    coordinator.fill("#password", PASSWORD)
    coordinator.get_by_role("button", name="Sign and unblind").click()
    coordinator.wait_for_url("**/results/")
    for words in ("McNemar", "Fleiss", "ROC", "AI and readers compared", "Primary analysis"):
        expect(coordinator.locator("main")).to_contain_text(words)
    coordinator.wait_for_load_state("networkidle")
    look(coordinator, "results")
    _check_export(coordinator, installation, tmp_path)
    complaints = [line for line in people.complaints() if "409" not in line]
    assert complaints == []


def test_the_real_ct_is_read_like_any_other(
    people: Cast, shared_data: Path, tmp_path: Path
) -> None:
    """The real case: upload, view, AI, in the browser."""
    clinician = people("clinician").page
    archive = zipped(shared_data / "ct" / "crlm-ct-1004", tmp_path / "real.zip")
    (address,) = upload(clinician, archive)
    clinician.goto(address)
    see_images(clinician)
    expect(clinician.locator(".viewer")).to_contain_text("of 41")
    clinician.get_by_role("button", name="Run LiLNet").click()
    expect(clinician.locator("#ai-panel")).to_contain_text("phase", timeout=240_000)


def _sign(page: Page, findings: str, button: str) -> None:
    page.get_by_label("Findings").fill(findings)
    page.get_by_label("Impression").fill("Malignant until shown otherwise.")
    page.locator("#opinion-form input[name=category][value=malignant]").check()
    page.locator("#opinion-form input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**/report/")


def _read_period(reader: Page, aided: bool, keys: dict[str, str]) -> None:
    """Read every case of a period; the first time look at the page as well."""
    reader.goto("/worklist/")
    if not aided:
        look(reader, "worklist")
    for number in range(N_CASES):
        reader.goto("/worklist/")
        reader.get_by_role("link", name="Read next case").press("Enter")
        reader.wait_for_url("**/read/**")
        see_images(reader)
        assert reader.locator("#ai-panel").count() == int(aided)
        if number == 0:
            look(reader, "reading-aided" if aided else "reading")
        side = "malignant" if number % 2 else "benign"
        study.answer_by_keyboard(reader, side, keys.get(side, "1"))
    reader.goto("/worklist/")


def _check_export(page: Page, installation: Installation, folder: Path) -> None:
    """The export verifies without the database and holds no address of a person."""
    address = page.get_by_role("link", name="Export everything").get_attribute("href")
    assert address
    body = page.request.get(address).body()
    with zipfile.ZipFile(BytesIO(body)) as archive:
        archive.extractall(folder / "export")
    root = next(path.parent for path in (folder / "export").rglob("protocol.json"))
    done = installation.manage("study", "verify", str(root), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["audit"] == "intact"
    everything = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert b"junior@example.org" not in everything
