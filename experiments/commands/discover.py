"""`undercount discover`: which ranges of which unknowns make a stated outcome."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("discover")
@click.argument("reference", metavar="[REFERENCE]", required=False)
@click.option("--where", "statements", multiple=True, metavar="STATEMENT",
              help="The outcome, such as \"fall >= 0.4 and flow >= -0.05\"; may be repeated (default: the questions "
                   "that ship). A wrong name prints those that there are.")
@click.option("--seed", default="1", show_default=True, metavar="S", help="Seed of the tree.")
@click.option("--out", default="results/discover", show_default=True, metavar="DIR", help="Result folder.")
def command(reference: str | None, statements: tuple[str, ...], seed: str, out: str) -> int:
    """Say what one would have to believe for an outcome: ranges of the unknowns in the worlds of REFERENCE
    (default: those that ship).

    Boxes by PRIM (EMA Workbench, the extra [discover]) and by a shallow tree, with coverage and density on worlds
    in which they were not sought. Outcomes: fall, fall_destinations, fall_origins (share by which the table's
    total fell in its last year), seen, flow, held, found, recognised, offered, accepted (changes of logarithms
    over two years), each also between two years of choice: flow_2002_2003.
    """
    from undercount.experiments.ask import LARGEST_SEED, read_whole
    from undercount.experiments.commands.ending import carried_out
    from undercount.experiments.compute.engines import EngineOptions
    from undercount.experiments.discover.boxes import available
    from undercount.experiments.discover.build import WORDS, ask, build
    from undercount.experiments.reference.shipped import shipped_reference
    from undercount.experiments.reference.table import read_reference
    from undercount.model.files.problems import BadInput

    if not available():
        raise click.ClickException("discover needs the extra [discover] (ema_workbench is missing): "
                                   "pip install 'undercount[discover]'")
    problems: list = []
    number = read_whole(problems, "--seed", seed, 0, LARGEST_SEED)
    if problems:
        raise BadInput(problems)
    asked = ask(read_reference(reference) if reference else shipped_reference(), statements, number)
    folder = Path(out)
    return carried_out(folder, asked.command(folder), EngineOptions("serial"),
                       lambda on_progress: build(asked, folder, lambda what: click.echo(what, err=True)),
                       lambda outcome: click.echo((folder / WORDS).read_text(encoding="utf-8")), runs=False)
