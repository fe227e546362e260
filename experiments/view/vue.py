"""Components whose browser side is a .vue file beside this one, and Solara's own as they should be."""

from __future__ import annotations

from pathlib import Path

import solara
from traitlets import Unicode


@solara.component_vue("map.vue")
def FlowMap(base: str, names: str, layer: str, tips: dict, viewbox: str, label: str, selected: str, event_pick=None):
    """Outlines (sent once) and the month's layer; tells which country was clicked."""


@solara.component_vue("save.vue")
def Save(label: str, filename: str, content: dict, event_ask=None):
    """A button whose content is asked for when it is pressed."""


@solara.component_vue("onsets.vue")
def Onsets(marks: list, years: list, months: int, year: int, first: int, label: str, event_move=None):
    """Marks that can be dragged over the months; tells the name and the month of one that was dropped."""


@solara.component_vue("link.vue")
def Link(query: str, names: list, served: bool):
    """A button that copies the address of these settings."""


@solara.component_vue("tour.vue")
def Tour(steps: list):
    """A button that opens the tour."""


def mend_navigator() -> None:
    """Solara 1.58's navigator says `modules.export`, of which every page then complains in the console."""
    widget = solara.Navigator.widget
    source = Path(widget.template_file or "")
    text = source.read_text(encoding="utf-8") if source.is_file() else ""
    if "modules.export =" in text:
        template = Unicode(text.replace("modules.export =", "module.exports =")).tag(sync=True)
        solara.Navigator.widget = type("Navigator", (widget,), {"template_file": None, "template": template})


mend_navigator()
