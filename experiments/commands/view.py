"""`undercount view`: the visualization server on this machine."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import socket
import threading
import time
import warnings
from pathlib import Path

import click

NEEDED = ("solara", "solara_assets", "ipyvuetify")


@click.command("view")
@click.argument("scenario", default="", metavar="[SCENARIO]")
@click.option("--verdict", metavar="DIR", help="Folder of `undercount compare` whose draws the page offers (default: "
              "those of the published verdict).")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--allow-remote", is_flag=True, help="Needed for a --host that other machines can reach.")
@click.option("--open", "opens", is_flag=True, help="Open the page in a browser.")
def command(scenario: str, verdict: str | None, host: str, port: int, allow_remote: bool, opens: bool) -> None:
    """Serve the page on which two worlds with the same luck run side by side.

    SCENARIO, a name or a path, is the first world; without it the page opens with two draws of the verdict that fit the
    published table. Every browser tab has worlds of its own.
    """
    from undercount.model.assumed.scenario import load_scenario

    if not is_local(host):
        if not allow_remote:
            raise click.ClickException(f"--host {host} can be reached from other machines; add --allow-remote "
                                       "if that is meant")
        click.echo(f"warning: anybody who can reach {host}:{port} can use this page; it has no password", err=True)
    for name in NEEDED:
        if importlib.util.find_spec(name) is None:
            raise click.ClickException(f"the page needs the extra [view] ({name} is missing): "
                                       "pip install 'undercount[view]'")
    if scenario:
        load_scenario(Path(scenario) if scenario.endswith(".toml") else scenario)  # mistakes now, not in the browser
    os.environ["UNDERCOUNT_VIEW_SCENARIO"] = str(Path(scenario).resolve()) if scenario.endswith(".toml") else scenario
    if verdict is not None:
        from undercount.experiments.verdict.weighted import read_weighted

        read_weighted(Path(verdict))  # likewise
        os.environ["UNDERCOUNT_VIEW_VERDICT"] = str(Path(verdict).resolve())
    serve(host, port, opens)


def is_local(host: str) -> bool:
    """Can only this machine reach the address?"""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def serve(host: str, port: int, opens: bool) -> None:
    """Runs until interrupted. Solara reads its settings from the environment when it is imported."""
    os.environ["UNDERCOUNT_VIEW_SERVED"] = "yes"
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "false"
    os.environ.setdefault("SOLARA_KERNEL_CULL_TIMEOUT", "15m")  # a tab that vanished keeps its worlds no longer
    os.environ["SOLARA_THEME_SHOW_BANNER"] = "false"
    click.echo("Starting the page, which takes some seconds ...", err=True)
    threading.Thread(target=say_when_there, args=(host, port, f"The page is at http://{host}:{port} (Ctrl-C ends it)"),
                     daemon=True).start()
    # Solara advises about cookies inside frames of other sites, which this page is not meant for.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    from solara.__main__ import cli as solara

    solara.main(["run", "undercount.experiments.view.app", "--production", "--host", host, "--port", str(port),
                 "--open" if opens else "--no-open", "--no-check-version", "--log-level", "warning"],
                standalone_mode=False)


def say_when_there(host: str, port: int, line: str) -> None:
    """Print the line when the server can be reached, and until then how far the compilation of the rules is."""
    from undercount.experiments.compute.compiling import told

    name = host.strip("[]")
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name)
    with told(lambda text: click.echo(text, err=True)):
        while True:
            try:
                socket.create_connection((name, port), timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
    click.echo(line)
