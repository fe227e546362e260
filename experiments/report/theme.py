"""How every figure looks, and how it becomes bytes that depend on nothing but its content."""

from __future__ import annotations

import io
import re

import matplotlib as mpl
from matplotlib.figure import Figure

WIDTH = 7.2  # inches; a figure is printed as wide as it is drawn, so 8 pt stay 8 pt
DPI = 150
# Okabe and Ito's set without black (kept for the observed) and yellow (too faint on white).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
DASHES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
OBSERVED = "black"
REFERENCE = "0.45"
SMALL = 8
RC = {
    "font.family": "DejaVu Sans", "font.size": SMALL, "axes.titlesize": 8.5, "axes.labelsize": SMALL,
    "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "legend.fontsize": SMALL, "figure.titlesize": 9,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "axes.linewidth": 0.6,
    "axes.ymargin": 0.08, "axes.grid": True, "axes.grid.axis": "y", "grid.linewidth": 0.4, "grid.color": "0.88",
    "xtick.major.width": 0.6, "ytick.major.width": 0.6, "lines.linewidth": 1.3, "lines.markersize": 4,
    "legend.frameon": False, "hatch.linewidth": 0.4, "figure.facecolor": "white", "svg.fonttype": "none",
    # Gaps kept small: the pages hold many small panels.
    "figure.constrained_layout.h_pad": 0.03, "figure.constrained_layout.w_pad": 0.03,
}


def styled():
    """A context in which figures are made and saved, whatever the reader's own matplotlib settings."""
    return mpl.rc_context({**mpl.rcParamsDefault, "backend": mpl.rcParams["backend"], **RC})


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure that belongs to no window: pyplot would keep it alive."""
    return Figure(figsize=(width, height), layout="constrained")


def colour(i: int) -> str:
    return COLOURS[i % len(COLOURS)]


def dash(i: int) -> str:
    """A line style that changes when the colours start again."""
    return DASHES[i // len(COLOURS) % len(DASHES)]


def save(figure: Figure, name: str) -> tuple[bytes, bytes]:
    """The figure as PNG and SVG, the same bytes each time: no date, no software, ids from `name`."""
    # Laid out once and then left: saving would lay out again, and draw everything to do so.
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")
    with mpl.rc_context({"svg.hashsalt": name}):
        png, svg = io.BytesIO(), io.BytesIO()
        figure.savefig(png, format="png", dpi=DPI, metadata={"Software": None})
        figure.savefig(svg, format="svg",
                       metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return png.getvalue(), svg.getvalue()


def inline(svg: bytes, name: str, label: str) -> str:
    """The SVG as it stands inside a page: no prologue, ids that no other figure has, a label."""
    text = svg.decode("utf-8")
    text = text[text.index("<svg"):]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r' xmlns(:xlink)?="[^"]*"', "", text)
    text = re.sub(r'( id="|url\(#|href="#)', lambda m: f"{m[1]}{name}-", text)
    # The style sheet sets the size from the drawn width; the view box keeps the proportions.
    head, rest = text.split(">", 1)
    width = re.search(r' width="([^"]*)"', head)[1]
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    return f'{head} role="img" aria-label="{label}" style="--drawn: {width}">{rest}'
