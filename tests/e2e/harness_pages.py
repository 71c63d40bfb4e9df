"""HTML of the harness pages; they mirror the fragments in templates/includes."""

from html import escape

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
    "ai-panel",
    "reading",
    "upload",
)


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
        attributes["data-drawable"] = "1"
    if "reading" in query:
        attributes["data-keys"] = "reading"
    text = " ".join(f'{key}="{escape(value)}"' for key, value in attributes.items())
    viewer = f'<div id="viewer" class="viewer" {text}></div>'
    if "ai" not in query:
        return page(f'<div class="workplace">{viewer}</div>', "page--viewer")
    panel = (
        f'<section id="ai-panel" class="ai-panel" data-ai-url="/ai/{escape(name)}/" '
        'aria-label="AI result"></section>'
    )
    return page(
        f'<div class="workplace workplace--panel">{viewer}'
        f'<aside class="workplace__panel">{panel}</aside></div>',
        "page--viewer",
    )
