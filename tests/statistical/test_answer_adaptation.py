"""What adaptation made, learnt from made-up worlds in which it is written into the counts, or is not."""

import json

import numpy as np
import pandas as pd
import pytest
from undercount.experiments.answer import adaptation
from undercount.experiments.answer.adaptation import learn_adaptation, to_learn_from
from undercount.experiments.answer.estimands import change, windows
from undercount.experiments.verdict.observed import read_observed
from undercount.model.files.problems import BadInput

from tests.made_up_table import made_up

WORLDS, SEED = 400, 1


def counts_fall(unknowns, names):
    """Every count of 2003 falls by what the first unknown says (half of the worlds: not at all), and noise of a tenth."""
    share = (unknowns["push.push"] - 0.5) / 1.5
    made, chance = -2.0 * np.maximum(share - 0.5, 0.0), np.random.default_rng(5)
    found = {name: 300.0 * np.exp(made * name.endswith(":2003") + 0.1 * chance.normal(size=len(share)))
             for name in names if name.startswith("count:")}
    return found | {f"hidden:newly_exploited:{year}": 1000.0 * np.exp(0.3 * chance.normal(size=len(share)))
                    for year in (2000, 2001, 2002, 2003)}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return made_up(tmp_path_factory.mktemp("made up") / "table", WORLDS, counts_fall)


@pytest.fixture(scope="module")
def asked(table):
    observed = read_observed(table, None)
    return observed, windows(observed, (2001, 2002, 2003))


def made_of(table):
    names, values = table.parameters("everything")
    return -2.0 * np.maximum((values[:, names.index("push.push")] - 0.5) / 1.5 - 0.5, 0.0)


def an_attribution(folder, table, window, counted, flow):
    """Routes made `counted` and `flow` of the changes in every world, methods nothing."""
    folder.mkdir()
    before, after = window.key.split(":")
    (folder / "manifest.json").write_text(json.dumps(
        {"undercount": "0", "kind": "attribute", "state": "finished", "command": "", "tables": {}, "parts": {}, "planned": [],
         "batch": {"window": {"from": before, "to": after}}}))
    whole = change(table, window)
    rows = [("everything", int(world), outcome, player, value[i] if player == "routes" else 0.0, whole[i])
            for i, world in enumerate(table.worlds) for outcome, value in (("ln_counted", counted), ("ln_newly_exploited", flow))
            for player in ("routes", "methods")]
    pd.DataFrame(rows, columns=["explanation", "world", "outcome", "player", "value", "change_with_all"]).to_parquet(
        folder / "values.parquet")
    return folder


def test_what_the_counts_tell_is_found_and_what_they_do_not_is_not_claimed(table, asked, tmp_path):
    """The part of the counts' change is in them to a tenth; that of the flow's change is luck."""
    observed, both = asked
    folder = an_attribution(tmp_path / "a", table, both[0], made_of(table), 0.3 * np.random.default_rng(8).normal(size=WORLDS))
    found = learn_adaptation(table, observed, both, folder, SEED, 2)
    counted, flow = found.parts["counted"], found.parts["flow"]
    assert found.worlds == WORLDS and counted.check.correlation > 0.9 and counted.check.says and counted.check.covers
    assert not flow.check.says and flow.check.covers  # 345 to 375 of 400: four standard errors of a share
    # The observed counts fall by 0.7 in 2002-03, as those of worlds do in which it made about that.
    assert counted.posterior.quantiles()[0] < both[0].fall < counted.posterior.quantiles()[2]
    assert counted.mean == pytest.approx(both[0].fall, abs=0.2)  # three spreads of what the noise leaves open
    # Half of the worlds have a part of exactly nothing, which nothing may be made of.
    assert counted.prior.quantiles([0.9])[0] == 0.0 and counted.posterior.values.max() <= 0.0


def test_an_attribution_between_other_years_is_refused(table, asked, tmp_path):
    observed, both = asked
    folder = an_attribution(tmp_path / "a", table, both[0], made_of(table), made_of(table))
    with pytest.raises(BadInput, match="found 2002 to 2003; allowed: 2001 to 2003"):
        learn_adaptation(table, observed, both[1:], folder, SEED, 2)


def test_the_one_that_ships_is_left_aside_where_the_observed_table_asks_about_other_years(table, asked, tmp_path, monkeypatch):
    """Nobody named it, so somebody's own counts of other years must not be refused for it."""
    _, both = asked
    folder = an_attribution(tmp_path / "a", table, both[0], made_of(table), made_of(table))
    monkeypatch.setattr(adaptation, "shipped_attribution", lambda reference: folder)
    assert to_learn_from(table, both[1:], folder) is None and to_learn_from(table, both, folder) == folder
    monkeypatch.setattr(adaptation, "shipped_attribution", lambda reference: None)
    assert to_learn_from(table, both[1:], folder) == folder  # named: told that it is of other years
    assert to_learn_from(table, both, None) is None


@pytest.mark.parametrize("broken, said", [(lambda path: path.unlink(), "no file"), (lambda path: path.write_bytes(b"PAR1"), "a damaged file")])
def test_a_lost_or_damaged_file_is_told(table, asked, tmp_path, broken, said):
    observed, both = asked
    folder = an_attribution(tmp_path / "a", table, both[0], made_of(table), made_of(table))
    broken(folder / "values.parquet")
    with pytest.raises(BadInput, match=said):
        learn_adaptation(table, observed, both, folder, SEED, 2)
