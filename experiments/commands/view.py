"""`undercount view`: the visualization server on this machine."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import socket
import threading
import time
import warnings
import webbrowser
from dataclasses import dataclass
from pathlib import Path

import click
from undercount.experiments.commands.options import as_one, region_option, scenario_names_from


@dataclass(frozen=True)
class DoorAsked:
    """How many sessions at a time, megabytes of the worlds of one, minutes after which worlds that are not looked at
    are let go."""

    sessions: int
    session_memory: int
    rest_after: float


door_options = as_one(
    "door", DoorAsked,
    click.option("--sessions", default=20, show_default=True, type=click.IntRange(1, 1000),
                 help="Tabs that the server takes at a time."),
    click.option("--session-memory", default=500, show_default=True, type=click.IntRange(50, 1_000_000), metavar="MB",
                 help="Largest worlds that one tab may ask for."),
    click.option("--rest-after", default=10.0, show_default=True, type=click.FloatRange(0.01, 1440), metavar="MINUTES",
                 help="Let worlds go that nobody has looked at for so long; they come back when somebody does."))

PAGE = "undercount.experiments.view.app"
NEEDED = ("solara", "solara_assets", "ipyvuetify")


@click.command("view")
@click.argument("scenario", default="", metavar="[SCENARIO]", shell_complete=scenario_names_from)
@click.option("--verdict", metavar="DIR", help="Folder of `undercount compare` whose draws the page offers (default: "
              "those of the published verdict).")
@region_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--allow-remote", is_flag=True, help="Needed for a --host that other machines can reach.")
@click.option("--open", "opens", is_flag=True, help="Open the page in a browser.")
@door_options
def command(scenario: str, region: str | None, verdict: str | None, host: str, port: int, allow_remote: bool,
            opens: bool, door: DoorAsked) -> None:
    """Serve the page on which two worlds with the same luck run side by side.

    SCENARIO, a name or a path, is the first world; without it the page opens with two draws of the verdict that fit the
    published table. Every browser tab has worlds of its own.
    """
    from undercount.model.assumed.scenario import load_scenario
    from undercount.model.files.problems import BadInput, Problem
    from undercount.model.files.toml_in import describe

    if door.rest_after != door.rest_after:
        raise BadInput(Problem("command line", "--rest-after", "nan", "minutes from 0.01 to 1440"))
    if not is_local(host):
        if not allow_remote:
            raise BadInput(Problem("command line", "--host", describe(host), "127.0.0.1, localhost or ::1; with "
                                   "--allow-remote also what other machines can reach"))
        click.echo("note: who can reach this machine can use the page with the address printed below, which holds its "
                   "token; it is not encrypted", err=True)
    for name in NEEDED:
        if importlib.util.find_spec(name) is None:
            raise click.ClickException(f"the page needs the extra [view] ({name} is missing): "
                                       "pip install 'undercount[view]'")
    if scenario or region is not None:  # every mistake now, not in the browser
        load_scenario(Path(scenario) if scenario.endswith(".toml") else scenario or "full-adaptation", region)
    os.environ["UNDERCOUNT_VIEW_SCENARIO"] = str(Path(scenario).resolve()) if scenario.endswith(".toml") else scenario
    if region is not None:
        os.environ["UNDERCOUNT_VIEW_REGION"] = str(Path(region).resolve()) if "/" in region else region
    if verdict is not None:
        from undercount.experiments.verdict.weighted import read_weighted

        read_weighted(Path(verdict))  # likewise
        os.environ["UNDERCOUNT_VIEW_VERDICT"] = str(Path(verdict).resolve())
    serve(host, port, opens, door)


def is_local(host: str) -> bool:
    """Can only this machine reach the address?"""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def serve(host: str, port: int, opens: bool, door: DoorAsked) -> None:
    """Runs until interrupted. Solara reads its settings from the environment when it is imported."""
    from undercount.experiments.view import around
    from undercount.experiments.view.door import Rules, guard

    host = host.strip("[]")
    around.check_address(host, port)
    rules = Rules.of(host, port, door.sessions, not is_local(host))
    os.environ["UNDERCOUNT_VIEW_SERVED"] = "yes"
    os.environ["UNDERCOUNT_VIEW_MEMORY"] = str(door.session_memory)
    os.environ["UNDERCOUNT_VIEW_IDLE"] = str(60 * door.rest_after)
    if aside := around.settle(PAGE):
        click.echo(f"note: left aside: {', '.join(aside)}; what may be asked of the page: undercount view --help",
                   err=True)
    click.echo("Starting the page, which takes some seconds ...", err=True)
    # Solara advises about cookies inside frames of other sites, which this page is not meant for.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    solara = around.command_line()
    threading.Thread(target=say_when_there, args=(host, port, rules.shown(host), opens), daemon=True).start()
    guard(rules)
    solara(["run", PAGE, "--production", "--host", host, "--port", str(port), "--no-open", "--no-check-version",
            "--log-level", "warning"], standalone_mode=False)


def say_when_there(host: str, port: int, shown: str, opens: bool) -> None:
    """Print the address when the server can be reached, and until then how far the compilation of the rules is."""
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
    click.echo(f"The page is at {shown} (Ctrl-C ends it)")
    if opens:
        webbrowser.open(shown)
