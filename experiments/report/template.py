"""A page from its template: one file that needs nothing else."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_TEMPLATES = Environment(loader=PackageLoader("undercount.experiments.report", "."), autoescape=True,
                         undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def filled(name: str, **values: Any) -> str:
    """The page as text; no line ends between a number and its sign of per cent."""
    return _TEMPLATES.get_template(name).render(values).replace(" %", "\N{NO-BREAK SPACE}%")
