"""A document as one HTML file: no script, no link, prints well."""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from importlib import resources

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language, gettext

from readerstudy.reports import plots
from readerstudy.reports.document.blocks import (
    Alert,
    Block,
    Bullets,
    Document,
    Figure,
    Formula,
    Grid,
    Paragraph,
    Section,
    numbered,
)


def as_html(document: Document) -> str:
    """Print a document as HTML."""
    sections = list(numbered(document))
    return format_html(
        '<!doctype html>\n<html lang="{}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>{} · {}</title><style>{}</style></head>\n"
        '<body><header><p class="kind">{}</p><h1>{}</h1><p class="marks">{}</p></header>\n'
        "{}<main>{}</main><footer>{}</footer></body></html>\n",
        get_language() or "en",
        document.title,
        document.kind,
        mark_safe(stylesheet()),
        document.kind,
        document.title,
        " · ".join(document.marks),
        _contents(sections),
        SafeString("".join(_section(section) for section in sections)),
        " · ".join((document.title, *document.marks)),
    )


@cache
def stylesheet() -> str:
    """Return the style of the file, which stands in it."""
    folder = resources.files("readerstudy.reports.document")
    return folder.joinpath("print.css").read_text("utf-8")


def style_source() -> str:
    """Return what a content security policy calls the style by."""
    digest = hashlib.sha256(stylesheet().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _contents(sections: list[Section]) -> SafeString:
    links = format_html_join(
        "",
        '<li class="level-{}"><a href="#{}">{}</a></li>',
        (
            (section.level, _anchor(section), section.title)
            for section in sections
            if section.level < 3
        ),
    )
    return format_html('<nav aria-label="{}"><ul>{}</ul></nav>\n', gettext("Contents"), links)


def _section(section: Section) -> SafeString:
    return format_html(
        '<section><h{} id="{}">{}</h{}>{}</section>\n',
        section.level + 1,
        _anchor(section),
        section.title,
        section.level + 1,
        SafeString("".join(PRINTERS[type(block)](block) for block in section.blocks)),
    )


def _anchor(section: Section) -> str:
    return f"s-{slugify(section.title, allow_unicode=True)}"


def _paragraph(block: Paragraph) -> SafeString:
    return format_html("<p>{}</p>\n", block.text)


def _formula(block: Formula) -> SafeString:
    return format_html('<p class="formula">{}</p>\n', mark_safe(block.markup))


def _bullets(block: Bullets) -> SafeString:
    items = format_html_join("", "<li>{}</li>", ((item,) for item in block.items))
    return format_html("<ul>{}</ul>\n", items)


def _alert(block: Alert) -> SafeString:
    return format_html(
        '<aside class="alert"><p>{}</p>{}</aside>\n', block.title, _bullets(Bullets(block.items))
    )


def _grid(block: Grid) -> SafeString:
    heads = format_html_join("", '<th scope="col">{}</th>', ((head,) for head in block.columns))
    rows = format_html_join(
        "\n",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (row[0], format_html_join("", "<td>{}</td>", ((cell,) for cell in row[1:])))
            for row in block.rows
        ),
    )
    return format_html(
        '<figure class="table{}">{}<div><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        "</div>{}</figure>\n",
        " table--numbers" if block.numeric else "",
        format_html("<figcaption>{}</figcaption>", block.caption) if block.caption else "",
        heads,
        rows,
        format_html_join("", '<p class="note">{}</p>', ((note,) for note in block.notes)),
    )


def _figure(block: Figure) -> SafeString:
    picture = base64.b64encode(plots.draw(block.plot, block.entry, "svg")).decode()
    return format_html(
        '<figure class="picture{}"><img src="data:image/svg+xml;base64,{}" alt="{}">'
        "<figcaption>{}</figcaption></figure>\n",
        " picture--wide" if block.plot.wide else "",
        picture,
        escape(block.caption),
        block.caption,
    )


PRINTERS: dict[type[Block], Callable[..., SafeString]] = {
    Paragraph: _paragraph,
    Formula: _formula,
    Bullets: _bullets,
    Alert: _alert,
    Grid: _grid,
    Figure: _figure,
}
