"""What a reader can take home, as buttons; nothing is written on the server."""

from __future__ import annotations

import solara
from undercount.experiments.view import keep
from undercount.experiments.view.session import Session
from undercount.experiments.view.tabs import html
from undercount.experiments.view.twin import ALONE
from undercount.experiments.view.vue import Save


@solara.component
def SaveButton(session: Session, label: str, filename: str, kind: str, make):
    """Hands over what `make` gives, as "text", as "png" drawn by the browser, or as bytes in "base64"."""
    content, set_content = solara.use_state({})

    def ask(_):
        with session.lock:
            set_content({"serial": content.get("serial", 0) + 1, "kind": kind, "text": make()})

    Save(label=label, filename=filename, content=content, event_ask=ask)


@solara.component
def Keep(session: Session):
    """Buttons that hand over files; nothing is written on the server."""
    html("Keep", "h2", "uc-h2")
    with solara.Div(classes=["uc-keep"]):
        SaveButton(session, "Save settings (scenario file)", "my-scenario.toml", "text", session.scenario_file)
        if session.settings.value.second != ALONE:
            SaveButton(session, "Save second world's settings", "my-second-scenario.toml", "text",
                       lambda: session.scenario_file(True))
        SaveButton(session, "Tables (CSV in a ZIP)", "undercount-tables.zip", "base64",
                   lambda: keep.tables(session.twin))
        SaveButton(session, "Figure (PNG)", "undercount.png", "png", lambda: keep.figure(session.twin))
        SaveButton(session, "Figure (SVG)", "undercount.svg", "text", lambda: keep.figure(session.twin))
