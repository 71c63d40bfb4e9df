"""The validation page shows what the command prints."""

from tests.integration.cast import Cast


def test_every_published_figure_stands_beside_ours(cast: Cast) -> None:
    from readerstudy.statistics.validation import published_checks

    page = cast.client("clinician").get("/validation/").content.decode()

    checks = published_checks()
    for check in checks:
        assert check.published in page
        assert f"{check.value:.12g}" in page
    agreeing = sum(check.agrees for check in checks)
    assert f"{agreeing} of {len(checks)} agree" in page
