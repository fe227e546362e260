"""`undercount verify`: every file of a result folder against its manifest."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

MOST_SHOWN = 50


@click.command("verify")
@click.argument("folder", metavar="DIR")
def command(folder: str) -> int:
    """Check every file of DIR: tables, parts and the copy of the region.

    Exit code 0 if all are as they were written, 1 if any is damaged, missing or unknown.
    """
    from undercount.experiments.store.folder import holder, open_folder
    from undercount.experiments.store.kept import again
    from undercount.experiments.store.verify import verify
    from undercount.model.files.toml_in import plain

    path = Path(folder)
    manifest = open_folder(path)
    good, findings = verify(path, manifest)
    for finding in findings[:MOST_SHOWN]:
        click.echo(f"{finding.kind}: {plain(finding.path)}")
    if len(findings) > MOST_SHOWN:
        click.echo(f"... and {len(findings) - MOST_SHOWN} more")
    if not findings:
        click.echo(f"{good} files are as they were written")
        return 0
    counts = Counter(finding.kind for finding in findings)
    click.echo(f"{good} files are as they were written; " + ", ".join(f"{n} {kind}" for kind, n in counts.items()))
    if running := holder(path):
        click.echo(f"a command is running on it (process {plain(running)}), which has not written everything yet")
    elif counts["damaged"] or counts["missing"]:
        click.echo(f"to write what is damaged or missing again: {plain(again(manifest, path))}")
    return 1
