"""A page that begins with what was found, in words: of an estimate, a trial, a sweep, an inquiry into sensitivity."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from undercount.experiments.report.page import write_page
from undercount.experiments.report.sections import Section
from undercount.experiments.report.template import filled


@dataclass(frozen=True)
class ToldPage:
    """What the template is filled with: answer, sections, and where its figures are from."""

    question: str
    head: str
    paragraphs: list[tuple[str, str]]
    criticism: list[dict[str, str]]
    sections: list[Section]
    origin: str
    command: str

    def write(self, path: Path) -> list[Path]:
        """Write the page and, beside it, its figures in the style that is set; the paths of all, the page's first."""
        return write_page(path, self.sections, self._render)

    def _render(self, inlined: dict[str, Markup]) -> str:
        return filled("told.html.j2", **vars(self), inlined=inlined)
