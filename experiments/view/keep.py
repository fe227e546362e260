"""What a reader can take home: the tables as a ZIP of CSV files, and the page's figure as SVG."""

from __future__ import annotations

import base64
import io
import re
import zipfile

from undercount.experiments.view import charts, story
from undercount.experiments.view import map as flow_map
from undercount.experiments.view.frame import frame_of
from undercount.experiments.view.svg import FONT


def tables(twin) -> str:
    """Every table of every world as CSV, zipped, as base64 text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, model in zip(twin.names, twin.models):
            folder = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
            for table in ("referrals", "hidden", "flows", "actors", "lists"):
                archive.writestr(f"{folder}/{table}.csv", getattr(model, table)().to_csv(index=False))
    return base64.b64encode(out.getvalue()).decode()


def figure(twin) -> str:
    """Both maps above both charts, in one SVG with a size in pixels."""
    width, gap, frame = 1240.0, 20.0, frame_of(twin.region)
    share = (width - gap) / 2 / frame.width
    high = (frame.height + 28) * share
    parts = [f'<rect width="{width:.0f}" height="100%" fill="white"/>']
    for k, (name, model) in enumerate(zip(twin.names, twin.models)):
        own = _inner(flow_map.whole(model, name, story.date(model)))
        parts.append(f'<svg x="{k * (width + gap) / 2:.1f}" y="0" width="{frame.width * share:.1f}" '
                     f'height="{high:.1f}" viewBox="0 0 {frame.width:.0f} {frame.height + 28:.0f}">{own}</svg>')
    across = charts.COUNTS[0] + gap + charts.FLOW[0]
    tall, left = charts.COUNTS[1] * width / across, 0.0
    for chart, size in ((charts.counts_chart, charts.COUNTS), (charts.flow_chart, charts.FLOW)):
        own = size[0] * width / across
        parts.append(f'<svg x="{left:.1f}" y="{high + 20:.1f}" width="{own:.1f}" height="{tall:.1f}" '
                     f'viewBox="0 0 {size[0]:g} {size[1]:g}">{_inner(chart(twin.models, twin.names))}</svg>')
        left += own + gap * width / across
    total = high + tall + 30
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{total:.0f}" '
            f'viewBox="0 0 {width:.0f} {total:.0f}" {FONT}>{"".join(parts)}</svg>')


def _inner(svg: str) -> str:
    return svg[svg.index(">") + 1: svg.rindex("</svg>")]
