"""The report of a verdict: its words, every figure, the checks, and where it all comes from, in one page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup
from undercount.experiments.answer import words
from undercount.experiments.report.page import PAGE, QUESTION, write_page
from undercount.experiments.report.sections import Section
from undercount.experiments.report.template import filled
from undercount.experiments.report.theme import styled
from undercount.experiments.report.verdict_sections import Sources, Study, sections
from undercount.experiments.store.folder import open_folder
from undercount.experiments.store.kept import again
from undercount.experiments.verdict.answer_words import told
from undercount.experiments.verdict.folder import TABLES, read_verdict
from undercount.experiments.verdict.kept import reference_of
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region


def write_verdict_report(folder: Path, out: Path, attribution: Path | None = None, policy: Path | None = None) -> Path:
    """Write OUT/figures/*.png, *.svg and OUT/report.html; the path of the page.

    The same verdict gives the same bytes. Raises BadInput if a folder does not hold what it should.
    """
    sources = read_sources(folder, attribution, policy)
    with styled():
        made = sections(sources)
        return write_page(out / PAGE, made, lambda inlined: render(sources, made, inlined))[0]


def read_sources(folder: Path, attribution: Path | None = None, policy: Path | None = None) -> Sources:
    """What the page needs of a verdict's folder, and of the two others. Raises BadInput."""
    manifest = _finished(folder, "compare")
    found = read_verdict(folder)
    predictive = pd.DataFrame() if "table" not in found else \
        _table(folder, f"{TABLES}/predictive.csv", manifest, dtype={"period": str, "country": str},
               keep_default_na=False)
    region = region_of(folder, manifest)
    names = {} if region is None else {country.iso3: country.name for country in region.countries}
    return Sources(
        found, predictive, manifest, names,
        None if attribution is None else _study(attribution, "attribute", "attribution", ("summary", "totals")),
        None if policy is None else _study(policy, "policy", "policy", ("summary",)), region)


def _finished(folder: Path, kind: str) -> dict[str, Any]:
    manifest = open_folder(folder, kind)
    if manifest["state"] != "finished":
        raise BadInput(Problem(folder, "state", manifest["state"], f"finished; to go on: {again(manifest, folder)}"))
    return manifest


def _study(folder: Path, kind: str, name: str, tables: tuple[str, ...]) -> Study:
    manifest = open_folder(folder, kind)
    path = folder / f"{name}.json"
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadInput(Problem(path, name, str(error)[:60],
                               f"a result; to make it: {again(manifest, folder)}")) from None
    read = {table: _table(folder, f"{table}.csv", manifest) for table in tables}
    return Study(folder.name, found, read, manifest["command"])


def _table(folder: Path, name: str, manifest: dict[str, Any], **how: Any) -> pd.DataFrame:
    path = folder / name
    try:
        return pd.read_csv(path, **how)
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        raise BadInput(Problem(path, path.stem, str(error)[:60],
                               f"a table; to write it again: {again(manifest, folder)}")) from None


def region_of(folder: Path, manifest: dict[str, Any]) -> Region | None:
    """The region from what the folder keeps of the table, or the table itself; None if it is no longer there."""
    try:
        return reference_of(folder, manifest["reference"]).region
    except (BadInput, OSError, KeyError):
        return None


def render(sources: Sources, made: list[Section], inlined: dict[str, Markup]) -> str:
    """The page as text."""
    head, paragraphs = (words.told if "answer" in sources.found else told)(sources.found)
    studies = [study for study in (sources.attribution, sources.policy) if study]
    commands = [sources.manifest["command"], *(study.command for study in studies)]
    return filled("verdict.html.j2", question=QUESTION, head=head, paragraphs=paragraphs, found=sources.found,
                  sections=made, inlined=inlined, commands=commands)
