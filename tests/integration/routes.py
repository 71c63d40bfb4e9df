"""Every URL pattern of the application, as the resolver spells it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Yield the full pattern of each route below a resolver, default the root."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        else:
            assert isinstance(entry, URLPattern)
            yield route


def arguments(route: str) -> list[str]:
    """Return the names of a pattern's arguments in order."""
    return ARGUMENT.findall(route)


def address(route: str, values: Mapping[str, Any]) -> str:
    """Fill a pattern's arguments in."""
    return "/" + ARGUMENT.sub(lambda found: str(values[found.group(1)]), route)
