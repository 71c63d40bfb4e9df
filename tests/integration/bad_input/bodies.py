"""Bodies for the API: complete ones for every route that takes some, and ways to spoil them."""

import copy
import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from readerstudy.protocol import six_lesion_template
from tests.integration.readerstudy.stage import ANSWERS

PLAUSIBLE: Mapping[str, Any] = {
    "token/": {"email": "junior@example.org", "password": "x"},
    "uploads/<uuid:upload_id>/complete/": {"pixels_checked": True, "pictures_are": "US"},
    "series/<uuid:series_id>/": {"phase": "arterial", "modality": "US"},
    "cases/<uuid:case_id>/inferences/": {
        "system": "lilnet_ct",
        "lesions": [{"centre_mm": [1, 2, 3], "size_mm": [4, 5, 6]}],
    },
    "cases/<uuid:case_id>/opinions/": {"question": "Benign?", "urgent": True},
    "opinions/<uuid:opinion_id>/draft/": {"findings": "a", "impression": "b", "category": "benign"},
    "opinions/<uuid:opinion_id>/sign/": {"findings": "a", "impression": "b", "password": "x"},
    "opinions/<uuid:opinion_id>/addendum/": {"findings": "a", "reason": "b", "password": "x"},
    "studies/": six_lesion_template("A study", 1),
    "studies/<uuid:study_id>/": {
        "title": "x",
        "readers": [{"user": "senior@example.org", "level": "senior", "years": 3}],
        "cases": [
            {
                "code": "C001",
                "case": "9b2f9a3e-7d3c-4d0e-9f53-0f4f2d3a5b11",
                "strata": {"size": "1"},
                "index_lesion": {"centre_mm": [1, 2, 3], "size_mm": [4, 5, 6]},
            }
        ],
        "analysis_plan": {"schema": "analysis-plan/1", "analyses": [{"id": "a", "type": "roc"}]},
    },
    "studies/<uuid:study_id>/amend/": {"changes": {"washout_days": 29}, "reason": "A test"},
    "studies/<uuid:study_id>/unblind/": {"password": "x"},
    "readings/<uuid:reading_id>/draft/": {"answers": ANSWERS, "revision": 0},
    "readings/<uuid:reading_id>/commit/": {"answers": ANSWERS, "idempotency_key": "k"},
    "readings/<uuid:reading_id>/events/": {"events": [{"kind": "blur", "at_ms": 12}]},
}
"""By route below ``api/v1/``; routes that are not here take no body."""

NASTY: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 1e308, -(2**63) - 1, 10**40, float("nan"), float("inf"), "", " ",
    "\x00", "a\x00b", "\ud800", "٣", "<b>&amp;", "x" * 5000, "'; DROP TABLE x; --", "../../etc",
    [], {}, [[]], {"": ""}, [None], {"\x00": 1}, {"\ud800": 1}, "2024-13-45", "C001",
)  # fmt: skip
"""Values that break programs: empty, huge, of another type, not storable as text."""

json_values = st.recursive(
    st.sampled_from(NASTY) | st.text(max_size=8) | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def spoiled(draw: st.DrawFn, plausible: Any) -> bytes:
    """Draw a body: something complete with one value spoiled, any JSON, or no JSON at all."""
    way = draw(st.sampled_from(["spoil", "spoil", "spoil", "any", "bytes"]))
    if way == "bytes":
        return draw(st.binary(max_size=40) | st.sampled_from(NOT_JSON))
    value = draw(st.sampled_from(NASTY) | json_values)
    if way == "any" or plausible is None:
        return json.dumps(value).encode()
    body = {"": copy.deepcopy(plausible)}
    holder, key = draw(st.sampled_from(list(places(body))))
    if draw(st.integers(0, 4)) == 0 and isinstance(holder, dict) and holder is not body:
        del holder[key]
    else:
        holder[key] = value
    return json.dumps(body.get("")).encode()


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in nested lists and objects as (holder, key)."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found = []
    for key in keys:
        found.append((value, key))
        if isinstance(value[key], dict | list):
            found += places(value[key])
    return found


NOT_JSON = (
    b"", b"{", b"[1,", b"nonsense", b"\xff\xfe", b'{"a": NaN}', b'"\\ud800"', b"\x00",
    b'{"a": 1} trailing', b"[" * 100_000, b'{"a":' * 5000, b"9" * 10_000, b"\xef\xbb\xbf{}",
)  # fmt: skip
"""Bodies that are no JSON, or JSON of a kind that breaks parsers."""
