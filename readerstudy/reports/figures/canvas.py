"""One look for all figures: sizes, type, colours, and bytes that are the same on every run."""

import io
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeAlias

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Entry: TypeAlias = Mapping[str, Any]
Translate: TypeAlias = Callable[[str], str]
P = ParamSpec("P")
Format = Literal["svg", "pdf", "png"]

COLUMN_INCHES, PAGE_INCHES = 85 / 25.4, 180 / 25.4
"""Widths of one and of two columns of a journal page: 85 and 180 mm."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
"""Okabe & Ito 2008, distinguishable with every common colour blindness; yellow left out."""
DASHES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (4, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK, FAINT = "#222222", "#9A9A9A"
MINUS = "\N{MINUS SIGN}"

STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8.0,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.0,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "svg.fonttype": "none",
    "svg.hashsalt": "reading-room",
    "pdf.fonttype": 42,
    "path.simplify": True,
}


_STYLE_LOCK = threading.RLock()
"""matplotlib reads its defaults from one table per process; two threads must not share it."""


@contextmanager
def style() -> Iterator[None]:
    """matplotlib's defaults set to ``STYLE``, for this thread alone."""
    with _STYLE_LOCK, mpl.rc_context(STYLE):
        yield


def canvas(width_inches: float = COLUMN_INCHES, height_inches: float = 3.2) -> tuple[Figure, Axes]:
    """A figure with one axes, laid out so that nothing is cut off."""
    figure, axes = panels(width_inches, height_inches, 1, 1)
    return figure, axes[0]


def panels(
    width_inches: float, height_inches: float, n: int, columns: int, projection: str | None = None
) -> tuple[Figure, list[Axes]]:
    """A figure with n axes in so many columns, row by row."""
    with style():
        figure = Figure(figsize=(width_inches, height_inches), layout="constrained")
        rows = -(-n // columns)
        places = range(1, n + 1)
        return figure, [
            figure.add_subplot(rows, columns, place, projection=projection) for place in places
        ]


def save(figure: Figure, format: Format, *, dpi: int = 300) -> bytes:
    """The figure as a file: no date or program version in it, same input, same bytes."""
    buffer = io.BytesIO()
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    with style():
        figure.savefig(buffer, format=format, dpi=dpi, metadata=metadata[format])
    return buffer.getvalue()


def styled(draw: Callable[P, None]) -> Callable[P, None]:
    """Make a drawing function use ``STYLE`` for all it adds."""

    @wraps(draw)
    def drawn_in_style(*args: P.args, **kwargs: P.kwargs) -> None:
        with style():
            draw(*args, **kwargs)

    return drawn_in_style


def colour(index: int) -> str:
    """Colour of the series with this index."""
    return COLOURS[index % len(COLOURS)]


def marker(index: int) -> str:
    """Marker of the series with this index, so that colour is never the only sign."""
    return MARKERS[index % len(MARKERS)]


def dashes(index: int) -> Any:
    """Line style of the series with this index."""
    return DASHES[index % len(DASHES)]


def interval_text(estimate: Entry, digits: int = 2) -> str:
    """``0.87 (0.82 to 0.91)``; a dash for what is undefined."""
    if estimate["estimate"] is None:
        return "\N{EN DASH}"
    keys = ("estimate",) if estimate["ci_low"] is None else ("estimate", "ci_low", "ci_high")
    shown, *limits = (f"{estimate[key]:.{digits}f}".replace("-", MINUS) for key in keys)
    return f"{shown} ({' to '.join(limits)})" if limits else shown


def say_nothing_to_draw(ax: Axes, sentence: str) -> None:
    """An empty axes that says why it is empty."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, sentence, ha="center", va="center", transform=ax.transAxes, wrap=True)
