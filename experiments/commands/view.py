"""`undercount view`: the visualization server on this machine."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import warnings
from pathlib import Path

import click
from undercount.experiments.commands.options import region_option, scenario_names_from

NEEDED = ("solara", "solara_assets", "ipyvuetify")


@click.command("view")
@click.argument("scenario", default="full-adaptation", metavar="[SCENARIO]", shell_complete=scenario_names_from)
@region_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--allow-remote", is_flag=True, help="Needed for a --host that other machines can reach.")
@click.option("--open", "opens", is_flag=True, help="Open the page in a browser.")
def command(scenario: str, region: str | None, host: str, port: int, allow_remote: bool, opens: bool) -> None:
    """Serve the page on which two worlds with the same luck run side by side.

    SCENARIO, a name or a path, is the first world. Every browser tab has worlds of its own.
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
    # Every mistake now, not in the browser.
    load_scenario(Path(scenario) if scenario.endswith(".toml") else scenario, region)
    os.environ["UNDERCOUNT_VIEW_SCENARIO"] = str(Path(scenario).resolve()) if scenario.endswith(".toml") else scenario
    if region is not None:
        os.environ["UNDERCOUNT_VIEW_REGION"] = str(Path(region).resolve()) if "/" in region else region
    serve(host, port, opens)


def is_local(host: str) -> bool:
    """Can only this machine reach the address?"""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def serve(host: str, port: int, opens: bool) -> None:
    """Runs until interrupted. Solara reads its settings from the environment when it is imported."""
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "false"
    os.environ.setdefault("SOLARA_KERNEL_CULL_TIMEOUT", "15m")  # a tab that vanished keeps its worlds no longer
    os.environ["SOLARA_THEME_SHOW_BANNER"] = "false"
    click.echo(f"The page is at http://{host}:{port} (Ctrl-C ends it)")
    # Solara advises about cookies inside frames of other sites, which this page is not meant for.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    from solara.__main__ import cli as solara

    solara.main(["run", "undercount.experiments.view.app", "--production", "--host", host, "--port", str(port),
                 "--open" if opens else "--no-open", "--no-check-version", "--log-level", "warning"],
                standalone_mode=False)
