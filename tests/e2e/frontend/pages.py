"""HTML of the harness pages; they mirror the fragments in templates/includes."""

import json
from html import escape
from typing import Any

STYLES = (
    "tokens",
    "base",
    "header",
    "button",
    "form",
    "table",
    "panel",
    "badge",
    "key-sheet",
    "viewer",
    "pane",
    "ai-panel",
    "findings",
    "reading",
    "upload",
)


SYSTEMS = [
    {
        "system": "lilnet_ct",
        "name": "LiLNet",
        "title": "LiLNet",
        "images": "volumes",
        "marks": {"box": "optional", "outline": "none", "background": "none", "most_outlines": 1},
    }
]


def page(main: str, page_class: str = "", scripts: tuple[str, ...] = ("pages", "viewer")) -> str:
    """Return a whole page in the frame of templates/base.html."""
    links = "".join(f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in STYLES)
    code = "".join(f'<script src="/static/viewer/{name}.js"></script>' for name in scripts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harness</title>'
        f'<link rel="icon" href="/static/icon.svg">{links}</head><body>'
        '<header class="site-header"><a class="site-header__name" href="#">Reading Room</a>'
        '<div class="site-header__who"><span class="research-only">'
        "Research use only - not for diagnosis</span></div></header>"
        f'<main id="main" class="page {page_class}">{main}</main>{code}</body></html>'
    )


def viewer_page(name: str, query: dict[str, list[str]]) -> str:
    """Return a page with a viewer; ?ai=1 adds the AI panel, ?drawable=1 the lesion box tool."""
    attributes = {
        "data-manifest-url": f"/manifest/{name}/",
        "data-worker-url": "/static/viewer/decode-worker.js",
        "data-wasm-url": "/static/viewer/wasm/",
        "data-rendering": query.get("rendering", ["auto"])[0],
    }
    if "drawable" in query:
        attributes["data-drawable"] = "box outline"
    if "reading" in query:
        attributes["data-keys"] = "reading"
    text = " ".join(f'{key}="{escape(value)}"' for key, value in attributes.items())
    viewer = f'<div id="viewer" class="viewer" {text}></div>'
    if "ai" not in query:
        return page(f'<div class="workplace">{viewer}</div>', "page--viewer")
    run = ' data-run-url="/runs/" data-jobs-url="/jobs/"'
    panel = (
        f'<section id="ai-panel" class="ai-panel" data-ai-url="/ai/{escape(name)}/" '
        f'aria-label="AI result"{run if "run" in query else ""}></section>'
        f'<script id="ai-systems" type="application/json">{json.dumps(SYSTEMS)}</script>'
    )
    return page(
        f'<div class="workplace workplace--panel">{viewer}'
        f'<aside class="workplace__panel">{panel}</aside></div>',
        "page--viewer",
    )


OPENED: dict[str, Any] = {
    "reading": {"id": "r1", "code": "K7Q2", "n": 12, "total": 40, "period": 1, "ai": False},
    "questions": [
        {
            "id": "bm",
            "kind": "single",
            "text": "Benign or malignant?",
            "choices": ["benign", "malignant"],
            "min": None,
            "max": None,
            "required": True,
            "role": "decision",
        },
        {
            "id": "dx",
            "kind": "single",
            "text": "Most likely diagnosis",
            "choices": ["HCC", "ICC", "MET", "FNH", "HEM", "CYST"],
            "min": None,
            "max": None,
            "required": True,
            "role": "decision",
        },
        {
            "id": "malignancy",
            "kind": "slider",
            "text": "Probability of malignancy",
            "choices": [],
            "min": 0,
            "max": 100,
            "required": True,
            "role": "rating",
        },
        {
            "id": "confidence",
            "kind": "ordinal",
            "text": "Confidence",
            "choices": ["1", "2", "3", "4", "5"],
            "min": None,
            "max": None,
            "required": True,
            "role": "confidence",
        },
        {
            "id": "note",
            "kind": "text",
            "text": "Remarks",
            "choices": [],
            "min": None,
            "max": None,
            "required": False,
            "role": None,
        },
    ],
    "exceptions": [
        {"value": "no_lesion", "text": "No lesion", "needs_reason": False},
        {"value": "cannot_assess", "text": "Can't assess", "needs_reason": True},
    ],
    "draft": {"answers": {}, "revision": 0},
    "images_url": "/manifest/four-phases/",
    "ai_url": None,
    "events_url": "/reading/events/",
    "draft_url": "/reading/draft/",
    "commit_url": "/reading/commit/",
}
"""What the server gives a reading page: opened_json of readerstudy/blinding."""


def reading_page(*, aided: bool, draft: dict[str, Any]) -> str:
    """Return a reading page over the four-phase case."""
    data = json.dumps({**OPENED, "draft": draft})
    viewer = (
        '<div id="viewer" class="viewer" data-manifest-url="/manifest/four-phases/" '
        'data-worker-url="/static/viewer/decode-worker.js" data-keys="reading" '
        'data-wasm-url="/static/viewer/wasm/"></div>'
    )
    panel = (
        '<section id="ai-panel" class="ai-panel" data-ai-url="/ai/four-phases/"></section>'
        if aided
        else ""
    )
    return page(
        f'<div class="workplace workplace--reading">{viewer}<aside class="workplace__panel">'
        '<section id="reading" class="reading-form" data-worklist-url="/worklist/"></section>'
        f'{panel}</aside></div><script id="reading-data" type="application/json">{data}</script>',
        "page--viewer",
    )


def upload_page() -> str:
    """Return an upload page."""
    return page(
        '<h1>Upload</h1><div id="upload" data-endpoint="/uploads/" '
        'data-case-url="/cases/{id}/"></div>',
        scripts=("pages",),
    )
