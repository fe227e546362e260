"""What a verdict is asked of."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from undercount.experiments.reference.shipped import shipped_attribution, unshipped
from undercount.experiments.reference.table import Reference
from undercount.experiments.store.folder import open_folder
from undercount.experiments.store.kept import Needs
from undercount.experiments.verdict.effort import Effort
from undercount.experiments.verdict.kept import REFERENCE, keep_reference
from undercount.experiments.verdict.observed import Observed


@dataclass(frozen=True)
class Asked:
    """What a verdict is asked of; `given` is the --observed file, `smc` whether a third opinion is had, `shipped`
    whether the table is the one that ships."""

    reference: Reference
    observed: Observed
    effort: Effort
    seed: int
    smc: bool
    given: str | None = None
    shipped: bool = False
    region: str | None = None  # the --region whose table ships
    attribution: str | None = None  # folder of an attribution of the table's own worlds

    def batch(self) -> dict[str, Any]:
        """What all parts of the folder have in common, for the manifest."""
        cells = repr([(row.iso3, row.period, row.assisted) for row in self.observed.rows])
        return {"reference": self.reference.manifest["batch"], "worlds": len(self.reference.labels),
                "observed": hashlib.sha256(cells.encode()).hexdigest()[:16],
                "seed": self.seed, "effort": self.effort.name, "smc": self.smc, **self._attributed()}

    @property
    def attributed(self) -> Path | None:
        """The attribution of the table's worlds: the one given, or the one that ships with the table that ships."""
        return Path(self.attribution) if self.attribution else shipped_attribution(self.reference)

    def _attributed(self) -> dict[str, Any]:
        folder = self.attributed
        return {} if folder is None else {"attribution": open_folder(folder, "attribute")["batch"]["basis"]["content"]}

    def needs(self) -> Needs:
        """What its folder keeps: what `attribute` and `policy` ask of the table; the table itself stays where it is."""
        beside = [*unshipped(self.reference), *([self.attribution] if self.attribution else [])]
        return Needs(files=[self.given] if self.given else [], beside=beside,
                     folders={"": (REFERENCE, lambda to: keep_reference(self.reference, to))})

    def command(self, folder: Path) -> str:
        """The command that makes this verdict."""
        where = [] if self.shipped else [self.reference.folder]
        words = ["undercount", "compare", *where, "--effort", self.effort.name, "--seed", self.seed]
        words += ["--region", self.region] if self.region else []
        words += ["--observed", self.given] if self.given else []
        words += ["--attribution", self.attribution] if self.attribution else []
        words += [] if self.smc else ["--no-smc"]
        return shlex.join(map(str, [*words, "--out", folder]))
