"""What a new study starts from: the six focal liver lesions, unaided and then aided."""

from typing import Any

from django.utils.translation import gettext as _

DIAGNOSES = ["HCC", "ICC", "MET", "FNH", "HEM", "CYST"]
SIDES = ["benign", "malignant"]


def six_lesion_template(title: str, seed: int) -> dict[str, Any]:
    """Return a protocol without cases and readers: six diagnoses, two arms, washout of 28 days."""
    return {
        "schema": "protocol/1",
        "title": title,
        "seed": seed,
        "pilot": False,
        "cases": [],
        "reference": [],
        "tasks": {
            "bm": {"kind": "binary", "categories": SIDES, "positive": ["malignant"]},
            "dx": {"kind": "nominal", "categories": DIAGNOSES},
        },
        "questions": [
            _question("bm", "single", _("Benign or malignant?"), "bm", "decision", choices=SIDES),
            _question(
                "dx", "single", _("Most likely diagnosis"), "dx", "decision", choices=DIAGNOSES
            ),
            _question(
                "malignancy",
                "slider",
                _("Probability of malignancy"),
                "bm",
                "rating",
                min=0,
                max=100,
            ),
            _question(
                "confidence", "ordinal", _("Confidence"), "bm", "confidence", choices=list("12345")
            ),
        ],
        "readers": [],
        "arms": [
            {"id": "unaided", "ai": None},
            {
                "id": "aided",
                "ai": {
                    "system": "lilnet_ct",
                    "show": ["label", "probabilities", "lesions", "cam", "shap"],
                },
            },
        ],
        "design": {"kind": "fixed", "periods": ["unaided", "aided"]},
        "washout_days": 28,
    }


def _question(name: str, kind: str, text: str, task: str, role: str, **form: Any) -> dict[str, Any]:
    asked = {"id": name, "kind": kind, "text": text, "task": task, "role": role}
    return {**asked, **form, "required": True}
