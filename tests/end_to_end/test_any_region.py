"""A region that nobody has seen before: every command runs on it, with no line of code and no scenario of its own."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from undercount.experiments.ask import explanations
from undercount.experiments.cli import main

from tests.random_region import regions, write

ANY = {"deadline": None, "phases": [Phase.explicit, Phase.generate], "suppress_health_check": list(HealthCheck),
       "derandomize": True}
SMALL = ["--people-per-agent", "5000", "--workers", "1"]


class Folder:
    """A folder for one example, and the commands run in it."""

    def __init__(self, files):
        self.path = Path(tempfile.mkdtemp())
        self.region = str(write(files, self.path / "region"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def runs(self, *words):
        words = [str(word) for word in words]
        assert main(words) == 0, words


@settings(**ANY, max_examples=5)
@given(regions())
def test_it_is_right_and_every_explanation_loads_or_is_refused(files):
    with Folder(files) as here:
        here.runs("check", here.region)
        here.runs("check", *explanations(here.region), "everything", "--region", here.region)
        here.runs("show", "everything", "--region", here.region)


@pytest.mark.slow
@settings(**ANY, max_examples=2)
@given(regions())
def test_every_command_runs_on_it(files):
    with Folder(files) as here:
        on, out = ["--region", here.region], here.path
        here.runs("run", "no-change", "less-looking", *on, "--replicates", 2, "--seed", 1, *SMALL, "--out", out / "run")
        here.runs("run", "no-change", *on, "--sweep", "corruption=0.6,1", "--replicates", 1, "--seed", 1, *SMALL, "--out", out / "swept")
        for folder in ("run", "swept"):
            here.runs("report", out / folder)
            here.runs("verify", out / folder)
        here.runs("status", out / "run")
        here.runs("export", out / "run")
        here.runs("calibrate", "no-change", *on, "--coarse", 4, "--generations", 1, "--size", 8, "--people-per-agent", 5000)
        # Where nobody may be exploited, an output for each exploited person is refused.
        here.runs("sensitivity", "no-change", *on, "--over", "policing.raid_rate", "--output", "person_months",
                  "--trajectories", 2, "--most", 16, "--width", 2, *SMALL, "--out", out / "sensitivity")
        here.runs("report", out / "sensitivity")
        here.runs("reference", "everything", *on, "--worlds", 400, "--no-variants", *SMALL, "--out", out / "table")
        here.runs("compare", out / "table", "--effort", "quick", "--no-smc", "--workers", 1, "--out", out / "verdict")
        first, last = re.findall(r'"([0-9]{4})-[0-9]{2}"', files["region.toml"])[:2]  # the peak may be the last year
        here.runs("attribute", out / "verdict", "--from", int(first) + 1, "--to", last, "--draws", 2, "--workers", 1,
                  "--out", out / "causes")
        here.runs("attribute", "--prior", 1, *on, "--explanation", "less-looking", "--from", int(first) + 1, "--to", last,
                  *SMALL, "--out", out / "prior")
        here.runs("policy", out / "verdict", "--draws", 2, "--effort", 1, "--lever", "training", "--workers", 1, "--out", out / "levers")
        here.runs("report", out / "verdict")
        # In so small a region an outcome may be too rare, or be there in all worlds, which is said in a line.
        assert main(["discover", str(out / "table"), "--where", "flow <= 0", "--out", str(out / "discovery")]) in (0, 2)
        assert main(["further", str(out / "table"), "--out", str(out / "further")]) in (0, 2)
