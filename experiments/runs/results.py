"""Reading a result folder: `read_results(folder).table("referrals")`.

Columns of every table begin with scenario, replicate, seed. `runs` has one row a run; the others are
those of `TraffickingModel`: `referrals`, `hidden`, `flows`, `actors`, `lists`. In a sweep all have `point` behind
the scenario; `points` has one row a point and one column a swept name, `outputs` one row a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from undercount.experiments.store.folder import REGION, open_folder
from undercount.experiments.store.kept import again
from undercount.experiments.store.planned import RUN_TABLES, SWEEP_TABLES
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region
from undercount.model.known.region_in import load_region

if TYPE_CHECKING:
    import pandas as pd



@dataclass(frozen=True)
class Results:
    """A result folder. `complete` is False while runs of the batch are missing from the tables."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def complete(self) -> bool:
        return self.manifest["state"] == "finished"

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios, in the order of the tables."""
        return [entry["name"] for entry in self.manifest["scenarios"]]

    @property
    def sweep(self) -> dict[str, Any] | None:
        """What is swept, as in the manifest; None if nothing is."""
        return self.manifest["batch"].get("sweep")

    @cached_property
    def region(self) -> Region:
        """The region of all the scenarios, from the copy in the folder."""
        return load_region(self.folder / REGION / self.manifest["batch"]["region"]["name"])

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables, as a new DataFrame.

        Raises BadInput if it is absent or damaged, KeyError for a name that no table of such a folder has.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        names = RUN_TABLES if self.sweep is None else (*RUN_TABLES, *SWEEP_TABLES)
        if name not in names:
            raise KeyError(f"{name!r} is no table; there are {', '.join(names)}")
        path = self.folder / f"{name}.parquet"
        try:
            found = pq.read_table(path)
        except (OSError, pa.ArrowException) as error:
            kind = "no file" if isinstance(error, FileNotFoundError) else "a damaged file"
            how = again(self.manifest, self.folder)
            raise BadInput(Problem(path, name, kind, f"a table; to write it again: {how}")) from None
        # Texts as plain strings: a DataFrame's categories would add groups that no row is in.
        plain = {field.name: column.cast(field.type.value_type) if pa.types.is_dictionary(field.type) else column
                 for field, column in zip(found.schema, found.columns)}
        return pa.table(plain).to_pandas()


def read_results(folder: str | Path) -> Results:
    """The results in a folder. Raises BadInput if it holds none."""
    folder = Path(folder)
    manifest = open_folder(folder, "run")
    if not (folder / "runs.parquet").exists():
        raise BadInput(Problem(folder, "tables", "none yet", f"finished runs; to go on: {again(manifest, folder)}"))
    return Results(folder, manifest)
