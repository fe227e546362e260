"""The report as files: figures as PNG and SVG, and one page that needs nothing else."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup
from undercount.experiments.report.batch import Batch, Results
from undercount.experiments.report.observed_sections import observed
from undercount.experiments.report.sections import SECTIONS, Section
from undercount.experiments.report.sentences import cautions, observed_sentence, summary
from undercount.experiments.report.template import filled
from undercount.experiments.report.theme import inline, save, styled
from undercount.experiments.store.folder import write_whole

PAGE, FIGURES = "report.html", "figures"
QUESTION = "When fewer victims are referred, are fewer people trafficked?"


def write_report(results: Results, out: Path, focus: str | None = None) -> Path:
    """Write OUT/figures/*.png, *.svg and OUT/report.html; the path of the page.

    The same results give the same bytes. Each file is whole or absent. Raises BadInput if `focus`
    is no scenario of the results.
    """
    with styled():
        batch = Batch(results, focus)
        sections = [make(batch) for make in SECTIONS]
        sections.insert(1, observed(batch.region))  # beside what it says
        return write_page(out / PAGE, sections, lambda inlined: render(batch, sections, inlined))[0]


def write_page(path: Path, sections: list[Section], render: Callable[[dict[str, Markup]], str]) -> list[Path]:
    """Draw the figures of the sections, in the style that is set; write them beside the page, and the page of them.

    The paths of all, the page's first.
    """
    files, inlined = _drawn(sections)
    page = render(inlined)
    (path.parent / FIGURES).mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        write_whole(path.parent / FIGURES / name, data)
    write_whole(path, page.encode("utf-8"))  # last, so that it never speaks of figures that are not there
    return [path, *(path.parent / FIGURES / name for name in files)]


def _drawn(sections: list[Section]) -> tuple[dict[str, bytes], dict[str, Markup]]:
    """Every figure as files by name, and as SVG for the page."""
    files, inlined = {}, {}
    for section in sections:
        for picture in section.pictures:
            png, svg = save(picture.figure, picture.name)
            files |= {f"{picture.name}.png": png, f"{picture.name}.svg": svg}
            label = html.escape(picture.caption.split(". ")[0], quote=True)
            # Drawn by matplotlib, which escapes every text in it.
            inlined[picture.name] = Markup(inline(svg, picture.name, label))
    return files, inlined


def render(batch: Batch, sections: list[Section], inlined: dict[str, Markup]) -> str:
    """The page as text."""
    return filled(
        "page.html.j2", title=f"Undercount: {batch.region.title}", question=QUESTION, batch=batch, sections=sections,
        inlined=inlined, observed=observed_sentence(batch), summary=summary(batch), cautions=cautions(batch),
        command=batch.manifest.get("command", ""))
