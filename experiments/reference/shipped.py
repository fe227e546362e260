"""The reference table that ships: worlds of the mixture, in the folder of their region: an answer without the wait.

It holds for the rules and the region that it was made with, and is refused with any other. `tools/ship.py` writes it,
without what neither the answer nor the further figures ask of it; of worlds of other widths and without a gate the
counts and the flow alone.
"""

from __future__ import annotations

from pathlib import Path

from undercount.experiments.reference.quantities import TRIED
from undercount.experiments.reference.table import Reference, read_reference
from undercount.experiments.store.provenance import code_digest
from undercount.model.assumed.scenario import load_scenario
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region

FOLDER = "reference"  # in the region's folder
ATTRIBUTION = "attribution"  # in that folder: what adaptation made in some of its worlds
MIXTURE = "everything"
WORLDS_A_MINUTE = 65  # pooled worlds of the mixture inside the gates, on two cores (docs/speed.md)
WORTH_MAKING = 2000
PLACES_LEFT_OUT = ("in_public", "deported", "released", "returned", "retrafficked", "escaped")
HIDDEN_KEPT = ("newly_exploited", "in_exploitation", "in_public", "identified", "misidentified", "offered_help",
               "refused", "deported")
ACTORS_KEPT = ("bribes_taken", "arrests", "officials_investigated", "inspections", "set_out")


def ships(column: str, region: Region) -> bool:
    """Whether a quantity is kept in the table that ships: but for counts none of the first year, where no chain begins,
    unless the region asks for it; tallies of places only of the years that it asks about, where it says so."""
    kind, *parts = column.split(":")
    if kind in ("count", "statistic") or not parts:
        return True
    asked = {str(year) for window in region.windows for year in (window.before, window.after)}
    first = str(next(iter(region.years), ""))
    if asked and kind == "place" and parts[0] == "newly_exploited":
        return True  # the level of every year
    if kind == "from" or (parts[-1] == first and first not in asked):
        return False
    if asked and kind in ("place", "national") and parts[-1] not in asked:
        return False
    return (kind != "place" or parts[0] not in PLACES_LEFT_OUT) and (kind != "hidden" or parts[0] in HIDDEN_KEPT) \
        and (kind != "actors" or parts[0] in ACTORS_KEPT)


def ships_of_variants(column: str) -> bool:
    """Whether it is kept of worlds of another width or without a gate: what the answer to another prior needs."""
    kind, *parts = column.split(":")
    return kind in ("count", TRIED) or parts[:1] == ["newly_exploited"] and kind in ("hidden", "place")


def shipped_folder(region: Region) -> Path:
    """Where a region's shipped table stands, or would."""
    return region.folder / FOLDER


def shipped_reference(on_region: str | None = None) -> Reference:
    """The table of the mixture that ships with its own region, or with another one.

    Raises BadInput if there is none, or if rules, region or scenario have changed since it was made: the line says how
    to make another, and how long that takes.
    """
    region = load_scenario(MIXTURE, on_region).region
    folder = shipped_folder(region)
    if not folder.is_dir():
        raise BadInput(Problem(region.name, "REFERENCE", "no table that ships with this region",
                               own_table(on_region)))
    reference = read_reference(folder)
    batch = reference.manifest["batch"]
    if batch["code"] != code_digest():
        raise BadInput(Problem(folder, "model", f"code {code_digest()}",
                               f"the shipped table's code {batch['code']}; after a change of rules "
                               f"{own_table(on_region)}"))
    if batch["region"]["files"] != dict(sorted(region.files.items())):
        raise BadInput(Problem(folder, "region", "files other than in the shipped table",
                               f"the region as it was; after a change {own_table(on_region)}"))
    for name in reference.explanations:
        reference.scenario(name)
    return reference


def is_shipped(reference: Reference) -> bool:
    """Is it the table that ships with its region?"""
    return Path(reference.folder) == shipped_folder(reference.region)


def unshipped(reference: Reference) -> list[str]:
    """What a command line says of it: its folder, or nothing where it is the one that ships."""
    return [] if is_shipped(reference) else [str(reference.folder)]


def shipped_attribution(reference: Reference) -> Path | None:
    """What ships of what adaptation made in some of its worlds; None of any other table."""
    folder = Path(reference.folder) / ATTRIBUTION
    return folder if is_shipped(reference) and folder.is_dir() else None


def own_table(on_region: str | None = None) -> str:
    """How to make a table of one's own, for messages."""
    minutes, there = round(WORTH_MAKING / WORLDS_A_MINUTE), f" --region {on_region}" if on_region else ""
    return (f"make a table: undercount reference {MIXTURE}{there} --people-per-agent pooled --worlds {WORTH_MAKING} "
            f"(about {minutes} minutes on two cores), and name its folder")
