"""Model cards: the little Markdown that our READMEs use, as safe HTML.

Everything is escaped first, so a card can carry no markup of its own. Known: headings, paragraphs,
lists, tables, fenced code, ``**bold**``, `code` and links to https addresses.
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from django.utils.safestring import SafeString, mark_safe

_INLINE = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\[([^\]]+)\]\((https://[^)\s]+)\)"), r'<a href="\2" rel="noopener">\1</a>'),
)
_ITEM = re.compile(r"^(?:[-*]|\d+\.) +")
_RULER = re.compile(r"^\|?[\s:|-]+\|?$")


def as_html(markdown: str) -> SafeString:
    """Render a card; headings go one level down, below the page's own."""
    return mark_safe("\n".join(_blocks(markdown)))  # escaped in _inline and _code


def _blocks(markdown: str) -> Iterator[str]:
    # Odd parts of a split at the fences are code.
    for number, part in enumerate(re.split(r"^```.*$", markdown, flags=re.MULTILINE)):
        if number % 2:
            yield f"<pre><code>{escape(part.strip(chr(10)))}</code></pre>"
            continue
        for block in re.split(r"\n\s*\n", part):
            yield from _runs(block.strip("\n").splitlines())


def _runs(lines: list[str]) -> Iterator[str]:
    for kind, group in groupby(lines, _kind):
        run = list(group)
        if kind == "heading":
            yield from map(_heading, run)
        elif kind == "table":
            yield _table(run)
        elif kind == "list":
            yield _list(run)
        else:
            yield f"<p>{_inline(' '.join(run))}</p>"


def _kind(line: str) -> str:
    if line.startswith("#"):
        return "heading"
    if line.startswith("|"):
        return "table"
    if _ITEM.match(line) or line.startswith("  "):
        return "list"
    return "paragraph"


def _heading(line: str) -> str:
    depth = len(line) - len(line.lstrip("#"))
    level = min(depth + 1, 6)
    return f"<h{level}>{_inline(line.lstrip('#').strip())}</h{level}>"


def _list(lines: list[str]) -> str:
    items: list[str] = []
    for line in lines:
        if _ITEM.match(line) or not items:
            items.append(_ITEM.sub("", line).strip())
        else:
            items[-1] += " " + line.strip()
    return "<ul>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + "</ul>"


def _table(lines: list[str]) -> str:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in lines
        if not _RULER.match(line)
    ]
    head = "".join(f"<th>{_inline(cell)}</th>" for cell in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:]
    )
    table = f'<table class="table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="table-frame">{table}</div>'


def _inline(text: str) -> str:
    # Links are matched after escaping; quotes can't leave the attribute, they are entities.
    result = escape(text)
    for pattern, replacement in _INLINE:
        result = pattern.sub(replacement, result)
    return result
