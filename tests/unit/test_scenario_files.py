"""The scenarios that ship, and their README."""

import re
import tomllib

import numpy as np
import pytest
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario, parameter_table, scenario_names, scenarios_root

# Design, section 4: the switches of each explanation.
ADAPTATION = {
    "real-decline": (False, False), "route-adaptation": (True, False), "method-adaptation": (False, True),
    "full-adaptation": (True, True), "less-looking": (False, False), "refusal": (False, False),
    "safe-migration": (False, False), "demand-loss": (False, False), "captured-officials": (False, False),
}
# Where the baseline deliberately has another value than the schema.
DIFFERS: dict[str, float] = {}
STALE = "scenarios/baseline.toml is behind the schema; run: python -m tests.update_baseline"


def test_all_are_there():
    assert set(ADAPTATION) | {"baseline"} <= set(scenario_names())


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


@pytest.mark.parametrize("name", ADAPTATION)
def test_explanations_differ_from_the_baseline_only_as_they_say(name):
    baseline, scenario = load_scenario("baseline"), load_scenario(name)
    switches = dict(zip(("route_adaptation", "method_adaptation"), ADAPTATION[name], strict=True))
    assert scenario.mechanisms == baseline.mechanisms | switches
    assert scenario.events[:len(baseline.events)] == baseline.events
    for event in scenario.events[len(baseline.events):]:
        low, high = scenario.priors[event.path]
        assert event.kind == "factor" and low <= 1 <= high, "the range must include no change"
        assert str(event.when) >= "2001-04"  # the build-up is common
    changed = {path for path in specs() if scenario.value(path) != baseline.value(path)}
    assert changed <= set(scenario.priors)
    table = parameter_table(scenario)
    assert all(np.isfinite(table[key]).all() for key in table.dtype.names)


@pytest.mark.parametrize("name", ADAPTATION)
def test_each_stated_number_is_commented(name):
    text = (scenarios_root() / f"{name}.toml").read_text(encoding="utf-8")
    lines = text.split("\n")
    assert lines[0].startswith("# Explanation: ")
    for before, line in zip(lines, lines[1:], strict=False):
        if re.match(r"\w+ = \{ value", line):
            assert "#" in before or before.startswith("parameter = "), line


def test_the_example_of_the_readme_loads(tmp_path):
    readme = (scenarios_root() / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "example.toml"
    path.write_text(re.search(r"```toml\n(.*?)```", readme, re.S)[1], encoding="utf-8")
    example = load_scenario(path)
    assert example.parameters.policing.training == 0.4 and not example.mechanisms["retrafficking"]
    assert example.events_by_name["inspections"].ramp == 6


def test_fingerprint_of_places_and_dates():
    table, s = parameter_table(load_scenario("less-looking")), load_scenario("baseline")
    bih, at = s.region.index["BIH"], s.region.month_index
    assert table["raid_rate"][at("2003-03"), bih] < 0.5 * table["raid_rate"][at("2002-12"), bih]
    presence = parameter_table(s)["presence_market"]
    assert {s.region.countries[i].iso3 for i in np.flatnonzero(presence.max(axis=0))} == {"BIH", "XKX"}
    assert presence[at("1999-06"), s.region.index["XKX"]] == 0 < presence[at("1999-07"), s.region.index["XKX"]]
