"""The scenarios that ship, and their README."""

import re
import tomllib

import numpy as np
import pytest
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario, parameter_table, scenario_names, scenarios_root

# The onsets of each explanation.
ONSETS = {
    "no-change": (), "real-decline": ("measures",), "route-adaptation": ("routes",), "method-adaptation": ("methods",),
    "full-adaptation": ("routes", "methods"), "less-looking": ("looking",), "refusal": ("refusal",),
    "safe-migration": ("visas",), "demand-loss": ("demand",), "captured-officials": ("protection",),
}
# Where the baseline deliberately has another value than the schema.
DIFFERS: dict[str, float] = {}
STALE = "scenarios/baseline.toml is behind the schema; run: python -m tools.generate"


def test_all_are_there():
    assert set(ONSETS) | {"baseline", "everything"} == set(scenario_names())


def test_baseline_has_the_defaults_of_the_schema():
    baseline = load_scenario("baseline")
    stale = [path for path, spec in specs().items() if baseline.value(path) != DIFFERS.get(path, spec.default)]
    assert not stale, STALE
    text = (scenarios_root() / "baseline.toml").read_text(encoding="utf-8")
    written = tomllib.loads(text)
    assert [path for path, spec in specs().items() if spec.key not in written.get(spec.group, {})] == []
    assert set(written["mechanisms"]) == set(MECHANISMS)


def test_baseline_is_as_show_prints_it():
    text = (scenarios_root() / "baseline.toml").read_text(encoding="utf-8")
    assert text == load_scenario("baseline").to_toml(), STALE


@pytest.mark.parametrize("name", ONSETS)
def test_every_explanation_has_the_same_shape(name):
    """An onset in the same months, a ramp and a size that is not nothing; beside it only the core."""
    baseline, scenario = load_scenario("baseline"), load_scenario(name)
    assert scenario.mechanisms == baseline.mechanisms
    assert tuple(onset.name for onset in scenario.onsets) == ONSETS[name]
    for onset in scenario.onsets:
        low, high = (scenario.region.start + int(month) for month in scenario.priors[onset.path("when")])
        assert (str(low), str(high)) == ("2001-07", "2003-06") and onset.happens and onset.included == 1.0
        assert scenario.priors[onset.path("ramp")] == (0.0, 18.0) and scenario.priors[onset.path("size")] == (0.3, 2.0)
    own = [event for event in scenario.events if event.onset]
    assert {event.onset for event in own} == set(ONSETS[name])
    for event in own:
        spec = specs()[event.parameter]
        assert event.amount != (1.0 if event.kind == "factor" else spec.default), f"{event.name} does nothing"
        assert event.path not in scenario.priors
    names = [event.name for event in scenario.events if not event.onset]
    assert names == [event.name for event in baseline.events]
    table = parameter_table(scenario)
    assert all(np.isfinite(table[key]).all() for key in table.dtype.names)


@pytest.mark.parametrize("name", ONSETS)
def test_before_its_onset_an_explanation_is_the_core(name):
    """Parameters differ from no-change at the same values only from the onset on."""
    scenario = load_scenario(name)
    off = scenario.with_values({f"onsets.{onset}.included": False for onset in ONSETS[name]})
    table, core = parameter_table(scenario), parameter_table(off)
    first = min((onset.when - scenario.region.start for onset in scenario.onsets), default=scenario.region.months)
    differ = np.array([[(table[key][t] != core[key][t]).any() for key in table.dtype.names]
                       for t in range(scenario.region.months)])
    assert not differ[:first].any()
    assert differ[-1].any() == bool(ONSETS[name])


def test_everything_holds_all_onsets_each_with_one_half():
    everything = load_scenario("everything")
    assert {onset.name for onset in everything.onsets} == {name for names in ONSETS.values() for name in names}
    assert all(onset.included == 0.5 for onset in everything.onsets) and everything.mixture
    free = everything.free()
    drawn = everything.draw({path: 0.2 if path.endswith(".included") else 0.5 for path in free})
    assert not any(onset.happens for onset in drawn.onsets)
    assert parameter_table(drawn).tobytes() == parameter_table(load_scenario("no-change").draw(
        {path: 0.5 for path in load_scenario("no-change").free()})).tobytes()


def test_no_scenario_names_a_country():
    region = load_scenario("baseline").region
    for name in scenario_names():
        content = tomllib.loads((scenarios_root() / f"{name}.toml").read_text(encoding="utf-8"))
        for event in content.get("events", []):
            assert isinstance(event["where"], str), event["name"]
            assert event["where"] in ("everywhere", "origins", "destinations", "observed-origins", "observed-destinations")
        assert not set(re.findall(r'"([A-Z]{3})"', str(content))) & set(region.index)


def test_the_example_of_the_readme_loads(tmp_path):
    readme = (scenarios_root() / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "example.toml"
    path.write_text(re.search(r"```toml\n(.*?)```", readme, re.S)[1], encoding="utf-8")
    example = load_scenario(path)
    assert example.parameters.policing.training == 0.4 and not example.mechanisms["retrafficking"]
    assert example.events_by_name["inspections"].ramp == 6


def test_fingerprint_of_places_and_dates():
    """What is dated in the region's own files comes out where and when it says."""
    s = load_scenario("baseline")
    table, index, at = parameter_table(s), s.region.index, s.region.month_index
    presence = table["presence_market"]
    assert {s.region.countries[i].iso3 for i in np.flatnonzero(presence.max(axis=0))} == {"BIH", "XKX"}
    assert presence[at("1999-06"), index["XKX"]] == 0 < presence[at("1999-07"), index["XKX"]]
    raids = table["raid_rate"][:, index["BIH"]]
    assert raids[at("2001-03")] > 1.5 * raids[at("2001-02")] and raids[at("2001-04")] == raids[at("2001-02")]
    assert table["enforcement"][0, index["XEW"]] == 0.0
