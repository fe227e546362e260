"""Twins that have run, and settings of a scenario with fitted values."""

from __future__ import annotations

import pytest
from undercount.experiments.view.twin import Settings, Twin

from tests.unit.view.coarse import COARSE

# What `undercount calibrate` writes: values that are no multiple of a slider's step, nor round in any way.
FITTED = """title = "Fitted"
extends = "full-adaptation"

[calibrated]
region = "south-east-europe"
distance = 1.234
seed = 1
version = "0"
command = "by hand"

[calibrated.values]
"push.push" = 1.338632
"pull.pull" = 0.612345678901234
"corruption.corruption" = 0.517
"policing.enforcement" = 0.93
"assistance.referral_capacity" = 2.0
"push.leave_rate" = 0.00613386
"events.looks-bih.factor" = 7.65432
"onsets.routes.when" = "2002-03"
"onsets.routes.size" = 0.876543
"""


@pytest.fixture(scope="package")
def twin():
    made = Twin(COARSE)
    onsets = COARSE.first_scenario().onsets
    for _ in range(max(onset.when for onset in onsets) - COARSE.first_scenario().region.start + 9):  # networks act
        made.step()
    return made


@pytest.fixture(scope="package")
def fitted(tmp_path_factory):
    """Settings of a scenario with fitted values, as the page opens it."""
    file = tmp_path_factory.mktemp("fitted") / "fitted.toml"
    file.write_text(FITTED, encoding="utf-8")
    return Settings(scenario=str(file), people_per_agent=1000)
