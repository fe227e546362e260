"""`undercount scenarios`: one line a scenario."""

import click
from undercount.model.assumed.scenario import load_scenario, scenario_names, scenarios_root
from undercount.model.files.problems import BadInput
from undercount.model.files.toml_in import plain


@click.command("scenarios")
def command() -> None:
    """List the scenarios: name and title."""
    names = scenario_names()
    if not names:
        raise click.ClickException(f"no scenarios in {scenarios_root()}")
    width = max(map(len, names))
    for name in names:
        try:
            title = plain(load_scenario(name).title)
        except BadInput as error:
            title = f"(cannot be used: {len(error.problems)} problem(s), see `undercount check {name}`)"
        click.echo(f"{plain(name):<{width}}  {title}")
