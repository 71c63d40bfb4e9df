"""Office Open XML packages (ECMA-376) without a library: a ZIP of XML parts."""

import io
import zipfile
from collections.abc import Mapping, Sequence

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def pack(parts: Mapping[str, str], types: Mapping[str, str]) -> bytes:
    """Zip the parts of a package; the same parts give the same bytes.

    Parameters
    ----------
    parts
        Path to XML without its declaration.
    types
        Content type of each part, by path.
    """
    every = {"[Content_Types].xml": _content_types(types), **parts}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in every.items():
            archive.writestr(zipfile.ZipInfo(name), HEAD + text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def relations(targets: Sequence[tuple[str, str]]) -> str:
    """The relations of a part: kind and target, with the ids rId1, rId2, ..."""
    items = "".join(
        f'<Relationship Id="rId{index}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for index, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def _content_types(types: Mapping[str, str]) -> str:
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items()
    )
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
