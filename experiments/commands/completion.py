"""`undercount completion`: shell completion, as click makes it."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    bash   eval "$(undercount completion bash)"                  in ~/.bashrc
    zsh    eval "$(undercount completion zsh)"                   in ~/.zshrc, after compinit
    fish   undercount completion fish > ~/.config/fish/completions/undercount.fish
    """
    root = ctx.find_root()
    script = get_completion_class(shell)(root.command, {}, "undercount", "_UNDERCOUNT_COMPLETE")
    # Not `source()` of bash, which runs bash to ask for its version: this may be another machine's.
    click.echo(script.source_template % script.source_vars())
